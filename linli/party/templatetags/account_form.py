"""Forms that a library brought, in our words and drawn our way."""

from __future__ import annotations

from django import template
from django.forms import Form
from django.utils.translation import gettext_lazy as _

from linli.ui.forms import FormRenderer

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
def in_our_words(form: Form) -> Form:
    """The library's form with our labels and hints, without placeholders, drawn as every form here."""
    for bound in form:
        bound.label = LABELS.get(bound.name, bound.label)
        if bound.help_text:
            bound.help_text = HINTS.get(bound.name, bound.help_text)
        bound.field.widget.attrs.pop("placeholder", None)
    form.renderer = FormRenderer()
    return form
