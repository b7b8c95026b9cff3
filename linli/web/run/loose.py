"""Rows without ID number and birth date: no person is made of them, unless linkage finds them on another list.

Such a row is refused by the reader. When linkage is certain that it is somebody of another list, its words are about a
known person: the row is taken in and said to be doubtful. In neither case does it stand in two ways in the results.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from linli.engines.errors import Fault

if TYPE_CHECKING:
    from linli.engines.linkage import LinkResult
    from linli.engines.lists import ListBook

Place = tuple[str, str, int | None]


def settle_loose(book: ListBook, link: LinkResult) -> tuple[ListBook, LinkResult]:
    """The book with the loose rows that certainly belong to somebody taken in; links and pairs without the others."""
    taken = pc.is_in(link.links["unique_id"], book.records["unique_id"].combine_chunks())
    known = pc.is_in(link.certain, pc.unique(link.certain.filter(taken.combine_chunks())))
    stay = pc.or_(taken.combine_chunks(), known)
    links = link.links.filter(stay)
    kept = pc.unique(links["unique_id"])
    found = book.loose.filter(pc.is_in(book.loose["unique_id"], kept))
    review = link.review.filter(pc.and_(pc.is_in(link.review["a"], kept), pc.is_in(link.review["b"], kept)))
    return _taken_in(book, found), replace(link, links=links, review=review, certain=link.certain.filter(stay))


def _taken_in(book: ListBook, found: pa.Table) -> ListBook:
    """The book with these loose rows among its records: their refusal becomes a doubt, and the counts follow."""
    columns = zip(*(found[name].to_pylist() for name in ("file", "sheet", "row")), strict=True)
    places: set[Place] = set(columns)
    faults = tuple(
        _as_doubt(fault) if (fault.file, fault.sheet, fault.row) in places else fault for fault in book.faults
    )
    more = Counter((file, sheet) for file, sheet, _ in places)
    sheets = tuple(
        replace(
            sheet,
            taken=sheet.taken + more[sheet.file, sheet.sheet],
            refused=sheet.refused - more[sheet.file, sheet.sheet],
            doubtful=sheet.doubtful + more[sheet.file, sheet.sheet],
        )
        for sheet in book.sheets
    )
    return replace(book, records=pa.concat_tables([book.records, found]), faults=faults, sheets=sheets)


def _as_doubt(fault: Fault) -> Fault:
    if fault.outcome != "refused":
        return fault
    return replace(fault, code="known_elsewhere", outcome="doubtful")
