"""Forms of proposals and referrals: text from the browser to clean values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.matching.words import REFERRAL_MOVES
from linli.ui.forms import OperationForm

Choices = Sequence[tuple[Any, Any]]
NONE_SUITS = "none"


class PlaceFilter(forms.Form):
    """What the lists can be narrowed by."""

    place = forms.ChoiceField(label=_("地方"), required=False)
    state = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    offer = forms.UUIDField(required=False, widget=forms.HiddenInput)
    order = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", _("我的全部地方")), *places]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What was chosen; a choice that does not exist counts as none."""
        self.is_valid()
        return self.cleaned_data


class DecisionForm(OperationForm):
    """Which proposal is taken, or none; with whose consent; and why."""

    choice = forms.CharField(max_length=40, error_messages={"required": _("请选一个：采纳哪一个，还是都不合适。")})
    consent_way = forms.CharField(required=False, max_length=12)
    reason = forms.CharField(required=False, max_length=200)


class AskForm(OperationForm):
    """Which place is to be matched again."""

    place = forms.CharField(max_length=120)


class MoveForm(OperationForm):
    """A referral goes to its next state."""

    to_state = forms.ChoiceField(choices=list(REFERRAL_MOVES.items()))
    note = forms.CharField(required=False, max_length=300)
