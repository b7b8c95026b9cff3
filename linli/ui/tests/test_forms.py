"""How a form is drawn: label, hint, error, field, and a summary that leads to each."""

from __future__ import annotations

from uuid import uuid4

from django import forms

from linli.ui.forms import OperationForm


class VisitForm(OperationForm):
    place = forms.CharField(label="在哪里", help_text="写楼幢。")
    kind = forms.ChoiceField(label="怎么去", choices=[("a", "走路"), ("b", "骑车")], widget=forms.RadioSelect)
    remark = forms.CharField(label="补充", required=False)


def test_a_fresh_form_carries_an_operation_id_and_no_error():
    drawn, again = str(VisitForm()), str(VisitForm())
    assert 'name="operation_id"' in drawn
    assert 'class="errors"' not in drawn
    assert drawn != again


def test_what_is_missing_is_said_at_the_top_and_at_the_field():
    drawn = str(VisitForm({"operation_id": uuid4(), "place": "", "kind": "a"}))
    assert '<a href="#id_place">在哪里：还没有填。</a>' in drawn
    assert 'id="id_place_error">还没有填。' in drawn
    assert 'aria-describedby="id_place_helptext id_place_error"' in drawn
    assert drawn.index('id="id_place_helptext"') < drawn.index('id="id_place_error"') < drawn.index('name="place"')


def test_nothing_is_chosen_beforehand():
    assert "checked" not in str(VisitForm())


def test_what_need_not_be_filled_in_says_so():
    drawn = str(VisitForm())
    assert drawn.count("可以不填") == 1


def test_a_form_without_its_operation_id_says_what_to_do():
    form = VisitForm({"place": "3 幢", "kind": "a"})
    assert form.errors == {"operation_id": ["这一页是旧的。刷新，再送一次。"]}


def test_what_was_written_stays_and_cannot_break_out():
    drawn = str(VisitForm({"operation_id": uuid4(), "place": '"><script>', "kind": ""}))
    assert "<script>" not in drawn
    assert "&quot;&gt;&lt;script&gt;" in drawn
