"""Complete English: what the pages say is translated, once, with the same places for values."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).resolve().parents[3] / "tools" / "messages.py"


def test_every_message_has_its_english():
    ran = subprocess.run([sys.executable, str(TOOL), "check"], capture_output=True, text=True, check=False)
    assert ran.stdout + ran.stderr == ""
    assert ran.returncode == 0
