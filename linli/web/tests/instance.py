"""A whole instance of its own for a test: its home, its database, and the real `linli` command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4


class Instance:
    """One home; on PostgreSQL with a fresh database on the tests' own server."""

    def __init__(self, home: Path, server: dict[str, Any] | None) -> None:
        self.home = home
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("LINLI_", "DATABASE_URL"))}
        self.environment |= {"LINLI_LANG": "en", "PYTHONPATH": os.pathsep.join(sys.path)}
        if server is not None:
            name = f"linli_{uuid4().hex[:12]}"
            self._create(server, name)
            self.environment["DATABASE_URL"] = f"postgresql://linli@/{name}?host={server['OPTIONS']['host']}"
            self.environment["LINLI_KEYS"] = str(home / "keys" / "keyring.json")

    def _create(self, server: dict[str, Any], name: str) -> None:
        import psycopg

        with psycopg.connect(host=server["OPTIONS"]["host"], user="linli", dbname="postgres", autocommit=True) as open_:
            open_.execute(f'CREATE DATABASE "{name}"')

    @property
    def keys(self) -> Path:
        return self.home / "keys" / "keyring.json"

    def linli(self, *args: object, home: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command on this instance and wait for its end."""
        given = [*map(str, args), *(["--home", str(self.home)] if home else [])]
        return self._run(["-m", "linli.web.command", *given], environment)

    def python(self, code: str, **environment: str) -> str:
        """Run lines of Python inside the instance; gives what they print."""
        start = "import os, django; os.environ['DJANGO_SETTINGS_MODULE']='linli.web.settings'; django.setup()\n"
        done = self._run(["-c", start + code], {"LINLI_HOME": str(self.home), **environment})
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _run(self, args: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *args],
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self, *args: object) -> subprocess.Popen[str]:
        """Begin a command on this instance; what it says is read from `stdout`."""
        return subprocess.Popen(
            [sys.executable, "-m", "linli.web.command", *map(str, args), "--home", str(self.home)],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    @contextmanager
    def serving(self) -> Iterator[tuple[str, subprocess.Popen[str]]]:
        """The instance served on a free port; gives the address and the process. Ends it by Ctrl+C."""
        process = self.start("serve", "--port", 0)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "http://" in line, line + process.stdout.read()
            yield line.split()[3], process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(timeout=40)

    def doctor(self) -> dict[str, Any]:
        """The doctor's answers by question."""
        done = self.linli("doctor", "--json")
        return {line["about"]: line for line in json.loads(done.stdout)}
