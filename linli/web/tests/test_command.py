"""The `linli` command on instances of its own: set up, serve, back up, restore, examine, verify, change keys."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from linli.web.command import COMMANDS
from linli.web.tests.instance import Instance

SOME_ROWS = """
from datetime import datetime, UTC
from linli.core.actor import system_actor
from linli.core.audit import record_now
from linli.party.models import Person
now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
for number in range(5):
    record_now(system_actor("test", now), "need.write", n=number)
for number in range(7):
    Person.objects.create(name="钱桂芳", created_at=now, place_path="99/", id_no=f"99999919400101{number:04d}")
"""
HOW_MANY = """
from linli.party.models import Person
from linli.core.sealed import blind_indexes
ids = [f"99999919400101{number:04d}" for number in range(7)]
found = [Person.objects.filter(id_no_index__in=blind_indexes("party_person.id_no", i)).count() for i in ids]
print(sorted(p.id_no for p in Person.objects.all()) == ids, found == [1] * 7)
"""


def server() -> dict[str, Any] | None:
    return connection.settings_dict if connection.vendor == "postgresql" else None


@pytest.fixture(scope="module")
def filled() -> Instance:
    """An instance with some people and audit rows. Tests of this module leave it sound."""
    instance = Instance(fresh_folder() / "home", server())
    done = instance.linli("setup")
    assert done.returncode == 0, done.stderr
    assert instance.keys.stat().st_mode & 0o777 == 0o600
    instance.python(SOME_ROWS)
    return instance


def fresh_folder() -> Path:
    """A folder beside the tests' own home, which lies in memory where there is room."""
    return Path(tempfile.mkdtemp(dir=Path(os.environ["LINLI_HOME"]).parent))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that goes when the test ends: backups and restored homes can be large."""
    made = fresh_folder()
    yield made
    shutil.rmtree(made)


def another(home: Path) -> Instance:
    """A second, empty instance to restore into."""
    return Instance(home, server())


def test_every_command_stands_where_the_table_says() -> None:
    for name in COMMANDS:
        command = [sys.executable, "-m", "linli.web.command", name, "--help"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, f"{name}: {done.stderr}"


def test_the_list_of_commands_needs_no_django() -> None:
    code = "import sys\nfrom linli.web.command import app\napp(['--help'], standalone_mode=False)\n"
    code += "print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip().endswith("False"), done.stderr


def test_serving_answers_does_jobs_and_stops_when_told(filled: Instance) -> None:
    with filled.serving() as (address, process):
        with urllib.request.urlopen(f"{address}account/login/", timeout=20) as answer:
            assert answer.status == 200
            assert "Content-Security-Policy" in answer.headers
        process.send_signal(2)
        assert process.wait(timeout=40) == 0
        assert process.stdout is not None
        assert "Stopped." in process.stdout.read()


SOURCES = """
from linli.need.queries_words import rulebook
print(sorted({value.source for value in rulebook().parameters["mla_standard"].values}))
"""


def test_only_the_demo_screens_with_the_invented_county_s_figures(filled: Instance) -> None:
    assert filled.python(SOURCES) == "['SAR']"
    assert filled.python(SOURCES, LINLI_DEMO="1") == "['invented']"
    assert filled.python(SOURCES, LINLI_PACK="louxi") == "['invented']"


def test_a_pack_that_is_not_there_is_said(filled: Instance) -> None:
    done = filled.linli("doctor", LINLI_PACK="nowhere")
    assert done.returncode == 2
    assert "LINLI_PACK=nowhere" in done.stderr and "Traceback" not in done.stderr


def test_a_port_in_use_is_said(filled: Instance) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        done = filled.linli("serve", "--port", port)
    assert done.returncode == 1
    assert f"--port {port + 1}" in done.stderr


def test_an_unsafe_instance_is_not_served(filled: Instance) -> None:
    filled.python("from linli.core.models import AuditHead; AuditHead.objects.update(number=6)")
    try:
        done = filled.linli("serve", "--port", 0)
    finally:
        filled.python("from linli.core.models import AuditHead; AuditHead.objects.update(number=5)")
    assert done.returncode == 1
    assert "not safe" in done.stderr
    assert "audit" in done.stderr


def test_a_second_server_leaves_the_jobs_to_the_first(filled: Instance) -> None:
    with filled.serving():
        process = filled.start("serve", "--port", 0)
        assert process.stdout is not None
        assert "Another process of this instance does its jobs" in process.stdout.readline()
        address = process.stdout.readline().split()[3]
        with urllib.request.urlopen(f"{address}account/login/", timeout=20) as answer:
            assert answer.status == 200
        process.send_signal(2)
        assert process.wait(timeout=40) == 0


def test_passwords_do_not_cross_a_network_in_the_clear(filled: Instance) -> None:
    done = filled.linli("serve", "--port", 0, "--host", "0.0.0.0")
    assert done.returncode == 1
    assert "LINLI_HTTPS=1" in done.stderr


@pytest.mark.parametrize("given", [("--demo",), ("--demo", "--host", "0.0.0.0")])
def test_a_real_county_is_not_served_as_a_demo(filled: Instance, given: tuple[str, ...]) -> None:
    done = filled.linli("serve", "--port", 0, *given)
    assert done.returncode == 1
    assert "not the demo county" in done.stderr


def test_no_new_keys_are_made_beside_data(filled: Instance) -> None:
    aside = filled.keys.with_suffix(".aside")
    filled.keys.rename(aside)
    try:
        done = filled.linli("setup")
        assert done.returncode == 2
        assert f"No key file at {filled.keys}" in done.stderr and not filled.keys.exists()
    finally:
        aside.rename(filled.keys)


def test_a_key_file_open_to_others_stops_everything_with_the_cure(filled: Instance) -> None:
    os.chmod(filled.keys, 0o644)
    try:
        done = filled.linli("doctor")
        assert done.returncode != 0
        assert f"chmod 600 {filled.keys}" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
    finally:
        os.chmod(filled.keys, 0o600)


def test_the_doctor_finds_a_sound_instance_sound(filled: Instance) -> None:
    answers = filled.doctor()
    assert {about: a["words"] for about, a in answers.items() if a["state"] == "fail"} == {}
    assert answers["encryption"]["state"] == ("warn" if server() else "ok")


def test_a_backup_restores_into_an_empty_home(filled: Instance, folder: Path, times: Callable[[int], int]) -> None:
    """With a GiB of uploads in `make prove`: 50 MiB twenty times over, at least."""
    mebibytes = times(50)
    uploads = filled.home / "data" / "files"
    uploads.mkdir(parents=True)
    with (uploads / "large.bin").open("wb") as file:
        for _ in range(mebibytes):
            file.write(os.urandom(1 << 20))
    started = time.monotonic()
    assert filled.linli("backup", folder / "b.tar").returncode == 0
    print(f"{mebibytes} MiB backed up in {time.monotonic() - started:.1f} s")
    shutil.rmtree(uploads)
    empty = another(folder / "new")
    done = empty.linli("restore", folder / "b.tar", "--keys", filled.keys, LINLI_KEYS="")
    assert done.returncode == 0, done.stderr
    assert empty.python(HOW_MANY) == "True True"
    assert empty.linli("verify", "audit").returncode == 0
    assert (folder / "new/data/files/large.bin").stat().st_size == mebibytes << 20
    assert [p.name for p in folder.iterdir() if p.name.startswith(".linli")] == []


def test_a_restore_with_another_key_is_refused_in_words_and_leaves_nothing(filled: Instance, folder: Path) -> None:
    from linli.core.keyring import make_keyring_file

    file, wrong = folder / "b.tar", folder / "wrong.json"
    assert filled.linli("backup", file).returncode == 0
    make_keyring_file(wrong)
    empty = another(folder / "new")
    done = empty.linli("restore", file, "--keys", wrong, LINLI_KEYS="")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (folder / "new").exists()


def test_a_restore_never_writes_over_what_is_there(filled: Instance, folder: Path) -> None:
    file, home = folder / "b.tar", folder / "full"
    assert filled.linli("backup", file).returncode == 0
    home.mkdir()
    (home / "mine").write_text("mine")
    done = another(home).linli("restore", file, "--keys", filled.keys, LINLI_KEYS="")
    assert done.returncode == 2
    assert [p.name for p in home.iterdir()] == ["mine"]


def test_a_checkpoint_taken_outside_shows_a_rewritten_chain(filled: Instance, folder: Path) -> None:
    held = folder / "c.json"
    assert filled.linli("audit", "checkpoint", "--out", held).returncode == 0
    assert filled.linli("verify", "audit", "--checkpoint", held).returncode == 0
    forged = json.loads(held.read_text()) | {"number": 1}
    held.write_text(json.dumps(forged))
    assert filled.linli("verify", "audit", "--checkpoint", held).returncode == 2


@pytest.mark.parametrize("purpose", ["wrapping", "index"])
def test_keys_change_while_serving_and_everything_opens_and_is_found(filled: Instance, purpose: str) -> None:
    before = json.loads(filled.keys.read_text())[purpose]["current"]
    with filled.serving() as (address, _):
        done = filled.linli("keys", "rotate", purpose)
        assert done.returncode == 0, done.stderr
        assert "7 entries" in done.stdout
        with urllib.request.urlopen(f"{address}account/login/", timeout=20) as answer:
            assert answer.status == 200
    after = json.loads(filled.keys.read_text())[purpose]
    assert after["current"] != before
    assert before in after["keys"]
    assert filled.python(HOW_MANY) == "True True"
    assert "0 entries" in filled.linli("keys", "rotate", purpose, "--resume").stdout


def test_a_change_of_keys_killed_midway_goes_on_where_it_was(filled: Instance) -> None:
    filled.python(
        "from django.conf import settings\nfrom linli.core.keyring import add_key\n"
        "from linli.core.sealed import rewrap\nadd_key(settings.KEYS, 'wrapping'); print(rewrap(3))"
    )
    assert filled.python(HOW_MANY) == "True True"
    assert "4 entries" in filled.linli("keys", "rotate", "wrapping", "--resume").stdout
    assert filled.python(HOW_MANY) == "True True"


def test_setting_up_a_county_makes_four_first_accounts_once(folder: Path) -> None:
    fresh = Instance(folder / "home", server())
    assert "--place" in fresh.linli("setup").stdout
    odd = fresh.linli("setup", "--place", "330400x")
    assert odd.returncode == 2 and "330400x" in odd.stderr
    done = fresh.linli("setup", "--place", "330482")
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines() if line.startswith("  ")]
    assert [row[1] for row in rows] == ["system-admin", "security-admin", "audit-admin", "security-admin-2"]
    assert len({row[2] for row in rows}) == 4
    roles = "from linli.party.models import Grant\nprint(sorted(Grant.objects.values_list('role', 'state')))"
    assert fresh.python(roles).count("'security_admin', 'active'") == 2
    names = "from linli.party.models import Login\nprint(*sorted(Login.objects.values_list('display_name', flat=True)))"
    assert fresh.python(names).strip() == " ".join(sorted(row[0].strip() for row in rows))
    assert all(name != user for name, user, _password in rows)
    again = fresh.linli("setup", "--place", "330482")
    assert again.returncode == 2 and "Traceback" not in again.stderr
