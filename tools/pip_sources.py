"""Run uv with the package sources pip is set up with.

uv does not read pip's configuration. A county that installs from a mirror has named it to pip, once,
and should not have to name it again; so it is handed on in uv's own variables unless they are set.
"""

from __future__ import annotations

import os
import subprocess
import sys

SOURCES = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}


def environment() -> dict[str, str]:
    """The environment for uv: the present one, and pip's sources where uv has none of its own."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    answer = dict(os.environ)
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        variable = SOURCES.get(name.partition(".")[2])
        if variable:
            written = value.strip("'\"").replace("\\n", " ").split()
            answer.setdefault(variable, ("," if variable == "UV_FIND_LINKS" else " ").join(written))
    answer.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    if "PIP_CERT" in answer:
        answer.setdefault("SSL_CERT_FILE", answer["PIP_CERT"])
    return answer


if __name__ == "__main__":
    sys.exit(subprocess.call([sys.executable, "-m", "uv", *sys.argv[1:]], env=environment()))
