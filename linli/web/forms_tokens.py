"""The form for a new key of another program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.ui.forms import OperationForm

SCOPE_WORDS = {
    "need.list": _("读需求清单（编号、类别、级别、状态、地方、时限）"),
    "need.write": _("写下需求"),
    "flag.decide": _("确认或否定线索"),
}
DAYS = [("7", _("7 天")), ("30", _("30 天")), ("90", _("90 天"))]


class TokenForm(OperationForm):
    """What the key is called, what it may do, how long it holds."""

    name = forms.CharField(label=_("给谁用"), help_text=_("写那个程序或单位的名字，方便以后认出来。"), max_length=60)
    scopes = forms.MultipleChoiceField(label=_("能做什么"), widget=forms.CheckboxSelectMultiple)
    days = forms.ChoiceField(label=_("用多久"), choices=DAYS, initial="30")

    def __init__(self, *args: Any, scopes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(code, SCOPE_WORDS[code]) for code in scopes]  # type: ignore[attr-defined]
