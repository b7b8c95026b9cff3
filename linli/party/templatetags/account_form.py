"""Fields of the forms of account and rights, with our labels where a library brought its own."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

register = template.Library()

LABELS = {
    "login": _("用户名或手机号"),
    "password": _("密码"),
    "oldpassword": _("现在的密码"),
    "password1": _("新密码"),
    "password2": _("再输一次新密码"),
    "code": _("六位码"),
    "name": _("给它起个名字"),
    "passwordless": _("以后可以不输密码，直接用它登录"),
}
HINTS = {
    "passwordless": _("开了以后，登录时只用这把密钥，不输密码；它会要指纹、面容或 PIN，确认是你。"),
}


@register.filter
def own_label(field: BoundField) -> Any:
    """Our word for the field, or the form's own."""
    return LABELS.get(field.name, field.label)


@register.filter
def own_hint(field: BoundField) -> Any:
    """Our hint for the field, or the form's own."""
    return HINTS.get(field.name, field.help_text)


@register.filter
def own_widget(field: BoundField) -> Any:
    """The input without a placeholder, tied to its hint and its error."""
    attrs: dict[str, Any] = {"placeholder": False}
    described = [f"{field.auto_id}_hint"] if field.help_text else []
    if field.errors:
        attrs["aria-invalid"] = "true"
        described.append(f"{field.auto_id}_error")
    attrs["aria-describedby"] = " ".join(described) or False
    return field.as_widget(attrs=attrs)
