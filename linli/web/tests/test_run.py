"""The main job on files: from messy lists to a report, all of it or nothing."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from linli.web.command import app

OUTPUTS = ("links", "review", "persons", "flags", "needs", "proposals")
ON = "2026-03-12"


def id_number(region: str, born: str, sequence: str) -> str:
    """An ID number of an impossible region with the right check digit (GB 11643)."""
    body = region + born + sequence
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """Two lists in different shapes: a titled workbook with totals, and a GB18030 file with other headings."""
    folder = tmp_path / "名册"
    folder.mkdir()
    book = Workbook()
    sheet = book.active
    sheet.title = "柳浜镇"
    sheet.append(["2026年最低生活保障对象名册"])
    sheet.merge_cells("A1:F1")
    sheet.append(["序号", "姓名", "身份证号", "家庭住址", "联系电话", "人均月收入（元）"])
    people = [
        ("1", "钱桂芳", id_number("999999", "19430817", "102"), "柳园社区3幢102室", "00055500182", "760"),
        ("2", "何文斌", "９９９９９９１９４１０３１２１０２９", "南桥社区1幢1室", "000-5550-0119", "700"),
        ("3", "许建平", "999999430817101", "柳园社区3幢101室", "", "800"),
        ("4", "没有号码", "", "", "", ""),
    ]
    for row in people:
        sheet.append(row)
    sheet.append(["合计", "4", "", "", "", ""])
    sheet.append(["填表人：沈知秋", "", "", "", "", "2026-03-01"])
    book.save(folder / "低保名册.xlsx")
    rows = [
        ["老人姓名", "证件号码", "出生年月", "现住址", "手机", "居住情况"],
        ["钱桂芳", id_number("999999", "19430817", "102"), "1943.8.17", "柳园社区3-102", "00055500182", "独居"],
        ["顾月英", id_number("999999", "19440712", "108"), "1944年7月12日", "柳园社区3幢305室", "00055500131", "独居"],
    ]
    with (folder / "老年人信息.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.fixture
def offers(tmp_path: Path) -> Path:
    path = tmp_path / "offers.csv"
    rows = [
        "offer_id,provider,party,kind,name,need_codes,skills,languages,vetted_until,place_code,lat,lon,"
        "capacity,unit,slots,conditions,valid_from,valid_to",
        "O1,柳园社区志愿队,志愿者,time,上门探访,visit;company,,,2027-01-01,,,,1,户,,,2026-01-01,2026-12-31",
        "O2,柳浜镇社工站,社工,service,政策咨询,aid_guidance;document,,,2027-01-01,,,,50,人,,,2026-01-01,2026-12-31",
    ]
    path.write_text("\n".join(rows), "utf-8")
    return path


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["run", *map(str, arguments)])
    return result.exit_code, result.stderr


def table(folder: Path, name: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return rows


def test_lists_become_people_flags_needs_and_proposals(lists: Path, offers: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said = run("--lists", lists, "--offers", offers, "--on", ON, "--out", out)
    assert code == 0, said
    for name in OUTPUTS:
        assert (out / f"{name}.csv").exists()
        assert (out / f"{name}.parquet").exists()
    links = {row["unique_id"]: row["person_id"] for row in table(out, "links")}
    assert len(links) == 5, "five rows hold a person, the fourth of the first list does not"
    assert len(set(links.values())) == 4, "钱桂芳 stands on both lists"
    people = {row["name"]: row for row in table(out, "persons")}
    assert people["钱桂芳"]["birth_on"] == date(1943, 8, 17)
    assert people["钱桂芳"]["income_fen_source"]
    flagged = {row["subject"] for row in table(out, "flags")}
    assert people["钱桂芳"]["person_id"] in flagged, "over eighty and alone"
    proposals = table(out, "proposals")
    assert any(row["offer_id"] == "O1" and row["rank"] == 1 for row in proposals)
    assert any(row["binding"] and row["unlocked_by"] for row in proposals), "one place for two visits leaves one over"
    report = (out / "report.html").read_text("utf-8")
    assert "从名册到建议" in report
    assert "From lists to proposals" in report
    assert "钱桂芳" not in report, "the report is passed around: counts and reasons, no names"


def test_faults_name_file_row_field_and_cure(lists: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said = run("--lists", lists, "--on", ON, "--out", out)
    assert code == 0
    faults = {(row["row"], row["code"]): row for row in table(out, "faults")}
    refused = faults[(6, "no_date_no_id")]
    assert (refused["outcome"], refused["file"], refused["sheet"]) == ("refused", "低保名册.xlsx", "柳浜镇")
    old = faults[(5, "id_old15")]
    assert (old["outcome"], old["column"], old["value"]) == ("doubtful", "身份证号", "999999430817101")
    assert "999999430817101" not in said, "the terminal's text ends in logs"


def test_results_may_go_to_the_folder_above_the_lists(lists: Path) -> None:
    code, said = run("--lists", lists, "--on", ON, "--out", lists.parent)
    assert code == 0, said
    assert len(table(lists.parent, "links")) == 5


def test_without_offers_there_are_no_proposals_and_the_report_says_so(lists: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, _ = run("--lists", lists, "--on", ON, "--out", out)
    assert code == 0
    assert table(out, "proposals") == []
    assert "没有给资源表" in (out / "report.html").read_text("utf-8")


def test_the_same_lists_give_the_same_bytes(lists: Path, offers: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for out in (first, second):
        assert run("--lists", lists, "--offers", offers, "--on", ON, "--out", out)[0] == 0
    for name in OUTPUTS:
        assert (first / f"{name}.csv").read_bytes() == (second / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("broken", ["PK\x03\x04 broken off", ""])
def test_bad_input_is_named_and_nothing_is_written(broken: str, lists: Path, offers: Path, tmp_path: Path) -> None:
    (lists / "坏的.xlsx").write_text(broken)
    offers.write_text("offer_id,party\nO1,外星人\n", "utf-8")
    out = tmp_path / "out"
    code, said = run("--lists", lists, "--offers", offers, "--on", ON, "--out", out)
    assert code == 2
    assert "坏的.xlsx" in said
    assert "offers.csv" in said, "all faults at once, of lists and offers"
    assert not out.exists() or not any(out.iterdir())


def test_an_empty_or_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    assert run("--lists", tmp_path, "--on", ON, "--out", tmp_path / "out")[0] == 2
    code, said = run("--lists", tmp_path / "nowhere", "--on", ON, "--out", tmp_path / "out")
    assert code == 2
    assert "nowhere" in said


def test_two_towns_send_files_of_one_name(lists: Path, tmp_path: Path) -> None:
    for town in ("柳浜镇", "东塘镇"):
        (lists / town).mkdir()
    (lists / "低保名册.xlsx").rename(lists / "柳浜镇" / "低保名册.xlsx")
    (lists / "东塘镇" / "低保名册.csv").write_text(
        f"姓名,身份证号\n匡小龙,{id_number('999999', '19600102', '101')}\n", "utf-8"
    )
    (lists / "柳浜镇" / "低保名册.csv").write_text(
        f"姓名,身份证号\n吴月琴,{id_number('999999', '19610102', '102')}\n", "utf-8"
    )
    code, said = run("--lists", lists, "--on", ON, "--out", tmp_path / "out")
    assert code == 0, said
    ids = {row["unique_id"] for row in table(tmp_path / "out", "links")}
    assert {"东塘镇/低保名册.csv:2", "柳浜镇/低保名册.csv:2"} <= ids


def test_results_under_the_lists_are_not_read_as_lists(lists: Path, offers: Path) -> None:
    (lists / "offers.csv").write_bytes(offers.read_bytes())
    given = ("--lists", lists, "--offers", lists / "offers.csv", "--on", ON, "--out", lists / "结果")
    assert run(*given)[0] == 0
    first = table(lists / "结果", "links")
    assert run(*given)[0] == 0
    assert table(lists / "结果", "links") == first
    code, said = run("--lists", lists, "--on", ON, "--out", lists)
    assert code == 2
    assert "--out" in said


def test_what_was_not_read_is_named(lists: Path, tmp_path: Path) -> None:
    (lists / "通知.docx").write_bytes(b"PK")
    (lists / "补充.txt").write_text(f"姓名\t身份证号\n匡小龙\t{id_number('999999', '19600102', '101')}\n", "utf-8")
    code, said = run("--lists", lists, "--on", ON, "--out", tmp_path / "out")
    assert code == 0
    assert "通知.docx" in said
    assert any(row["source"] == "补充" for row in table(tmp_path / "out", "links"))
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "通知.docx" in page
    assert "合计行 1" in page


def test_every_fault_of_every_input_at_once(lists: Path, tmp_path: Path) -> None:
    (lists / "空.csv").write_bytes(b"")
    (tmp_path / "rules.toml").write_text("[", "utf-8")
    (tmp_path / "weights.toml").write_text("[", "utf-8")
    code, said = run(
        "--lists", lists, "--on", ON, "--out", tmp_path / "out",
        "--rules", tmp_path / "rules.toml", "--weights", tmp_path / "weights.toml",
    )  # fmt: skip
    assert code == 2
    assert all(name in said for name in ("空.csv", "rules.toml", "weights.toml"))
    (tmp_path / "file").write_text("x", "utf-8")
    code, said = run("--lists", lists, "--on", ON, "--out", tmp_path / "file", "--rules", lists)
    assert code == 2
    assert "file" in said
    assert lists.name in said


def test_a_result_that_cannot_be_placed_leaves_all_as_it_was(lists: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "persons.csv").mkdir(parents=True)
    (out / "links.csv").write_text("before", "utf-8")
    code, said = run("--lists", lists, "--on", ON, "--out", out)
    assert code == 2
    assert "persons.csv" in said
    assert sorted(path.name for path in out.iterdir()) == ["links.csv", "persons.csv"]
    assert (out / "links.csv").read_text("utf-8") == "before"


def test_english_all_through(lists: Path, tmp_path: Path) -> None:
    assert run("--lists", lists, "--on", ON, "--out", tmp_path / "out", "--lang", "en")[0] == 0
    for name, column in (("links", "why"), ("needs", "reason"), ("flags", "reason")):
        for row in table(tmp_path / "out", name):
            words = str(row[column])
            for source in ("低保名册", "老年人信息"):
                words = words.replace(source, "")
            assert not re.search("[\u4e00-\u9fff]", words), words


def test_without_offers_the_proposals_have_the_same_columns(lists: Path, offers: Path, tmp_path: Path) -> None:
    run("--lists", lists, "--on", ON, "--out", tmp_path / "bare")
    run("--lists", lists, "--offers", offers, "--on", ON, "--out", tmp_path / "full")
    schemas = [pq.read_schema(tmp_path / name / "proposals.parquet") for name in ("bare", "full")]
    assert schemas[0].equals(schemas[1])


def test_a_row_without_number_that_is_somebody_known_counts_once(lists: Path, tmp_path: Path) -> None:
    (lists / "探访记录.csv").write_text("姓名,联系电话,现住址\n钱桂芳,00055500182,柳园社区3幢102室\n", "utf-8")
    assert run("--lists", lists, "--on", ON, "--out", tmp_path / "out")[0] == 0
    out = tmp_path / "out"
    linked = {row["unique_id"]: row["person_id"] for row in table(out, "links")}
    faults = [row for row in table(out, "faults") if row["file"] == "探访记录.csv"]
    if "探访记录.csv:2" in linked:
        assert [row["outcome"] for row in faults] == ["doubtful"]
        person = next(row for row in table(out, "persons") if row["person_id"] == linked["探访记录.csv:2"])
        assert any("探访记录" in source for source in person["sources"])  # type: ignore[union-attr,attr-defined]
    else:
        assert [row["outcome"] for row in faults] == ["refused"]
    named = set(linked)
    assert all(row["a"] in named and row["b"] in named for row in table(out, "review"))
