"""Readers: what counts, what is refused, and that the quick way and the careful way read the same."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.engines.errors import BadInput, Fault
from linli.engines.opinion import read_conversation, read_groups, say_fault
from linli.engines.opinion.reading import PERSON, STATEMENT, TIME, VOTE, read_carefully
from linli.engines.opinion.reading_fast import read_columns
from linli.engines.opinion.tests.made import files

HEAD = "timestamp,datetime,comment-id,voter-id,vote\n"


def written(tmp_path: Path, text: str, name: str = "votes.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def votes_of(path: Path) -> dict[tuple[str, str], int]:
    talk = read_conversation(path)
    return {
        (talk.people[p], talk.statements[s].id): v
        for p, s, v in zip(talk.person, talk.statement, talk.value.tolist(), strict=True)
    }


def test_the_latest_time_counts_and_on_a_tie_the_later_row(tmp_path: Path) -> None:
    text = HEAD + "9,x,1,7,1\n5,x,1,7,-1\n5,x,2,7,1\n5,x,2,7,-1\n"
    assert votes_of(written(tmp_path, text)) == {("7", "1"): 1, ("7", "2"): -1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, ends: str) -> None:
    text = (HEAD + "1,周三,一,老王,1\n\n2,周三,二,老王,-1\n").replace("\n", ends)
    assert votes_of(written(tmp_path, text, encoding=encoding)) == {("老王", "一"): 1, ("老王", "二"): -1}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_plain_numbers_are_read_the_same_with_any_line_end(tmp_path: Path, ends: str) -> None:
    text = (HEAD + "1,a,10,2,1\n2,a,9,2,0").replace("\n", ends)
    path = written(tmp_path, text)
    assert read_columns(path, PERSON, STATEMENT, VOTE, TIME) is not None
    assert votes_of(path) == {("2", "9"): 0, ("2", "10"): 1}
    assert [one.id for one in read_conversation(path).statements] == ["9", "10"]


rows = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 9), st.integers(0, 12), st.sampled_from([-1, 0, 1])),
    min_size=1,
    max_size=60,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
def test_the_quick_reader_reads_what_the_careful_one_reads(
    tmp_path: Path, rows: list[tuple[int, int, int, int]]
) -> None:
    path = written(tmp_path, HEAD + "".join(f"{t},-,{s},{p},{v}\n" for t, s, p, v in rows))
    quick, careful = read_conversation(path), read_carefully(path, {}, [])
    assert read_columns(path, PERSON, STATEMENT, VOTE, TIME) is not None
    assert careful is not None and quick.digest == careful.digest


@settings(max_examples=3 * settings.default.max_examples, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet='0123456789-,\n\r" x一', max_size=80))
def test_any_text_is_read_or_refused_with_faults(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, HEAD + text)
    faults: tuple[Fault, ...] = ()
    try:
        talk = read_conversation(path)
    except BadInput as bad:
        faults = bad.faults
    assert all(say_fault(one, "en") for one in faults)
    if not faults:
        assert len(talk.person) and set(talk.value.tolist()) <= {-1, 0, 1}
        careful = read_carefully(path, {}, [])
        assert careful is not None and careful.digest == talk.digest


def test_all_faults_of_both_files_at_once(tmp_path: Path) -> None:
    votes = written(tmp_path, HEAD + "1,x,1,7,2\nlater,x,1,8,1\n3,x,,9,1\n4,x\n5,x,1,9,1\n")
    comments = written(tmp_path, "comment-id,moderated,comment-body\n1,5,好\n2,1,行\n2,1,again\n", "comments.csv")
    with pytest.raises(BadInput) as caught:
        read_conversation(votes, comments)
    told = [(one.file, one.code, one.row) for one in caught.value.faults]
    assert told == [
        ("comments.csv", "bad_moderation", 2),
        ("comments.csv", "statement_again", 4),
        ("votes.csv", "bad_vote", 2),
        ("votes.csv", "bad_time", 3),
        ("votes.csv", "no_id", 4),
        ("votes.csv", "short_row", 5),
    ]
    for fault in caught.value.faults:
        assert say_fault(fault, "zh") and say_fault(fault, "en")


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "no_column"), (HEAD, "no_votes"), ("a,b\n1,2\n", "no_column")],
)
def test_files_without_votes_are_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_conversation(written(tmp_path, text))
    assert code in {one.code for one in caught.value.faults}


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.csv", "unreadable"), (tmp_path / "picture.csv", "encoding")):
        if code == "encoding":
            path.write_bytes(b"\xff\xfe\x00\xff")
        with pytest.raises(BadInput) as caught:
            read_conversation(path)
        assert [one.code for one in caught.value.faults] == [code]


def test_participants_votes_has_the_votes_without_times() -> None:
    votes, comments = files("london.youth.policing")
    wide = read_conversation(votes.with_name("participants-votes.csv"), comments)
    long = read_conversation(votes, comments)
    assert wide.people == long.people and not wide.at.any()
    assert np.array_equal(wide.person, long.person) and np.array_equal(wide.value, long.value)


def test_a_person_twice_in_the_wide_file_is_refused(tmp_path: Path) -> None:
    head = "participant,group-id,n-comments,n-votes,n-agree,n-disagree,1,2\n"
    path = written(tmp_path, head + "a,0,0,1,1,0,1,\na,0,0,1,1,0,,1\nb,0,0,1,1,0,?,1\n")
    with pytest.raises(BadInput) as caught:
        read_conversation(path)
    assert [(one.code, one.row, one.column) for one in caught.value.faults] == [
        ("id_again", 3, ""),
        ("bad_vote", 4, "1"),
    ]


def test_json_with_old_and_new_names(tmp_path: Path) -> None:
    old = [{"pid": 0, "tid": 1, "vote": 1, "modified": "5"}, {"pid": 0, "tid": 1, "vote": -1, "modified": "4"}]
    new = [{"participant_id": 0, "statement_id": 1, "vote": 1, "modified": 5.0}]
    assert votes_of(written(tmp_path, json.dumps(old), "a.json")) == {("0", "1"): 1}
    assert votes_of(written(tmp_path, json.dumps(new), "b.json")) == {("0", "1"): 1}
    for broken, code in (("{", "broken_json"), ("[1]", "broken_json"), ('[{"vote": 1}]', "no_id"), ("[]", "no_votes")):
        with pytest.raises(BadInput) as caught:
            read_conversation(written(tmp_path, broken, "c.json"))
        assert code in {one.code for one in caught.value.faults}


def test_groups_from_both_kinds_of_file(tmp_path: Path) -> None:
    assert read_groups(written(tmp_path, "id,group\n1,a\n2,\n3,b\n")) == {"1": "a", "3": "b"}
    votes, _ = files("london.youth.policing")
    assert len(read_groups(votes.with_name("participants-votes.csv"))) == 24
    for text, code in (("id,group\n1,\n", "no_groups"), ("id,group\n1,a\n1,b\n", "id_again"), ("x\n1\n", "no_column")):
        with pytest.raises(BadInput) as caught:
            read_groups(written(tmp_path, text))
        assert code in {one.code for one in caught.value.faults}
