"""Forms on the page of one person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.party.fields import MASKED_FIELDS
from linli.ui.forms import OperationForm


class RevealForm(forms.Form):
    """Which number is wanted in full, and why."""

    field = forms.ChoiceField(choices=[(field, field) for field in MASKED_FIELDS])
    why = forms.ChoiceField(label=_("为什么要看"))

    def __init__(self, *args: Any, reasons: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].choices = list(reasons.items())  # type: ignore[attr-defined]


class TieForm(OperationForm):
    """Who becomes responsible, in which way, and why."""

    whom = forms.UUIDField()
    kind = forms.ChoiceField()
    why = forms.ChoiceField()

    def __init__(self, *args: Any, kinds: dict[str, str], reasons: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds.items())  # type: ignore[attr-defined]
        self.fields["why"].choices = list(reasons.items())  # type: ignore[attr-defined]


class TieEndForm(OperationForm):
    """Which relationship ends, who takes over (nobody when empty), and why."""

    tie = forms.UUIDField()
    to = forms.UUIDField(required=False)
    why = forms.ChoiceField()

    def __init__(self, *args: Any, reasons: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].choices = list(reasons.items())  # type: ignore[attr-defined]


class ExcludeForm(OperationForm):
    """Who must keep away (`login:uid` or `person:uid`), and why."""

    whom = forms.RegexField(r"^(login|person):[0-9a-f-]{36}$")
    why = forms.ChoiceField()

    def __init__(self, *args: Any, reasons: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].choices = list(reasons.items())  # type: ignore[attr-defined]

    def clean_whom(self) -> dict[str, UUID]:
        kind, _colon, uid = self.cleaned_data["whom"].partition(":")
        try:
            return {f"{kind}_uid": UUID(uid)}
        except ValueError:
            raise forms.ValidationError(_("从列表里选一个。")) from None
