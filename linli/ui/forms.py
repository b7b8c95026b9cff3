"""How forms look here, and the operation id every writing form carries.

Label above, hint, error, field; a summary on top that links to each field. `{{ form }}` draws it all.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _

NOT_SAID = forms.Field.default_error_messages["required"]


class FormRenderer(DjangoTemplates):
    """Draws a whole form by our own templates; the inputs themselves stay Django's."""

    form_template_name = "ui/form/form.html"
    field_template_name = "ui/form/field.html"


class PlainForm(forms.Form):
    """A form that only asks: filters, searches. Its fields are drawn our way."""

    default_renderer = FormRenderer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages.get("required") is NOT_SAID:
                field.error_messages["required"] = _("还没有填。")


class OperationForm(PlainForm):
    """A form whose effect happens once, however often it is sent."""

    operation_id = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid4,
        error_messages={
            "required": _("这一页是旧的。刷新，再送一次。"),
            "invalid": _("这一页是旧的。刷新，再送一次。"),
        },
    )
