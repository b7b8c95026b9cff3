"""Sealed values: bound to their place, unreadable when altered, moved or erased; keys that rotate."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.keyring import Keyring, add_key, make_keyring_file, read_keyring
from linli.core.models import DataKey
from linli.core.sealed import (
    SealBroken,
    blind_indexes,
    data_key,
    data_keys,
    destroy_data_key,
    make_data_keys,
    rewrap,
    seal,
    unseal,
)

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT, TEXT)
def test_a_value_opens_where_it_was_sealed(where: str, text: str):
    assert unseal(KEY, where, seal(KEY, where, text)) == text


def test_two_seals_of_one_value_differ():
    assert seal(KEY, "here", "19900000001") != seal(KEY, "here", "19900000001")


@pytest.mark.parametrize(("key", "where"), [(OTHER_KEY, "here"), (KEY, "there")])
def test_a_value_moved_or_under_another_key_does_not_open(key: bytes, where: str):
    with pytest.raises(SealBroken) as broken:
        unseal(key, where, seal(KEY, "here", "text"))
    assert broken.value.code == "core.seal_broken"


def test_every_flipped_bit_is_found():
    sealed = seal(KEY, "here", "text")
    for bit in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            unseal(KEY, "here", bytes(altered))


def test_every_cut_is_found():
    sealed = seal(KEY, "here", "text")
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            unseal(KEY, "here", sealed[:length])


@pytest.fixture
def ring(tmp_path: Path, settings) -> Path:
    """An own key file that the test may rotate."""
    path = tmp_path / "keys" / "keyring.json"
    make_keyring_file(path)
    settings.LINLI_KEYRING = lambda: read_keyring(path)
    return path


@pytest.mark.django_db
def test_a_data_key_lies_wrapped_and_is_erased_for_good(ring: Path):
    owner, other = uuid4(), uuid4()
    made = make_data_keys([owner, other])
    assert data_keys([owner, other, uuid4()]) == made
    assert made[owner] not in bytes(DataKey.objects.get(pk=owner).wrapped)
    destroy_data_key(owner)
    with pytest.raises(SealBroken) as broken:
        data_key(owner)
    assert broken.value.code == "core.key_destroyed"
    assert data_key(other) == made[other]


@pytest.mark.django_db
def test_a_wrapped_key_given_to_another_owner_does_not_open(ring: Path):
    owner, thief = uuid4(), uuid4()
    make_data_keys([owner, thief])
    DataKey.objects.filter(pk=thief).update(wrapped=DataKey.objects.get(pk=owner).wrapped)
    with pytest.raises(SealBroken):
        data_key(thief)


@pytest.mark.django_db
def test_rewrapping_changes_the_wrapping_and_not_the_keys(ring: Path):
    made = make_data_keys([uuid4() for _ in range(7)])
    assert rewrap() == 0
    new = add_key(ring, "wrapping")
    late = make_data_keys([uuid4()])
    assert data_keys(made) == made, "old and new wrappings are read side by side"
    assert [rewrap(5), rewrap(5), rewrap(5)] == [5, 2, 0]
    assert set(DataKey.objects.values_list("wrapping_key_id", flat=True)) == {new}
    assert data_keys([*made, *late]) == made | late


@pytest.mark.django_db
def test_a_wrapping_key_that_is_missing_says_the_seal_is_broken(ring: Path):
    owner = uuid4()
    make_data_keys([owner])
    DataKey.objects.filter(pk=owner).update(wrapping_key_id="gone")
    with pytest.raises(SealBroken):
        data_key(owner)


def test_a_blind_index_is_equal_for_equal_values_of_one_column_only(ring: Path):
    one = blind_indexes("party_person.id_no", "999999 19410312 001x")
    assert one == blind_indexes("party_person.id_no", "99999919410312001X")
    assert one != blind_indexes("party_person.phone", "99999919410312001X")
    assert "9999991941" not in one[0]


def test_an_index_is_found_under_the_old_key_while_rotating(ring: Path):
    before = blind_indexes("party_person.phone", "19900000001")
    add_key(ring, "index")
    after = blind_indexes("party_person.phone", "19900000001")
    assert len(after) == 2
    assert after[1:] == before
    assert after[0] != before[0]


def test_a_key_file_is_made_once_and_read_only_by_its_owner(tmp_path: Path):
    path = tmp_path / "keyring.json"
    make_keyring_file(path)
    assert isinstance(read_keyring(path), Keyring)
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        make_keyring_file(path)
