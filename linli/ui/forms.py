"""What every writing form carries: an operation id made when the form is shown, so that sending twice acts once."""

from __future__ import annotations

from uuid import uuid4

from django import forms


class OperationForm(forms.Form):
    """A form whose effect happens once, however often it is sent."""

    operation_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
