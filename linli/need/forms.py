"""Forms of flags and needs: text from the browser to clean values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.engines.assignment import read_slots, write_slot
from linli.need import rules
from linli.need.words import CHANNELS, KINDS, LEVELS, NEED_STATES, SEXES
from linli.ui.forms import OperationForm

Choices = Sequence[tuple[Any, Any]]


class _PlaceFilter(forms.Form):
    """What every list can be narrowed by."""

    place = forms.ChoiceField(label=_("地方"), required=False)
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", _("我的全部地方")), *places]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What was chosen; a choice that does not exist counts as none."""
        self.is_valid()
        return self.cleaned_data


class FlagFilter(_PlaceFilter):
    """What to show on the list of flags."""

    kind = forms.ChoiceField(label=_("类别"), required=False)
    rule = forms.ChoiceField(label=_("规则"), required=False)
    group = forms.ChoiceField(label=_("对象"), required=False)
    state = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rules_known: Choices, groups: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(code, words) for code, (words, _shape) in KINDS.items()]
        for name, none, choices in (
            ("kind", _("全部类别"), kinds),
            ("rule", _("全部规则"), rules_known),
            ("group", _("全部对象"), groups),
        ):
            self.fields[name].choices = [("", none), *choices]  # type: ignore[attr-defined]


class NeedFilter(_PlaceFilter):
    """What to show on the list of needs."""

    q = forms.CharField(label=_("编号"), required=False, max_length=24)
    order = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    code = forms.ChoiceField(label=_("要什么"), required=False)
    level = forms.TypedChoiceField(
        label=_("紧急"), required=False, coerce=int, empty_value=None, choices=[("", _("全部级别")), *LEVELS.items()]
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("没有办完的")), ("all", _("全部状态"))]
        + [(code, words) for code, (words, _shape) in NEED_STATES.items()],
    )

    def __init__(self, *args: Any, codes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [("", _("全部需求")), *codes]  # type: ignore[attr-defined]


class BulkForm(forms.Form):
    """Several flags, one decision, one reason; a row's own button sends its flag as `one`, mostly to take it."""

    one = forms.UUIDField(required=False)
    decision = forms.ChoiceField(
        choices=[(d, d) for d in ("confirm", "dismiss", "assign", "take", "reopen")], required=False
    )
    reason = forms.CharField(required=False, max_length=200)
    worker = forms.UUIDField(required=False)


class FlagDecisionForm(OperationForm):
    """One decision about one flag."""

    decision = forms.ChoiceField(choices=[(d, d) for d in ("confirm", "dismiss", "reopen", "take", "assign")])
    reason = forms.CharField(required=False, max_length=200)
    worker = forms.UUIDField(required=False)


class MoveForm(OperationForm):
    """A need goes to its next state."""

    to_state = forms.ChoiceField(choices=[(state, state) for state in NEED_STATES])
    note = forms.CharField(required=False, max_length=300)


class NeedForm(OperationForm):
    """A need somebody voiced."""

    code = forms.ChoiceField(label=_("要什么"))
    level = forms.TypedChoiceField(
        label=_("有多急"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=list(LEVELS.items()),
        help_text=_("按本人的处境选，不按好不好办选。"),
    )
    words = forms.CharField(
        label=_("本人怎么说"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("照原话写，不用整理。"),
    )
    channel = forms.ChoiceField(label=_("在哪里听到的"), widget=forms.RadioSelect, choices=list(CHANNELS.items()))
    helper_sex = forms.ChoiceField(label=_("希望来的人是"), required=False, choices=[("", _("都可以")), *SEXES.items()])
    slots = forms.CharField(
        label=_("什么时间方便"), required=False, max_length=200, help_text=_("比如：周二、周四 下午；周六 09:00-11:00")
    )
    languages = forms.CharField(
        label=_("说什么话"), required=False, max_length=100, help_text=_("可以空着。几种用、分开，比如：吴语、普通话")
    )
    max_fee = forms.DecimalField(
        label=_("每次最多能出多少元"), required=False, min_value=0, max_value=100000, decimal_places=2
    )

    def __init__(self, *args: Any, codes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [("", ""), *codes]  # type: ignore[attr-defined]

    def clean_slots(self) -> list[str]:
        written = self.cleaned_data["slots"]
        try:
            return [write_slot(slot) for slot in read_slots(written)]
        except ValueError:
            raise forms.ValidationError(_("时间没读懂。写成“周二 下午”或“周六 09:00-11:00”，几段用；分开。")) from None

    def clean_languages(self) -> list[str]:
        return [
            part for part in self.cleaned_data["languages"].replace(",", "、").replace("，", "、").split("、") if part
        ]

    def wishes(self) -> dict[str, Any]:
        """What the person would like, in the words matching reads; what was left open is not in it."""
        given = self.cleaned_data
        fee = given["max_fee"]
        wished = {
            "helper_sex": given["helper_sex"],
            "slots": given["slots"],
            "languages": given["languages"],
            "pays_fen": None if fee is None else int(fee * 100),
        }
        return {name: value for name, value in wished.items() if value not in ("", [], None)}


def code_choices(lang: str) -> Choices:
    """The kinds of need in the reader's language, in the order of the list."""
    return [(code, getattr(kind, lang)) for code, kind in rules.need_codes().items()]
