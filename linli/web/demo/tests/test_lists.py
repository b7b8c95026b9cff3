"""The departments' lists: every row is where the truth says it is, and as wrong as declared."""

from __future__ import annotations

import csv
import io
from datetime import date

import numpy as np
import pyarrow.compute as pc
import pytest
from python_calamine import CalamineWorkbook

from linli.web.demo import errors, lists, truth, world
from linli.web.demo.sheets import DepartmentList
from linli.web.demo.world import World

ON = date(2026, 3, 12)
NAME_HEADINGS = ("保障对象姓名", "姓名", "特困人员姓名", "残疾人姓名", "老人姓名", "儿童姓名", "被走访人", "患者姓名")


@pytest.fixture(scope="module")
def town() -> World:
    return world.build(3000, 1, ON)


@pytest.fixture(scope="module")
def made(town: World) -> list[DepartmentList]:
    return lists.make(town)


def _cells(each: DepartmentList) -> dict[str, list[list[object]]]:
    """Sheet name → rows of cells as a reader of the file sees them."""
    content = each.bytes()
    if each.form == "csv":
        return {"": [list(row) for row in csv.reader(io.StringIO(content.decode(each.encoding)))]}
    book = CalamineWorkbook.from_object(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_every_row_of_the_truth_reads_back_from_the_file_at_its_place(made: list[DepartmentList]) -> None:
    records = truth.records(made).to_pylist()
    grids = {each.file: _cells(each) for each in made}
    heads = {(each.file, s.name): s for each in made for s in each.sheets}
    assert len(records) == sum(len(s.person_no) for s in heads.values()) > 1500
    for r in records:
        grid = grids[r["file"]][r["sheet"]]
        sheet = heads[r["file"], r["sheet"]]
        heading = grid[sheet.first_row - 2]
        at = next(i for i, words in enumerate(heading) if words in NAME_HEADINGS)
        assert grid[r["row"] - 1][at] == (r["name"] or "")


def test_same_world_writes_the_same_bytes(town: World, made: list[DepartmentList]) -> None:
    assert [each.bytes() for each in lists.make(town)] == [each.bytes() for each in made]


def test_lists_differ_in_form_encoding_sheets_and_words(made: list[DepartmentList]) -> None:
    assert {each.form for each in made} == {"xlsx", "csv"}
    assert {each.encoding for each in made if each.form == "csv"} == {"gb18030", "utf-8-sig"}
    assert max(len(each.sheets) for each in made) == 9
    headings = {words for each in made for s in each.sheets for words in s.headings}
    assert len(headings & {"身份证号", "身份证", "公民身份号码", "证件号码", "身份证号码", "身份证件号码"}) == 6
    minimum = next(each for each in made if each.code == "minimum")
    assert len({s.headings for s in minimum.sheets}) == 2


def test_each_person_is_on_none_to_several_lists(town: World) -> None:
    on = np.zeros(town.residents, dtype=int)
    for rows in lists.membership(town).values():
        on[rows] += 1
    assert {1, 2, 3, 4, 5} <= set(on.tolist()) <= set(range(8)), "the register of everybody, and up to six more"


@pytest.mark.parametrize("mistake", [m for m in errors.MISTAKES if m.rate >= 0.01], ids=lambda m: m.kind)
def test_mistakes_come_about_as_often_as_declared(mistake: errors.Mistake) -> None:
    sample = {
        "name": "张建芳",
        "id_no": "999999195001020018",
        "phone": "00051234567",
        "birth_on": "1950-01-02",
        "address": "白荡镇北荡村4幢102室",
        "region": "999981101200",
        "sex": "男",
    }
    if mistake.kind == "name_blank_inside":
        sample["name"] = "张芳"
    count = 20000
    written = {mistake.column: np.full(count, sample[mistake.column], dtype=object)}
    kinds = errors.spoil(written, 1.0, np.random.default_rng(3))
    share = sum(mistake.kind in k for k in kinds) / count
    assert share == pytest.approx(mistake.rate, rel=0.25)
    changed = written[mistake.column] != sample[mistake.column]
    assert changed.sum() == sum(bool(k) for k in kinds)


def test_the_victim_stands_only_on_the_lists_of_her_story(town: World, made: list[DepartmentList]) -> None:
    records = truth.records(made)
    hers = records.filter(pc.equal(records["person_no"], town.cast["victim"]))
    assert set(hers["list"].to_pylist()) == {"minimum", "grid"}


def test_no_list_tells_the_safe_address(town: World, made: list[DepartmentList]) -> None:
    told = town.exclusions.to_pylist()[0]
    for each in made:
        for rows in _cells(each).values():
            text = "".join(str(cell) for row in rows for cell in row)
            assert told["safe_address"] not in text
            assert told["safe_phone"] not in text
