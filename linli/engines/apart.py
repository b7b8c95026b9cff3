"""Run a function in a fresh process of its own, where two libraries cannot live in one.

OR-Tools and highspy each bring a build of HiGHS under the same library name, so whichever is loaded second fails.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
CHILD = (
    "import pickle, sys\n"
    "sys.path[:] = pickle.load(sys.stdin.buffer)\n"
    "from linli.engines.apart import answer\n"
    "answer()\n"
)


def apart(function: Callable[..., T], *arguments: Any) -> T:
    """`function(*arguments)`, done in a new Python; what it raises is raised here. All must be picklable."""
    given = pickle.dumps(sys.path) + pickle.dumps((function, arguments))
    done = subprocess.run([sys.executable, "-c", CHILD], input=given, stdout=subprocess.PIPE, check=True)
    good, result = pickle.loads(done.stdout)  # noqa: S301 – from our own child
    if not good:
        raise result
    return result  # type: ignore[no-any-return]


def answer() -> None:
    """The child's part: read what to do, do it, write what came of it."""
    function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 – from our own parent
    try:
        told: tuple[bool, Any] = (True, function(*arguments))
    except Exception as error:
        told = (False, error)
    sys.stdout.buffer.write(pickle.dumps(told))
