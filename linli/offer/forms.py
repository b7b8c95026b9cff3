"""Forms of offers: text from the browser to clean values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.offer.words import KINDS
from linli.ui.forms import OperationForm

Choices = Sequence[tuple[Any, Any]]
MOST_BYTES = 10 * 1024 * 1024


class OfferFilter(forms.Form):
    """What to show of the directory."""

    q = forms.CharField(label=_("找资源"), required=False, max_length=60)
    party = forms.ChoiceField(label=_("谁给的"), required=False)
    kind = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部类型")), *KINDS.items()])
    code = forms.ChoiceField(label=_("能办什么"), required=False)
    place = forms.ChoiceField(label=_("地方"), required=False)
    free = forms.BooleanField(label=_("只看还有名额的"), required=False)
    lapsed = forms.BooleanField(label=_("只看审查过期的"), required=False)
    order = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, parties: Choices, codes: Choices, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [("", _("五社都看")), *parties]  # type: ignore[attr-defined]
        self.fields["code"].choices = [("", _("全部需求")), *codes]  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", _("所有地方")), *places]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What was chosen; a choice that does not exist counts as none."""
        self.is_valid()
        return self.cleaned_data


class OfferImportForm(OperationForm):
    """A directory of offers to take in."""

    file = forms.FileField(
        label=_("资源表或 HSDS 包"),
        help_text=_("XLSX、XLS、CSV，或 HSDS 3 的 zip、json。不超过 10 MB。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.zip,.json"}),
    )
    place_path = forms.ChoiceField(label=_("放在哪里"), help_text=_("表里写了区划代码的按代码放；没写的放这里。"))

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place_path"].choices = places  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size is not None and file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 10 MB。分成几个再传。"))
        return file
