"""What the pages of classes of clients show: the table of figures by class, and the classes themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.party.queries_names import group_words
from linli.place.models import Place
from linli.web.class_figures import NONE, ClassTable
from linli.web.figures import COUNTY
from linli.web.presenters_county import figure_url
from linli.web.rules import SMALLEST, ClassOfClients


def class_name(one: ClassOfClients | None) -> str:
    """What a class is called in the reader's language; None: the people of no class."""
    if one is None:
        return _("不在任何一类")
    return one.name_en if (get_language() or "").startswith("en") else one.name


def groups_said(groups: Iterable[str]) -> str:
    """Target groups in words."""
    words = group_words()
    return _("、").join(str(words.get(code, code)) for code in groups)


def table_rows(table: ClassTable, place: Place) -> list[dict[str, Any]]:
    """One line for each class and one for who is in none; `n` None: too few to say."""
    lines: list[ClassOfClients | None] = [*table.classes, None]
    return [
        {
            "name": class_name(one),
            "groups": groups_said(one.groups) if one else "",
            "cells": [
                {"n": n, "url": figure_url(figure, place, **{"class": one.code if one else NONE}) if n else ""}
                for figure, n in table.cells[one.code if one else NONE].items()
            ],
        }
        for one in lines
    ]


def csv_lines(table: ClassTable, place: Place) -> Iterable[list[str]]:
    """The same table to take away, in both languages; too few: “<5”."""
    yield ["地方代码 place", "人群代码 class", "人群", "class in words", "对象代码 groups", "定义从 since",
           *(f"{figure.words} {code}" for code, figure in COUNTY.items())]  # fmt: skip
    for one in table.classes:
        head = [one.code, one.name, one.name_en, " ".join(one.groups), one.since.isoformat()]
        yield [place.code, *head, *_cells(table, one.code)]
    yield [place.code, NONE, "不在任何一类", "in no class", "", "", *_cells(table, NONE)]
    yield [place.code, "all", "合计，一人一次", "all, each person once", "", "", *map(str, table.wholes.values())]


def _cells(table: ClassTable, code: str) -> list[str]:
    return [f"<{SMALLEST}" if n is None else str(n) for n in table.cells[code].values()]
