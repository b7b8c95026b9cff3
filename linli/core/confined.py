"""Shutting a process in: it reads code and fonts, writes to memory only, reaches no network and no key file.

Linux' Landlock (kernel documentation, userspace-api/landlock) and a network namespace of its own. Each is used as far
as the kernel offers it; a kernel without them leaves the limits of `limited.py`. Nothing here can be undone in the
process that called it.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 the kernel's folder in memory, not one on a disk
# What programs need to read: the interpreter, libraries, time zones; of /proc and /sys only what describes the machine.
SYSTEM = ("/usr", "/lib", "/lib64", "/etc", "/dev/null", "/dev/urandom", "/sys", "/proc/cpuinfo", "/proc/meminfo")
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
GIVE_VERSION, PATH_BENEATH = 1, 1
NO_NEW_PRIVILEGES = 38
NEW_USER_SPACE, NEW_NETWORK_SPACE = 0x10000000, 0x40000000
EXECUTE, WRITE_FILE, READ_FILE, READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
ALL_TCP, ALL_SCOPES = 0b11, 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def is_offered() -> bool:
    """Whether this kernel lets a process shut itself in (Landlock, Linux 5.13 and later)."""
    return _version(ctypes.CDLL(None)) >= 1


def _version(libc: ctypes.CDLL) -> int:
    version: int = libc.syscall(CREATE_RULESET, None, 0, GIVE_VERSION)
    return version


def confine(packages: Iterable[Path]) -> None:
    """Shut this process in. `packages`: folders of code it may still read beside the interpreter's own."""
    libc = ctypes.CDLL(None, use_errno=True)
    if MEMORY_FOLDER.is_dir():
        tempfile.tempdir = str(MEMORY_FOLDER)
    for name in [name for name in os.environ if name.startswith(("LINLI_", "DATABASE_URL", "PG"))]:
        del os.environ[name]
    if libc.unshare(NEW_NETWORK_SPACE) != 0:
        libc.unshare(NEW_USER_SPACE | NEW_NETWORK_SPACE)
    version = _version(libc)
    if version < 1:
        return
    files = (1 << (13 + min(version - 1, 2) + (version >= 5))) - 1
    rules = _Ruleset(files, ALL_TCP if version >= 4 else 0, ALL_SCOPES if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = libc.syscall(CREATE_RULESET, ctypes.byref(rules), size, 0)
    reading = READ_FILE | READ_FOLDER | EXECUTE
    for path in {*map(Path, SYSTEM), Path(sys.prefix), Path(sys.base_prefix), *_libraries(), *packages}:
        _allow(libc, ruleset, path, reading)
    _allow(libc, ruleset, MEMORY_FOLDER, files & ~EXECUTE)
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if libc.syscall(RESTRICT_SELF, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    os.close(ruleset)


def _libraries() -> list[Path]:
    """Where installed packages lie; never a checkout's own folder, in which an instance may stand."""
    return [Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages", "lib-dynload")]


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, access: int) -> None:
    if not path.exists():
        return
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        given = access if path.is_dir() else access & (READ_FILE | WRITE_FILE | EXECUTE)
        libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(_Beneath(given, opened)), 0)
    finally:
        os.close(opened)
