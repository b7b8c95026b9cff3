"""Is this instance safe to work with? One line per question: ok, warn or fail, with the cure.

It looks and changes nothing. The words stand in `doctor_words.py`, in two languages.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.db import connection

from linli.core.audit import verify
from linli.core.checkpoint import as_noted, moment_of, newest_kept
from linli.core.errors import BadInput
from linli.core.models import AuditRow
from linli.core.runs import is_demo

State = Literal["ok", "warn", "fail"]
LOW_DISK, NO_DISK = 5 << 30, 500 << 20
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
POSTGRES_SETTINGS = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_sync_retry": "off"}
LOWEST_POSTGRES = 150000
CHECKPOINT_GROWS_OLD = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """One answer: what was asked, how it stands, and the code and values of its sentence."""

    about: str
    state: State
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def examine(now: datetime) -> list[Line]:
    """Every question in order. A question that cannot be asked is itself a failure."""
    asked: list[tuple[str, Callable[[], Iterator[Line]]]] = [
        ("keys", _ask_keys),
        ("embedded", _ask_embedded) if connection.vendor == "sqlite" else ("server", _ask_server),
        ("disk", _ask_disk),
        ("fonts", _ask_fonts),
        ("audit", partial(_ask_audit, now)),
        ("checkpoints", partial(_ask_checkpoints, now)),
    ]
    return [line for about, ask in asked for line in _safely(about, ask)]


def _safely(about: str, ask: Callable[[], Iterator[Line]]) -> list[Line]:
    try:
        return list(ask())
    except Exception as error:
        return [Line(about, "fail", "not_asked", {"words": str(error)})]


def _ask_keys() -> Iterator[Line]:
    path = Path(settings.KEYS)
    where = {"path": str(path)}
    if not path.exists():
        yield Line("keys", "fail", "keys_missing", where)
        return
    if path.stat().st_mode & 0o077:
        yield Line("keys", "fail", "keys_open", where)
    else:
        yield Line("keys", "ok", "keys_closed", where)
    if Path(settings.DATA) in path.parents:
        yield Line("keys_place", "fail", "keys_in_data", where)
    elif Path(settings.DATA).exists() and path.stat().st_dev == Path(settings.DATA).stat().st_dev:
        yield Line("keys_place", "warn", "keys_same_disk", where)
    else:
        yield Line("keys_place", "ok", "keys_other_disk", where)


def _ask_embedded() -> Iterator[Line]:
    from linli.core.embedded.base import settings_of, why_unsafe

    connection.ensure_connection()
    found = settings_of(connection.connection)
    reason = why_unsafe(**found)
    found["version"] = ".".join(map(str, found["version"]))
    if reason:
        yield Line("database", "fail", "embedded_unsafe", {"words": reason})
    else:
        yield Line("database", "ok", "embedded_safe", found)
    with open(connection.settings_dict["NAME"], "rb") as file:
        is_plain = file.read(15) == b"SQLite format 3"
    yield Line("encryption", "fail" if is_plain else "ok", "file_plain" if is_plain else "file_encrypted")


def _ask_server() -> Iterator[Line]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
        state: State = "ok" if version >= LOWEST_POSTGRES else "fail"
        code = "server_version" if state == "ok" else "server_too_old"
        yield Line("database", state, code, {"version": version // 10000})
        for name, wanted in POSTGRES_SETTINGS.items():
            cursor.execute(f"SHOW {name}")
            found = cursor.fetchone()[0]
            safe = found == wanted or (name == "synchronous_commit" and found in ("remote_write", "remote_apply"))
            values = {"name": name, "found": found, "wanted": wanted}
            yield Line(name, "ok" if safe else "fail", "server_setting" if safe else "server_unsafe", values)
    yield Line("encryption", "warn", "server_disk")
    missing = [program for program in ("pg_dump", "pg_restore") if shutil.which(program) is None]
    if missing:
        yield Line("backup", "warn", "no_postgres_programs", {"programs": ", ".join(missing)})


def _ask_disk() -> Iterator[Line]:
    free = shutil.disk_usage(Path(settings.DATA) if Path(settings.DATA).exists() else Path(settings.HOME).anchor).free
    state: State = "fail" if free < NO_DISK else "warn" if free < LOW_DISK else "ok"
    yield Line("disk", state, "disk_free" if state == "ok" else "disk_low", {"gib": round(free / 2**30, 1)})


def _ask_fonts() -> Iterator[Line]:
    for folder in FONT_FOLDERS:
        for root, _, files in os.walk(os.path.expanduser(folder)):
            if any("CJK" in name or "wqy" in name.lower() or "SourceHan" in name for name in files):
                yield Line("fonts", "ok", "fonts_found", {"path": root})
                return
    yield Line("fonts", "warn", "fonts_missing")


def _ask_audit(now: datetime) -> Iterator[Line]:
    """The chain, and the clock: a clock behind the newest row would put new rows in the wrong order of time."""
    verdict = verify()
    if verdict.fault:
        yield Line("audit", "fail", "audit_broken", {"fault": verdict.fault, "number": verdict.at_number})
    else:
        yield Line("audit", "ok", "audit_whole", {"rows": verdict.rows})
    newest = AuditRow.objects.order_by("-number").first()
    behind = newest is not None and newest.at > now
    said = {"now": f"{now:%F %T %Z}"}
    yield Line("clock", "fail", "clock_behind", said) if behind else Line("clock", "ok", "clock_right", said)


def _ask_checkpoints(now: datetime) -> Iterator[Line]:
    """Whether the audit record is noted outside too, lately, and still holds what was noted there."""
    if not settings.LINLI_CHECKPOINTS:
        if not is_demo():
            yield Line("checkpoints", "warn", "checkpoints_unset")
        return
    folder = Path(settings.LINLI_CHECKPOINTS)
    where: dict[str, Any] = {"path": str(folder)}
    if not folder.is_dir():
        yield Line("checkpoints", "warn", "checkpoints_missing", where)
        return
    try:
        newest = newest_kept(folder)
    except BadInput:
        yield Line("checkpoints", "fail", "checkpoints_spoilt", where)
        return
    if newest is None:
        yield Line("checkpoints", "warn", "checkpoints_none", where)
        return
    fault = verify(as_noted(newest)).fault
    where["at"] = f"{moment_of(newest).astimezone():%F %T}"
    if fault:
        yield Line("checkpoints", "fail", "checkpoints_differ", where | {"fault": fault})
    elif now - moment_of(newest) > CHECKPOINT_GROWS_OLD:
        yield Line("checkpoints", "warn", "checkpoints_old", where)
    else:
        yield Line("checkpoints", "ok", "checkpoints_kept", where)
