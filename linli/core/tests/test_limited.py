"""The child in which files from outside are read: what it cannot reach, and how it dies."""

from __future__ import annotations

import os
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from linli.core.confined import is_offered
from linli.core.errors import BadInput, Conflict
from linli.core.limited import in_child


def said(words: str) -> str:
    return words * 2


def fails() -> None:
    raise Conflict("offer.full")


def tried(what: str, path: str) -> str:
    """What came of one attempt, by the error's name."""
    try:
        if what == "read":
            Path(path).read_bytes()
        elif what == "write":
            Path(path).write_bytes(b"x")
        elif what == "dial":
            socket.create_connection(("127.0.0.1", int(path)), timeout=2).close()
        elif what == "send":
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", int(path)))
    except OSError as error:
        return type(error).__name__
    return "done"


def surroundings() -> dict[str, Any]:
    ours = sorted(name for name in os.environ if name.startswith("LINLI_"))
    return {"names": ours, "temporary": tempfile.gettempdir()}


def hungry() -> int:
    return len(bytearray(2 * 1024**3))


def idle() -> None:
    time.sleep(60)


def gone() -> None:
    os._exit(3)


def test_an_answer_and_an_error_come_back_as_they_are() -> None:
    assert in_child(said, "名册") == "名册名册"
    with pytest.raises(Conflict) as refusal:
        in_child(fails)
    assert refusal.value.code == "offer.full"


@pytest.mark.skipif(not is_offered(), reason="this kernel has no Landlock")
def test_the_keys_and_the_disk_are_out_of_reach(tmp_path: Path) -> None:
    key = tmp_path / "keyring.json"
    key.write_text("{}")
    assert in_child(tried, "read", str(key)) == "PermissionError"
    assert in_child(tried, "write", str(tmp_path / "new")) == "PermissionError"
    assert in_child(tried, "read", "/proc/self/environ") == "PermissionError"
    assert in_child(tried, "read", os.__file__) == "done", "code can still be loaded"


@pytest.mark.skipif(not is_offered(), reason="this kernel has no Landlock")
def test_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert in_child(tried, "dial", port) != "done"
        assert in_child(tried, "send", port) != "done"


def test_names_of_this_instance_are_gone_and_spill_goes_to_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_KEYS", "/somewhere")
    found = in_child(surroundings)
    assert found == {"names": [], "temporary": "/dev/shm"}


@pytest.mark.parametrize(
    ("work", "limits"),
    [(hungry, {"memory": 1024**3}), (gone, {}), (idle, {"seconds": 1})],
    ids=["memory", "gone", "time"],
)
def test_who_runs_out_dies_alone(work: Any, limits: dict[str, int]) -> None:
    with pytest.raises(BadInput) as refusal:
        in_child(work, **limits)
    assert refusal.value.code == "core.file_too_heavy"
