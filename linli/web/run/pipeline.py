"""From the lists departments send to proposals, step by step. The same engines and rules as the pages.

Everything stays in memory of this process; what goes to disk is written by `writing.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from linli.engines.errors import BadInput, Fault
from linli.engines.progress import Progress, silent
from linli.need import drafting
from linli.place.divisions import county_prefixes

if TYPE_CHECKING:
    import pyarrow as pa

    from linli.engines.assignment import AssignResult
    from linli.engines.eligibility import RuleBook, ScreenResult
    from linli.engines.linkage import LinkOptions, LinkResult, Resolved
    from linli.engines.lists import Grid, ListBook
    from linli.offer.workbook import OfferBook

LIST_SUFFIXES = (".xlsx", ".xls", ".csv", ".parquet")
DEMO_REGION = "999999"


@dataclass(frozen=True)
class Options:
    """What the command may set: the day, the rules and weights files, and a temporary folder for spilling."""

    on: date
    rules: tuple[Path, ...]
    weights: Path
    spill_dir: str | None = None


@dataclass(frozen=True)
class MainJob:
    """Everything one run found."""

    book: ListBook
    link: LinkResult
    resolved: Resolved
    rules: RuleBook
    screening: ScreenResult
    needs: pa.Table
    offers: OfferBook | None
    matched: AssignResult | None
    faults: tuple[Fault, ...] = field(default=())


def list_files(folder: Path) -> list[Path]:
    """The lists in a folder, by name; office programs' lock files and hidden files are passed over."""
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix.lower() in LIST_SUFFIXES and not path.name.startswith((".", "~$"))
    ]
    if not found:
        raise BadInput([Fault("no_lists", file=folder.name, params={"suffixes": " ".join(LIST_SUFFIXES)})])
    return found


def run_main_job(lists: Sequence[Path], offers: Path | None, options: Options, progress: Progress = silent) -> MainJob:
    """Read, link, resolve, screen, make needs, assign. Raises BadInput with the faults of every file at once."""
    from linli.engines import assignment, eligibility, linkage

    book, offer_book = _read_all(lists, offers, options, progress)
    settings = linkage.LinkOptions(spill_dir=options.spill_dir)
    link = _link(book, settings, progress)
    resolved = linkage.resolve(book.records, link.links, on=options.on, options=settings, progress=progress)
    rules = eligibility.load_rules(*[(path.name, path.read_bytes()) for path in options.rules])
    screening = eligibility.screen(resolved.persons, rules, on=options.on, near=False, progress=progress)
    progress("needs")
    needs = drafting.needs_from_flags(screening.hits, resolved.persons, options.on)
    matched = None
    if offer_book is not None:
        weights = assignment.read_weights(options.weights.read_text("utf-8"), options.on, options.weights.name)
        matched = assignment.assign(needs, offer_book.offers, on=options.on, weights=weights, progress=progress)
    faults = book.faults + (offer_book.faults if offer_book else ())
    return MainJob(book, link, resolved, rules, screening, needs, offer_book, matched, faults)


def _link(book: ListBook, settings: LinkOptions, progress: Progress) -> LinkResult:
    """The person of every record; and of a row refused for want of date and ID when it is somebody on another list."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from linli.engines import linkage

    result = linkage.link(pa.concat_tables([book.records, book.loose]), options=settings, progress=progress)
    taken = pc.is_in(result.links["unique_id"], book.records["unique_id"].combine_chunks())
    persons = pc.unique(result.links["person_id"].filter(taken))
    known = result.links.filter(pc.is_in(result.links["person_id"], persons))
    return replace(result, links=known)


def _read_all(
    paths: Sequence[Path], offers: Path | None, options: Options, progress: Progress
) -> tuple[ListBook, OfferBook | None]:
    """Read lists and offers; unreadable files are reported together, and a run without one person is bad input."""
    from linli.engines import lists

    grids: list[Grid] = []
    wrong: list[Fault] = []
    for index, path in enumerate(paths):
        progress("open", index, len(paths))
        try:
            grids += lists.read_grids(path)
        except BadInput as error:
            wrong += error.faults
    offer_book = None
    if offers is not None:
        try:
            offer_book = _read_offers(offers)
            wrong += [fault for fault in offer_book.faults if fault.outcome == "refused"]
        except BadInput as error:
            wrong += error.faults
    if wrong:
        raise BadInput(wrong)
    layouts = [lists.recognise(grid) for grid in grids]
    book = lists.read_records(
        grids, layouts, options.on, known_regions=county_prefixes(), demo_region=DEMO_REGION, progress=progress
    )
    if book.records.num_rows == 0:
        raise BadInput([*book.faults, Fault("nobody_in_lists")])
    return book, offer_book


def _read_offers(path: Path) -> OfferBook:
    from linli.offer import hsds, workbook

    if path.is_dir() or path.suffix.lower() in (".zip", ".json"):
        return hsds.read_package(path)
    return workbook.read_offers(path)
