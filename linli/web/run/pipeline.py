"""From the lists departments send to proposals, step by step. The same engines and rules as the pages.

Everything stays in memory of this process; what goes to disk is written by `writing.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

from linli.engines.errors import BadInput, Fault
from linli.engines.progress import Progress, silent
from linli.engines.words import Lang
from linli.need import drafting
from linli.place.divisions import county_prefixes
from linli.web.run.loose import settle_loose

if TYPE_CHECKING:
    from linli.engines.assignment import AssignResult, Weights
    from linli.engines.eligibility import RuleBook, ScreenResult
    from linli.engines.linkage import LinkResult, Resolved
    from linli.engines.lists import Grid, ListBook
    from linli.offer.workbook import OfferBook

LIST_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".csv", ".txt", ".parquet")
DEMO_REGION = "999999"
T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """What the command may set: the day, the rules and weights files, a map of headings, the language of reasons in
    the tables, and a temporary folder for spilling."""

    on: date
    rules: tuple[Path, ...]
    weights: Path
    columns: Path | None = None
    lang: Lang = "zh"
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


@dataclass(frozen=True)
class Found:
    """The files of a folder: `lists` to read, each under its name within the folder; `others` that are no lists."""

    lists: Mapping[str, Path]
    others: tuple[str, ...]


def list_files(folder: Path, apart: Sequence[Path] = ()) -> Found:
    """The lists in a folder and below it. Left out: what lies in or is one of `apart` (results of an earlier run, the
    offers), office programs' lock files, hidden files. Results may go to a folder above the lists."""
    left_out = {path.resolve() for path in apart} - {*folder.resolve().parents}
    lists: dict[str, Path] = {}
    others = []
    for path in sorted(folder.rglob("*")):
        whole = path.resolve()
        if not path.is_file() or path.name.startswith((".", "~$")) or left_out & {whole, *whole.parents}:
            continue
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() in LIST_SUFFIXES:
            lists[name] = path
        else:
            others.append(name)
    if not lists:
        raise BadInput([Fault("no_lists", file=folder.name, params={"suffixes": " ".join(LIST_SUFFIXES)})])
    return Found(lists, tuple(others))


def run_main_job(found: Found, offers: Path | None, options: Options, progress: Progress = silent) -> MainJob:
    """Read, link, resolve, screen, make needs, assign. Raises BadInput with the faults of every file at once."""
    from linli.engines import assignment, eligibility, linkage

    inputs = _read_all(found, offers, options, progress)
    settings = linkage.LinkOptions(spill_dir=options.spill_dir, lang=options.lang)
    link = linkage.link(pa.concat_tables([inputs.book.records, inputs.book.loose]), options=settings, progress=progress)
    book, link = settle_loose(inputs.book, link)
    resolved = linkage.resolve(book.records, link.links, on=options.on, options=settings, progress=progress)
    screening = eligibility.screen(resolved.persons, inputs.rules, on=options.on, near=False, progress=progress)
    progress("needs")
    needs = drafting.needs_from_flags(screening.hits, resolved.persons, options.on)
    matched = None
    if inputs.offers is not None:
        matched = assignment.assign(
            needs, inputs.offers.offers, on=options.on, weights=inputs.weights, progress=progress
        )
    passed = tuple(Fault("file_passed_over", "doubtful", file=name) for name in found.others)
    faults = passed + book.faults + (inputs.offers.faults if inputs.offers else ())
    return MainJob(book, link, resolved, inputs.rules, screening, needs, inputs.offers, matched, faults)


@dataclass(frozen=True)
class _Inputs:
    """Everything a run is given, read and found sound."""

    book: ListBook
    offers: OfferBook | None
    rules: RuleBook
    weights: Weights


def _read_all(found: Found, offers: Path | None, options: Options, progress: Progress) -> _Inputs:
    """Read everything there is before anything is computed: what cannot be used is reported together."""
    from linli.engines import assignment, eligibility, lists

    wrong: list[Fault] = []

    def tried(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except BadInput as error:
            wrong.extend(error.faults)
            return None

    rules = tried(lambda: eligibility.load_rules(*[(path.name, path.read_bytes()) for path in options.rules]))
    weights = tried(lambda: assignment.read_weights(_text(options.weights), options.on, options.weights.name))
    named = tried(lambda: lists.column_map(options.columns) if options.columns else lists.ColumnMap())
    offer_book = tried(lambda: _read_offers(offers)) if offers is not None else None
    if offer_book is not None and any(fault.outcome == "refused" for fault in offer_book.faults):
        wrong += offer_book.faults
    grids: list[Grid] = []
    for index, (name, path) in enumerate(found.lists.items()):
        progress("open", index, len(found.lists))
        grids += tried(partial(lists.read_grids, path, name)) or []
    if wrong or rules is None or weights is None or named is None:
        raise BadInput(wrong)
    layouts = [lists.recognise(grid, named.of(grid.file)) for grid in grids]
    book = lists.read_records(
        grids, layouts, options.on, known_regions=county_prefixes(), demo_region=DEMO_REGION, progress=progress
    )
    if book.records.num_rows == 0:
        raise BadInput([*book.faults, Fault("nobody_in_lists")])
    return _Inputs(book, offer_book, rules, weights)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise BadInput([Fault("not_text", file=path.name)]) from None


def _read_offers(path: Path) -> OfferBook:
    from linli.offer import hsds, workbook

    if path.is_dir() or path.suffix.lower() in (".zip", ".json"):
        return hsds.read_package(path)
    return workbook.read_offers(path)
