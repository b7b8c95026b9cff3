"""Every job of the house, by name. A block offers the function; only this table makes it a job."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from linli.core.acting import write_part
from linli.core.jobs import JobFunction, Work
from linli.core.notices import notify
from linli.matching import actions as matching
from linli.need import actions as need
from linli.party import actions_imports as reading
from linli.party import actions_publish as publishing
from linli.party import queries_imports as imports


def check_import(work: Work) -> dict[str, Any]:
    """Read an uploaded list, match its rows, stage them."""
    reading.check_import(actor=work.actor, operation_id=work.uid, work=work, **work.args)
    return {}


def confirm_import(work: Work) -> dict[str, Any]:
    """Write the people of an import, then screen the place and propose; tell who asked."""
    counts = publishing.confirm_import(actor=work.actor, operation_id=work.uid, work=work, **work.args)
    place_path = imports.import_by_uid(work.actor, reading.as_uid(work.args["batch_uid"])).place_path
    return counts | find_needs(work, place_path)


def choose_again(work: Work) -> dict[str, Any]:
    """After an import was taken back: choose again what counts, and screen the place by it."""
    publishing.choose_again(actor=work.actor, work=work, **work.args)
    return find_needs(work, imports.import_by_uid(work.actor, reading.as_uid(work.args["batch_uid"])).place_path)


def find_needs(work: Work, place_path: str) -> dict[str, Any]:
    """Screen a place and match its open needs with the offers."""
    work("screen")
    found = need.screen_people(actor=work.actor, place_path=place_path, job_uid=work.uid)
    work("assign")
    matched = matching.propose(actor=work.actor, place_path=place_path, job_uid=work.uid)
    _tell(work, "need.screened", "/flags/", new=found["new"])
    return {"flags": found, "matching": matched}


def screen_place(work: Work) -> dict[str, Any]:
    """The same, asked for by itself."""
    return find_needs(work, work.args["place_path"])


def match_place(work: Work) -> dict[str, Any]:
    """Match the open needs of a place with the offers again; tell who asked."""
    work("assign")
    found = matching.propose(actor=work.actor, place_path=work.args["place_path"], job_uid=work.uid)
    _tell(work, "matching.matched", "/proposals/", **found)
    return found


def _tell(work: Work, code: str, link: str, **params: Any) -> None:
    """Tell who asked, once, however often the job is run."""
    asked_by = work.asked_by
    if asked_by is None:
        return
    told = partial(notify, work.actor, [asked_by], code, link=link, **params)
    write_part(work.actor, work.uid, "notice.new", kind="notice", content=code, write=told)


JOBS: Mapping[str, JobFunction] = {
    "party.check_import": check_import,
    "party.confirm_import": confirm_import,
    "party.choose_facts": choose_again,
    "need.screen": screen_place,
    "need.match": match_place,
}
