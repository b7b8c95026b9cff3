"""Forms about one person: setting a fact right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.engines import lists
from linli.party import compute
from linli.party.fields import FIELDS, MONEY_FIELDS, SAID_BY, VALUE_WORDS
from linli.party.presenters_imports import lang
from linli.ui.forms import OperationForm

HINTS = {
    "birth_on": _("年月日，如 1944-08-17；只知道年就写年。"),
    "id_no": _("18 位，照证件写。末位是 X 也写上。"),
    "phone": _("手机 11 位；座机带区号。"),
    **dict.fromkeys(MONEY_FIELDS, _("写多少元，如 850 或 850.50。")),
}


class CorrectForm(OperationForm):
    """What a field should say, who says so, and why it is set right."""

    value = forms.CharField(max_length=300)
    source = forms.ChoiceField(label=_("谁说的"), choices=list(SAID_BY.items()), widget=forms.RadioSelect)
    why = forms.CharField(label=_("为什么改"), max_length=200, help_text=_("一句话，如：当面看了身份证。"))

    def __init__(self, *args: Any, actor: Actor, field: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.field_code = actor, field
        if field in VALUE_WORDS:
            wanted: forms.Field = forms.ChoiceField(choices=[("", _("选一个")), *VALUE_WORDS[field].items()])
            wanted.error_messages["required"] = _("还没有填。")
            self.fields["value"] = wanted
        self.fields["value"].label = FIELDS[field].words
        self.fields["value"].help_text = HINTS.get(field, "")
        self.order_fields(["value", "source", "why", "operation_id"])

    def clean_value(self) -> str:
        text: str = self.cleaned_data["value"]
        read = compute.read_value(self.actor, self.field_code, text)
        if read.faults:
            why, cure = lists.explain(read.faults[0], lang())
            raise forms.ValidationError(_("%(why)s。%(cure)s。"), params={"why": why, "cure": cure})
        if not read.text:
            raise forms.ValidationError(_("这个值读不懂，没有存。照格子上面的说明写。"))
        return text


PROTECTION_REASONS = {
    "violence": _("家庭暴力"),
    "threat": _("有人威胁或跟踪"),
    "minor": _("未成年人受侵害"),
    "other": _("别的危险"),
}


class ProtectForm(OperationForm):
    """Why somebody is protected, who is responsible, where she is safe, who must never know."""

    why = forms.ChoiceField(label=_("为什么保护"), choices=list(PROTECTION_REASONS.items()), widget=forms.RadioSelect)
    members = forms.MultipleChoiceField(
        label=_("同户的人，谁不能知道"), required=False, widget=forms.CheckboxSelectMultiple
    )
    login = forms.ChoiceField(label=_("这里的账号，谁不能知道"), required=False)
    keeper = forms.ChoiceField(
        label=_("谁负责"), help_text=_("保护以后，只有负责的人打得开这一页。你还不负责这个人的，选另一位同事。")
    )
    safe_address = forms.CharField(
        label=_("安全的住址"), required=False, max_length=200,
        help_text=_("只给负责的人看，每次都要再确认；不会出现在名单、信件和导出里。不急着写，可以空着。"),
    )  # fmt: skip
    safe_phone = forms.CharField(label=_("安全的电话"), required=False, max_length=40)

    def __init__(
        self,
        *args: Any,
        members: list[tuple[str, str]],
        logins: list[tuple[str, str]],
        keepers: list[tuple[str, str]],
        is_kept: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        nobody = [("", _("没有"))]
        self.fields["members"].choices = members  # type: ignore[attr-defined]
        self.fields["login"].choices = [*nobody, *logins]  # type: ignore[attr-defined]
        self.fields["keeper"].choices = [("", _("选一个")), *keepers]  # type: ignore[attr-defined]
        self.fields["keeper"].required = not is_kept
        self.fields["keeper"].error_messages["required"] = _("还没有填。")
        if not members:
            del self.fields["members"]

    def kept_away(self) -> list[str]:
        """Everybody named, as the action takes them."""
        chosen = [*self.cleaned_data.get("members", []), self.cleaned_data["login"]]
        return [one for one in chosen if one]


class LiftForm(OperationForm):
    """One step on the way to lifting a protection."""

    step = forms.ChoiceField(choices=[("ask", ""), ("keep", ""), ("lift", "")])


class HeldForm(OperationForm):
    """What somebody says of a row that waits."""

    row = forms.IntegerField()
    is_same = forms.ChoiceField(choices=[("yes", ""), ("no", "")])


MERGE_REASONS = {
    "papers": _("证件是同一个号"),
    "asked": _("问过本人"),
    "visit": _("走访时看到是一个人"),
    "lists": _("名册写错了一个字或一位数"),
}


class MergeForm(OperationForm):
    """Which of two records stays, and why they are one person."""

    other = forms.UUIDField(widget=forms.HiddenInput)
    keep = forms.ChoiceField(label=_("留下哪一份"), widget=forms.RadioSelect)
    why = forms.ChoiceField(
        label=_("凭什么说是同一个人"), choices=list(MERGE_REASONS.items()), widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, keep: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = keep  # type: ignore[attr-defined]


class UidForm(OperationForm):
    """Which row is meant."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
