"""One thread for the linear algebra: sums in one order give the same bytes on every run, and small work is faster."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

if "numpy" not in sys.modules:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold numpy's linear algebra to one thread: it was begun so, or threadpoolctl does it where it is installed."""
    if os.environ.get("OPENBLAS_NUM_THREADS") == "1":
        yield
        return
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        yield
        return
    with threadpool_limits(limits=1):
        yield
