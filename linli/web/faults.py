"""Faults of files an action could not use, as lines a reader understands. Pages of imports show their own tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.engines import lists
from linli.engines.errors import Fault
from linli.engines.words import Lang
from linli.offer import workbook

AT_ONCE = 50  # a page; the whole table is on the page of the import


def lines_of(faults: Sequence[Mapping[str, Any] | str]) -> list[str]:
    """Each fault as one line: where it stands, what was written, why it will not do, what to do."""
    return list(_lines(faults[:AT_ONCE]))


def _lines(faults: Sequence[Mapping[str, Any] | str]) -> Iterator[str]:
    lang: Lang = "en" if (get_language() or "").startswith("en") else "zh"
    for given in faults:
        if isinstance(given, str):
            yield given
        else:
            fault = Fault(**given)
            said = workbook.say_fault(fault, lang) if fault.code in workbook.WORDS else lists.say(fault, lang)
            yield _("%(where)s：%(said)s") % {"where": " · ".join(_where(fault)), "said": said}


def _where(fault: Fault) -> Iterator[str]:
    if fault.file:
        yield fault.file
    if fault.sheet:
        yield fault.sheet
    if fault.row:
        yield _("第 %(row)s 行") % {"row": fault.row}
    if fault.column:
        yield fault.column
    if fault.value:
        yield _("“%(value)s”") % {"value": fault.value}
