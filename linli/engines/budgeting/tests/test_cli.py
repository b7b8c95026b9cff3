"""`linli budget`: files together or not at all, exit codes, the report."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from linli.engines.budgeting import Options, as_html, budget, parse_pb, read_options, read_pb
from linli.engines.budgeting.cli import budget as command
from linli.engines.budgeting.tests.elections import WIELICZKA, text
from linli.engines.errors import BadInput

app = typer.Typer()
app.command()(command)
run = CliRunner().invoke
OPTIONS = 'rule = "mes-project"\n[[limit]]\nfield = "category"\nvalue = "sport"\nat_most = 10.5\n'


def test_everything_is_written(tmp_path: Path) -> None:
    names = [tmp_path / name for name in ("r.json", "r.html", "r.csv", "r.pb")]
    flags = [
        part
        for flag, path in zip(("--out", "--report", "--payments", "--pb-out"), names, strict=True)
        for part in (flag, str(path))
    ]
    done = run(app, [str(WIELICZKA), "--rule", "mes-cost", *flags])
    assert done.exit_code == 0, done.output
    told = json.loads(names[0].read_text("utf-8"))
    assert (told["engine"], told["cost"], len(told["selected"])) == ("budgeting", 450548, 21)
    paid: dict[str, Fraction] = {}
    with names[2].open(encoding="utf-8-sig", newline="") as sheet:
        for row in csv.DictReader(sheet):
            paid[row["project_id"]] = paid.get(row["project_id"], Fraction(0)) + Fraction(row["exact"])
    assert paid == {project["id"]: project["cost"] for project in told["projects"] if project["selected"]}
    again = read_pb(names[3])
    assert sorted(project.id for project in again.projects if project.fields["selected"] == "1") == told["selected"]


def test_the_result_goes_to_stdout() -> None:
    done = run(app, [str(WIELICZKA), "--rule", "greedy"])
    assert done.exit_code == 0 and json.loads(done.stdout)["rule"] == "greedy"


def test_bad_input_leaves_nothing_behind(tmp_path: Path) -> None:
    bad, out = tmp_path / "x.pb", tmp_path / "r.json"
    bad.write_text(text({"a": "x"}, "y", [{"b": 1}]), encoding="utf-8")
    done = run(app, [str(bad), "--out", str(out)])
    assert done.exit_code == 2 and not out.exists()
    assert len(done.stderr.strip().splitlines()) == 3


@pytest.mark.parametrize(
    "flags", [["--rule", "dice"], ["--completion", "add2"], ["--rule", "greedy", "--completion", "add1"]]
)
def test_wrong_options(flags: list[str]) -> None:
    assert run(app, [str(WIELICZKA), *flags]).exit_code == 2


def test_missing_file(tmp_path: Path) -> None:
    assert run(app, [str(tmp_path / "none.pb")]).exit_code == 2


def test_options_file(tmp_path: Path) -> None:
    path = tmp_path / "o.toml"
    path.write_text(OPTIONS, encoding="utf-8")
    raw = text({"a": "10.5", "b": 10}, "20.5", [{"a": 1, "b": 1}])
    raw = raw.replace("cost\n", "cost;category\n").replace(";10.5", ";10.5;sport").replace("b;10", "b;10;sport")
    election = parse_pb(raw.encode())
    options = read_options(path, election)
    assert (options.rule, options.limits[0].at_most, election.scale) == ("mes-project", 21, 2)
    assert budget(election, options).cost == 20  # b: 10.00, cheaper for its supporter; a would break the limit


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (
            'rule = "dice"\nfoo = 1\n[[district]]\nvalue = "x"\n'
            '[[limit]]\nfield = "f"\nvalue = "v"\nat_most = "much"\n',
            4,
        ),
        ("rule = ", 1),
        ("district = 3\n", 1),
        ('[[district]]\nvalue = "x"\nbudget = 99\n', 1),
        ('[[limit]]\nfield = "category"\nvalue = "x"\nat_most = 9\n', 1),
    ],
)
def test_every_fault_of_the_options(tmp_path: Path, content: str, count: int) -> None:
    path = tmp_path / "o.toml"
    path.write_text(content, encoding="utf-8")
    election = parse_pb(text({"a": 1}, 5, [{"a": 1}]).encode())
    with pytest.raises(BadInput) as caught:
        budget(election, read_options(path, election))
    assert len(caught.value.faults) >= count
    done = run(app, [str(WIELICZKA), "--options", str(path)])
    assert done.exit_code == 2 and done.stderr.strip()


def test_the_report_has_both_languages_and_every_project() -> None:
    election = read_pb(WIELICZKA)
    page = as_html(budget(election), "en")
    assert page.startswith("<!doctype html>") and 'lang="en"' in page
    assert all(f'<span class="id">{project.id}</span>' in page for project in election.projects)
    assert "How the money is shared" in page and "这笔钱怎样分" in page
    assert "<script" not in page and "http" not in page


def test_names_are_escaped() -> None:
    raw = text({"a": 1}, 9, [{"a": 1}]).replace("cost\na;1", "cost;name\na;1;<b>x</b>")
    assert "<b>" in raw
    assert "<b>x</b>" not in as_html(budget(parse_pb(raw.encode())))


def test_a_completed_result_has_its_report() -> None:
    """People may spend more than their share once Phragmén's rule goes on from it."""
    votes = [{"a": 1}, {"a": 1, "b": 1}, {"b": 1}]
    page = as_html(budget(parse_pb(text({"a": 7, "b": 9}, 18, votes).encode()), Options("mes-cost", "phragmen")))
    assert "用弗拉格门法补足" in page and "全部花完" in page
