"""Work on files from outside runs in a child process with limits (docs/security.md I10).

A child that runs out of memory or time dies alone; the caller gets a refusal with words.
"""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from linli.core.errors import BadInput

T = TypeVar("T")
MEMORY_BYTES = 3 * 1024**3
CPU_SECONDS = 120


def in_child(function: Callable[..., T], *args: Any, memory: int = MEMORY_BYTES, seconds: int = CPU_SECONDS) -> T:
    """The answer of `function(*args)` computed apart. Errors the function raises come back as they are."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=_limit, initargs=(memory, seconds)) as pool:
        try:
            return pool.submit(function, *args).result(timeout=seconds * 3)
        except (BrokenProcessPool, MemoryError, TimeoutError):
            raise BadInput("core.file_too_heavy") from None


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
