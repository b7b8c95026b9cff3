"""Old workbooks (.xls), read in a child process with limited memory and time.

The BIFF format cannot be measured before it is opened: a few damaged bytes make the reader ask for hundreds of
gigabytes, and the system ends the process. It must not be ours.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict

from linli.engines.errors import BadInput, Fault
from linli.engines.lists.grids import Grid, Limits, file_fault

MEMORY = 2 * 2**30
"""Address space of the child in bytes."""

SECONDS = 60
"""Processor time of the child."""

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def open_xls(data: bytes, name: str, digest: str, limits: Limits) -> Iterator[Grid]:
    """The sheets of an .xls. An encrypted .xlsx arrives in the same container and is refused as such.

    Raises BadInput when the file is broken, encrypted or too big, also when reading it ended the child.
    """
    if _ENCRYPTED in data:
        raise file_fault("file_encrypted", name)
    head = json.dumps({"name": name, "digest": digest, "limits": asdict(limits)}).encode() + b"\n"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=head + data,
            capture_output=True,
            env=environment,
            timeout=2 * SECONDS,
            check=True,
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise file_fault("file_broken", name) from error
    if "faults" in answer:
        raise BadInput([Fault(**fault) for fault in answer["faults"]])
    for sheet in answer["sheets"]:
        rows = tuple(tuple(row) for row in sheet["rows"])
        lost, merged = (frozenset((row, column) for row, column in sheet[key]) for key in ("lost", "merged"))
        yield Grid(name, sheet["sheet"], rows, digest, lost, merged, sheet["hidden"])


def main() -> None:
    """The child: the header line and the file on stdin, the grids or the faults as JSON on stdout."""
    from linli.engines.lists.workbook import sheets

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    head = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    answer: dict[str, object]
    try:
        grids = list(sheets(data, head["name"], head["digest"], Limits(**head["limits"])))
        answer = {
            "sheets": [
                {
                    "sheet": g.sheet,
                    "rows": g.rows,
                    "lost": sorted(g.lost),
                    "merged": sorted(g.merged),
                    "hidden": g.hidden,
                }
                for g in grids
            ]
        }
    except BadInput as error:
        answer = {"faults": [{**vars(fault), "params": dict(fault.params)} for fault in error.faults]}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
