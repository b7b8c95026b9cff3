"""Reading .pb files: what is tolerated, what is refused, all faults at once; nothing but faults on any text."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.engines.budgeting import as_json, budget, parse_pb, read_pb, say_fault, write_pb
from linli.engines.budgeting.tests.elections import WIELICZKA, elections, read, text
from linli.engines.errors import BadInput

PLAIN = text({"1": 10, "2": 20, "3": 5}, 25, [{"1": 1, "2": 1}, {"3": 1}, {"2": 1}], meta="min_length;1")


def codes(raw: str) -> list[tuple[str, int | None]]:
    """The faults of a text, as (code, line)."""
    with pytest.raises(BadInput) as caught:
        parse_pb(raw.encode(), "x.pb")
    assert all(say_fault(fault, "zh") and say_fault(fault, "en") for fault in caught.value.faults)
    return [(fault.code, fault.row) for fault in caught.value.faults]


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("\n", "\n\n").encode(),
        PLAIN.replace("VOTES", "votes ;;").encode(),
        PLAIN.replace("v0;1,2", 'v0;"1, 2"').encode(),
        PLAIN.replace("v0;1,2", " v0 ; 1 , 2 ").encode(),
        PLAIN.replace("project_id;cost", "Project_ID; COST").encode(),
        PLAIN.rstrip("\n").encode(),
    ],
)
def test_the_same_election_in_another_form(raw: bytes) -> None:
    one, two = parse_pb(PLAIN.encode()), parse_pb(raw)
    assert [(p.id, p.cost) for p in one.projects] == [(p.id, p.cost) for p in two.projects]
    assert one.ballots.project.tolist() == two.ballots.project.tolist()
    assert one.ballots.count.tolist() == two.ballots.count.tolist()
    assert (one.budget, one.voters) == (two.budget, two.voters)


def test_names_with_semicolons_quotes_and_line_breaks() -> None:
    rows = '1;10;"Park; second part"\n2;20;"""Konikowo"" garden"\n3;5;a 5" pipe\n4;1;"two\nlines"\n'
    raw = "META\nkey;value\nbudget;25\nvote_type;approval\nPROJECTS\nproject_id;cost;name\n" + rows
    election = parse_pb((raw + "VOTES\nvoter_id;vote\na;1,4\n").encode())
    assert [project.name for project in election.projects] == [
        "Park; second part", '"Konikowo" garden', 'a 5" pipe', "two\nlines",
    ]  # fmt: skip


def test_gb18030_is_read_and_said() -> None:
    raw = PLAIN.replace("budget;25", "budget;25\ndescription;邻里预算")
    election = parse_pb(raw.encode("gb18030"))
    assert election.meta["description"] == "邻里预算"
    assert [fault.code for fault in election.doubts] == ["read_as_gb18030"]


def test_all_faults_at_once_with_their_lines() -> None:
    raw = (
        "META\nkey;value\nbudget;a lot\nvote_type;approval\n"
        "PROJECTS\nproject_id;cost\n1;ten\n2;-5\n2;7\n;3\n4;1 000\n"
        "VOTES\nvoter_id;vote\na;1,9\na;2\nb;2,2\n;1\n"
    )
    assert sorted(codes(raw), key=str) == sorted(
        [
            ("amount", 3), ("amount", 7), ("negative", 8), ("project_twice", 9), ("project_id", 10),
            ("unknown_project", 14), ("voter_twice", 15), ("named_twice", 16), ("voter_unnamed", 17),
        ],
        key=str,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("", [("section_missing", None)] * 3),
        ("hello", [("before_sections", 1), *[("section_missing", None)] * 3]),
        (PLAIN.replace("vote_type;approval", "vote_type;dice"), [("vote_type", None)]),
        (PLAIN.replace("project_id;cost", "id;price"), [("column_missing", None)] * 2),
        (PLAIN[: PLAIN.index("v0")], [("no_votes", None)]),
        (PLAIN.replace("v1;3", "v1"), [("row_short", 14)]),
        (text({"a": 1}, 1, [{"a": 3}], kind="cumulative").replace(";3", ";3,4"), [("points_count", 10)]),
        (text({"a": 1}, 1, [{"a": 3}], kind="cumulative").replace("v0;a;3", "v0;a;-3"), [("points", 10)]),
        (text({"a": 1}, 1, [{"a": 3}], kind="cumulative").replace("v0;a;3", "v0;a;many"), [("points", 10)]),
        (text({"a": 1, "b": 1}, 1, [{"a": 1, "b": 1}], kind="choose-1"), [("one_choice", 11)]),
    ],
)
def test_what_is_refused(raw: str, found: list[Any]) -> None:
    got = codes(raw)
    assert all(fault in got for fault in found) and len(got) >= len(found)


def test_what_is_doubtful_is_counted_and_told() -> None:
    meta = "min_length;2 max_length;2 num_votes;9 max_sum_cost;25"
    election = read({"1": 10, "2": 20, "3": 5}, 25, [{"1": 1, "2": 1, "3": 1}, {"3": 1}], meta=meta)
    assert [(fault.code, fault.row) for fault in election.doubts] == [
        ("ballot_length", 17), ("ballot_length", 16), ("count_differs", None), ("ballot_cost", 16),
    ]  # fmt: skip
    assert election.voters == 2
    assert len(as_json(budget(election))["doubts"]) == 4


@given(elections(("approval", "cumulative")))
def test_what_is_written_reads_back(case: Any) -> None:
    one = read(*case)
    two = parse_pb(write_pb(one).encode())
    assert write_pb(two) == write_pb(one)
    assert (one.meta, one.projects, one.voter_ids) == (two.meta, two.projects, two.voter_ids)
    assert one.ballots.weight.tolist() == two.ballots.weight.tolist()


def test_winners_are_written() -> None:
    election = parse_pb(write_pb(read_pb(WIELICZKA), {"24"}, "mes-cost").encode())
    chosen = [project.id for project in election.projects if project.fields["selected"] == "1"]
    assert (chosen, election.meta["rule"]) == (["24"], "mes-cost")


@settings(max_examples=3 * settings.default.max_examples)
@given(st.data())
def test_any_text_is_an_election_or_faults(data: Any) -> None:
    """Lines of a good file are cut, doubled, and filled with anything: never another error."""
    lines = PLAIN.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        rubbish = st.one_of(st.text(alphabet=";\",\n'0129.-aMETA\x00 ", max_size=12), st.text(max_size=6))
        change = data.draw(st.sampled_from(["cut", "double", "fill", "join"]))
        if change == "cut":
            del lines[at]
        elif change == "double":
            lines.insert(at, lines[at])
        else:
            lines[at] = data.draw(rubbish) + (lines[at] if change == "join" else "")
        lines = lines or [""]
    with contextlib.suppress(BadInput):
        as_json(budget(parse_pb("\n".join(lines).encode("utf-8", "replace"))))
