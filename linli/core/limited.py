"""Work on files from outside runs in a child process with limits (docs/security.md).

A child that runs out of memory or time dies alone; the caller gets a refusal with words. The child has no network,
reads code but no data of this instance, and writes to memory only.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, TypeVar

import linli
from linli.core.confined import confine
from linli.core.errors import BadInput

T = TypeVar("T")
MEMORY_BYTES = 3 * 1024**3
CPU_SECONDS = 120
FILE_BYTES = 256 * 1024**2
# A page asked for twenty times at once starts twenty readings: they wait for each other here.
_AT_ONCE = BoundedSemaphore(2)


def in_child(function: Callable[..., T], *args: Any, memory: int = MEMORY_BYTES, seconds: int = CPU_SECONDS) -> T:
    """The answer of `function(*args)` computed apart. Errors the function raises come back as they are."""
    context = multiprocessing.get_context("spawn")
    with _AT_ONCE:
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=_work, args=(theirs, memory, seconds, function, args), daemon=True)
        child.start()
        try:
            theirs.close()
            if not ours.poll(seconds * 3):
                raise BadInput("core.file_too_heavy")
            is_good, answer = ours.recv()
        except EOFError:
            raise BadInput("core.file_too_heavy") from None
        finally:
            child.kill()
            child.join()
            ours.close()
    if is_good:
        found: T = answer
        return found
    raise answer


def _work(answers: Connection, memory: int, seconds: int, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """In the child: be limited, work, answer; dying without an answer says that the limits were met."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    here = Path(linli.__file__).parent
    confine([here, here.parent / "packs"])
    try:
        answers.send((True, function(*args)))
    except MemoryError:
        os._exit(1)
    except Exception as error:
        answers.send((False, error))
