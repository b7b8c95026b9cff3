"""Forms of rights: text from the browser to clean values."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from linli.core.policy import ROLES
from linli.party.fields import ROLE_WORDS
from linli.party.presenters_rights import PAPERS
from linli.ui.forms import OperationForm


class LoginForm(OperationForm):
    """A new login."""

    username = forms.CharField(
        label=_("用户名"),
        max_length=60,
        help_text=_("小写拼音或数字，登录时用。"),
        validators=[RegexValidator(r"^[a-z][a-z0-9._-]{2,59}$", _("用小写字母开头，3 到 60 个字母、数字、点或横线。"))],
    )
    display_name = forms.CharField(label=_("姓名"), max_length=80)
    phone = forms.CharField(
        label=_("手机号"),
        required=False,
        help_text=_("可以空着。填了就能用手机号和短信码登录。"),
        validators=[RegexValidator(r"^[0-9]{7,15}$", _("电话号码写数字，比如 19900001234。"))],
    )


class BindingForm(OperationForm):
    """Whose login it is, as the papers say."""

    name = forms.CharField(label=_("证件上的姓名"), max_length=80)
    id_no = forms.CharField(
        label=_("证件号"),
        max_length=20,
        validators=[RegexValidator(r"^[0-9A-Za-z]{6,20}$", _("证件号写数字和字母，不加空格。"))],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    papers = forms.ChoiceField(label=_("看了什么证件"), choices=list(PAPERS.items()))


class GrantForm(OperationForm):
    """A role to be given."""

    role = forms.ChoiceField(label=_("岗位"), choices=[("", "")] + [(r, ROLE_WORDS[r]) for r in ROLES])
    place_path = forms.ChoiceField(label=_("地方"), help_text=_("包括它下面的村、社区和网格。"))
    starts_on = forms.DateField(label=_("从哪天起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(
        label=_("到哪天止"),
        required=False,
        help_text=_("空着就是没有定。合同有期的写合同期。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place_path"].choices = [("", ""), *places]  # type: ignore[attr-defined]


class RightsFilter(forms.Form):
    """What to show on the list of logins."""

    text = forms.CharField(label=_("找人"), required=False, max_length=60)
    role = forms.ChoiceField(
        label=_("岗位"), required=False, choices=[("", _("全部岗位"))] + [(r, ROLE_WORDS[r]) for r in ROLES]
    )


class ExclusionFilter(forms.Form):
    """What to show on the list of exclusions."""

    text = forms.CharField(label=_("找人"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部状态")), ("new", _("等复核")), ("asked", _("有人提出解除")), ("kept", _("复核过，照旧"))],
    )


class DecisionForm(OperationForm):
    """A yes, a no or an end about one row."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    decision = forms.CharField(max_length=20)

    def cleaned(self) -> tuple[UUID, UUID, str]:
        return self.cleaned_data["operation_id"], self.cleaned_data["uid"], self.cleaned_data["decision"]
