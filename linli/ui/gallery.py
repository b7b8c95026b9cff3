"""What the gallery shows: invented values for every part, no record of anybody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.ui import charts
from linli.ui.forms import OperationForm

STEP = 2
WAITING = (248, 255, 261, 270, 288, 301, 312, 306, 318, 341, 338, 332)
TOWNS = (  # words, row, column, step, waiting, villages, served
    (_("荷渚镇"), 1, 1, 2, 33, 7, 6),
    (_("城中街道"), 1, 2, 1, 22, 8, 8),
    (_("青圩镇"), 2, 2, 3, 48, 10, 7),
    (_("白荡镇"), 2, 3, 4, 62, 12, 7),
)


class GalleryForm(OperationForm):
    """One field of each kind."""

    called = forms.CharField(label=_("怎么称呼"), help_text=_("写本人愿意别人叫的名字，不必是证件上的。"))
    born = forms.DateField(
        label=_("出生日期"),
        help_text=_("只知道年份就写年份，如 1941。"),
        error_messages={"invalid": _("2019 年没有 2月29日。证件号里是 1941-03-12。")},
    )
    level = forms.ChoiceField(
        label=_("有多急"),
        choices=[("1", _("今天")), ("2", _("三天内"))],
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(
        label=_("要什么"),
        choices=[("meal", _("助餐")), ("bath", _("助浴"))],
        required=False,
    )
    remark = forms.CharField(label=_("补充"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    asked = forms.BooleanField(label=_("当面问过本人"), required=False)


def gallery() -> dict[str, Any]:
    """Every value the gallery's template asks for."""
    at = datetime(2026, 3, 12, 1, 6, tzinfo=UTC)
    months = [f"{2025 + (3 + i) // 12}-{(3 + i) % 12 + 1:02d}" for i in range(12)]
    return {
        "form": GalleryForm(),
        "wrong": GalleryForm(
            {"w-operation_id": uuid4(), "w-called": "何文斌", "w-born": "2019-02-29", "w-kind": "meal"}, prefix="w"
        ),
        "on": date(2026, 3, 12),
        "at": at,
        "changes": [{"at": at, "shape": "done", "to": _("上门"), "who": _("沈知秋，当天写"), "note": ""}],
        "views": [
            {"words": _("按紧要"), "url": "?by=urgency", "current": True},
            {"words": _("按时间"), "url": "?by=time", "current": False},
        ],
        "steps": [
            {"words": words, "ok": number < STEP, "now": number == STEP}
            for number, words in enumerate((_("选文件"), _("对列"), _("检查"), _("确认"), _("回执")))
        ],
        "fits": [_("有女护理员 2 名，周二下午有空"), _("同一幢楼已服务 4 户，无投诉")],
        "lacks": [_("只管洗澡，扶手和防滑另找")],
        "bar": charts.bar([("solid", 326), ("hatched", 62)], 800),
        "line": charts.line(list(zip(months, WAITING, strict=True)), low=200, marks={"2025-08"}),
        "tiles": [_tile(*town) for town in TOWNS],
    }


def _tile(name: Any, row: int, column: int, level: int, n: int, villages: int, served: int) -> dict[str, Any]:
    return {
        "name": name,
        "row": row,
        "column": column,
        "level": level,
        "n": n,
        "url": "#opened",
        "current": level == max(town[3] for town in TOWNS),
        "squares": charts.squares(served, villages),
        "height": charts.tile_height(villages),
        "words": _("，%(villages)s 个村居里 %(served)s 个有服务点") % {"villages": villages, "served": served},
    }
