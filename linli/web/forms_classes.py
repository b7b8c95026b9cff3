"""The form for wording a class of clients."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.party.queries_names import group_words
from linli.ui.forms import OperationForm


class ClassForm(OperationForm):
    """What a class is called, which target groups belong to it, and why it is worded anew."""

    name = forms.CharField(label=_("人群叫什么"), max_length=40)
    name_en = forms.CharField(label=_("英文名"), max_length=80)
    groups = forms.MultipleChoiceField(
        label=_("哪几类对象算在里面"),
        help_text=_("名册里身份在有效期内的才算；一个人可以在几个人群里。"),
        widget=forms.CheckboxSelectMultiple,
    )
    is_counted = forms.BooleanField(label=_("列在统计里"), required=False, initial=True)
    why = forms.CharField(label=_("为什么这样改"), help_text=_("写下文件名或会议，以后查得到。"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].choices = list(group_words().items())  # type: ignore[attr-defined]
