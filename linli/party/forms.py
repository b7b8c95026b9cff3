"""Forms of people and imports: text and files from the browser to clean values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.party.fields import GROUP_WORDS
from linli.ui.forms import OperationForm

FILES_AT_MOST = 20
BYTES_AT_MOST = 40 * 1024 * 1024
ENDINGS = (".xlsx", ".xls", ".csv")
AGES: dict[str, tuple[int, int | None]] = {"0-17": (0, 17), "18-59": (18, 59), "60-79": (60, 79), "80-": (80, None)}
AGE_WORDS = {"0-17": _("未满 18 岁"), "18-59": _("18–59 岁"), "60-79": _("60–79 岁"), "80-": _("80 岁以上")}
ORDER_WORDS = {"place": _("按地方"), "name": _("按姓名"), "age": _("按年龄，大的在前")}


class PeopleFilter(forms.Form):
    """Which people to list. What was searched for is no part of it: names and numbers stay out of addresses."""

    place = forms.ChoiceField(label=_("地方"), required=False)
    group = forms.ChoiceField(label=_("身份"), required=False, choices=[("", _("不限")), *GROUP_WORDS.items()])
    age = forms.ChoiceField(label=_("年龄"), required=False, choices=[("", _("不限")), *AGE_WORDS.items()])
    order = forms.ChoiceField(label=_("排列"), required=False, choices=list(ORDER_WORDS.items()))
    batch = forms.UUIDField(required=False, widget=forms.HiddenInput)
    found = forms.BooleanField(required=False, widget=forms.HiddenInput)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", _("我负责的地方")), *places]  # type: ignore[attr-defined]


class SearchForm(forms.Form):
    """Words to find somebody by; sent by POST, kept in the session."""

    q = forms.CharField(required=False, max_length=60)


class ExportForm(forms.Form):
    """Which kind of file the list is wanted as."""

    kind = forms.ChoiceField(choices=[("xlsx", "XLSX"), ("csv", "CSV")])


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several lists at once, of kinds and sizes that can be read."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        several = data if isinstance(data, list | tuple) else [data]
        files = [super(ManyFilesField, self).clean(each, initial) for each in several if each] or [
            super().clean(None, initial)
        ]
        wrong = [file.name for file in files if not file.name.lower().endswith(ENDINGS)]
        if wrong:
            raise forms.ValidationError(
                _("%(names)s 不是能读的名册。换成 .xlsx、.xls 或 .csv。"), params={"names": "、".join(wrong)}
            )
        if len(files) > FILES_AT_MOST:
            raise forms.ValidationError(_("一次最多 20 个文件。分两次传。"))
        if sum(file.size for file in files) > BYTES_AT_MOST:
            raise forms.ValidationError(_("加起来超过 40 MB。分几次传，或删去图片和空白行列。"))
        if len({file.name for file in files}) < len(files):
            raise forms.ValidationError(_("有两个文件同名。改一个名字再传，好分清哪一行来自哪一份。"))
        return files


class UploadForm(OperationForm):
    """Lists to be read."""

    lists = ManyFilesField(
        label=_("名册文件"), help_text=_("可以一次选几份：.xlsx、.xls、.csv。不用改格式，表头是什么样都行。")
    )
    place_path = forms.ChoiceField(label=_("哪里的名册"), help_text=_("认不出地址的人先记在这里。"))
    stated_on = forms.DateField(
        label=_("名册是哪天的"),
        help_text=_("部门出这份名册的日子，之后的日期会请你认一认。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, places: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place_path"].choices = list(places)  # type: ignore[attr-defined]

    def clean_stated_on(self) -> date:
        """A list from a day to come would count before every later one."""
        day: date = self.cleaned_data["stated_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("这一天还没到。写部门出这份名册的日子。"))
        return day


class CellForm(OperationForm):
    """What a cell of a staged row should say."""

    row = forms.IntegerField()
    column = forms.IntegerField(min_value=0, max_value=999)
    value = forms.CharField(required=False, max_length=300)
    back = forms.CharField(required=False, max_length=200)


class RowForm(OperationForm):
    """What a person says of one staged row."""

    row = forms.IntegerField()
    decision = forms.ChoiceField(choices=[("same", ""), ("new", ""), ("hold", "")])
    person = forms.UUIDField(required=False)
    back = forms.CharField(required=False, max_length=200)
