"""Every check that needs no running test: one line each, the findings of those that fail, exit 1 if any does."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PY = sys.executable
CHECKS: list[tuple[str, list[str]]] = [
    ("style", [PY, "-m", "ruff", "check", "-q", "linli", "tests", "tools", "bench", "manage.py"]),
    ("types", [PY, "-m", "mypy", "linli"]),
    ("floors and stairs", [str(Path(PY).parent / "lint-imports"), "--no-cache"]),
    ("templates", [PY, "-m", "djlint", "--lint", "--quiet", "linli"]),
    ("migrations", [PY, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("translations", [PY, "tools/messages.py", "check"]),
]


def main() -> int:
    """Run them all, so that one run names every fault."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="linli-check-") as home:
        environment = {**os.environ, "LINLI_HOME": home}
        for name, command in CHECKS:
            started = time.monotonic()
            done = subprocess.run(command, capture_output=True, text=True, env=environment)
            state = "FAIL" if done.returncode else "ok  "
            print(f"{state} {name} ({time.monotonic() - started:.0f} s)", flush=True)
            if done.returncode:
                failed.append(name)
                print(done.stdout[-6000:] + done.stderr[-3000:])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
