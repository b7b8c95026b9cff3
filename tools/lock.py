"""Resolve the pins of pyproject.toml into requirements/*.txt: every package with its hashes, no source named.

These files are the lock (docs/decisions/0001). A source line is dropped, so that the same files serve
whoever installs from a mirror.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pip_sources import environment

FILES: dict[str, list[str]] = {
    "build": ["--group", "build"],
    "core": ["pyproject.toml"],
    "analytics": ["pyproject.toml", "--extra", "analytics"],
    "test": ["pyproject.toml", "--extra", "analytics", "--extra", "test"],
    "bench": ["pyproject.toml", "--extra", "analytics", "--extra", "test", "--extra", "bench"],
}
OPTIONS = ["--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", "-q"]
SOURCE_LINES = ("--find-links", "--index-url", "--extra-index-url", "--default-index", "--index")


def resolve(name: str) -> None:
    """Write requirements/NAME.txt anew, keeping the versions it has where they still fit."""
    target = Path("requirements", f"{name}.txt")
    command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, *FILES[name], "-o", str(target)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment())
    lines = target.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(SOURCE_LINES)]
    target.write_text("\n".join(kept) + "\n", encoding="utf-8")
    sys.stdout.write(f"{target}: {sum('==' in line for line in kept)} packages\n")


if __name__ == "__main__":
    for file in FILES:
        resolve(file)
