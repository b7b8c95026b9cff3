"""Sealed fields and blind indexes on a real row: stored unreadable, found by index, never lost by a partial load."""

from __future__ import annotations

import pytest
from django.db import connection

from linli.core.sealed import SealBroken, blind_indexes, destroy_data_key
from linli.party.models import Person
from linli.party.tests import make

pytestmark = pytest.mark.django_db
NUMBER = "999999194103120012"


def test_the_database_holds_no_readable_number():
    row = make.person(id_no=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_no, id_no_index FROM party_person WHERE id = %s", [row.pk])
        sealed, index = cursor.fetchone()
    assert NUMBER.encode() not in bytes(sealed)
    assert NUMBER not in index
    assert Person.objects.get(pk=row.pk).id_no == NUMBER


def test_a_person_is_found_by_the_whole_number():
    row = make.person(id_no=NUMBER)
    make.person(id_no="99999919500101002X")
    assert Person.objects.get(id_no_index__in=blind_indexes("party_person.id_no", f" {NUMBER} ")) == row


def test_a_deferred_field_is_read_when_asked_and_its_index_survives_a_save():
    row = make.person(id_no=NUMBER)
    part = Person.objects.defer("id_no").get(pk=row.pk)
    part.save()
    assert Person.objects.get(pk=row.pk).id_no_index == row.id_no_index
    assert Person.objects.only("name").get(pk=row.pk).id_no == NUMBER


def test_emptying_a_value_empties_its_index():
    row = make.person(id_no=NUMBER)
    row.id_no = None
    row.save()
    again = Person.objects.get(pk=row.pk)
    assert (again.id_no, again.id_no_index) == (None, "")


def test_a_value_copied_to_another_row_does_not_open():
    mine, theirs = make.person(id_no=NUMBER), make.person(id_no="99999919500101002X")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE party_person SET id_no = (SELECT id_no FROM party_person WHERE id = %s) WHERE id = %s",
            [theirs.pk, mine.pk],
        )
    moved = Person.objects.get(pk=mine.pk)
    with pytest.raises(SealBroken):
        _ = moved.id_no


def test_an_erased_person_is_unreadable():
    row = make.person(id_no=NUMBER)
    destroy_data_key(row.uid)
    erased = Person.objects.get(pk=row.pk)
    with pytest.raises(SealBroken):
        _ = erased.id_no
