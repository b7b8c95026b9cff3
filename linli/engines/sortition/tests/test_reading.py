"""Files are read as people save them; every fault is named at once with its place and cure."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.engines.errors import BadInput
from linli.engines.sortition import read_csv, read_input
from linli.engines.sortition.words import say_fault

QUOTAS = [["category", "value", "min", "max"], ["性别", "女", "1", "2"], ["性别", "男", "1", "2"]]
POOL = [["编号", "性别", "住址"], ["甲", "女", "南街 1 号"], ["乙", "男", "南街 1 号"], ["丙", "男", "北街"]]


def faults_of(pool, quotas, size=2, **more) -> list[tuple[str, int | None, str]]:
    with pytest.raises(BadInput) as caught:
        read_input(pool, quotas, size, **more)
    for fault in caught.value.faults:
        assert say_fault(fault, "zh") and say_fault(fault, "en")
    return [(fault.code, fault.row, fault.column) for fault in caught.value.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends(tmp_path, encoding, end):
    path = tmp_path / "pool.csv"
    path.write_bytes((end.join(",".join(row) for row in POOL) + end * 2).encode(encoding))
    pool, quotas = read_input(read_csv(path), QUOTAS, 2, household=["住址"], identity="编号")
    assert pool.people == (("女",), ("男",), ("男",))
    assert pool.households == (0, 0, 1)
    assert pool.ids == ("甲", "乙", "丙")
    assert [(q.low, q.high, q.row) for q in quotas] == [(1, 2, 2), (1, 2, 3)]


@pytest.mark.parametrize(
    "head",
    [
        ["category", "feature", "min", "max"],
        ["feature", "value", "min", "max", "min_flex", "max_flex"],
        ["Category", "Name", "Min", "Max", "", ""],
        ["类别", "取值", "最少", "最多"],
    ],
)
def test_headings_in_use(head):
    _, quotas = read_input(POOL, [head, ["性别", "女", "1", "2"], ["性别", "男", "0", "1"]], 2)
    assert [quota.key for quota in quotas] == [("性别", "女"), ("性别", "男")]


def test_all_faults_at_once():
    pool = [["性别", "住址"], ["女", ""], ["未知", "南街"], ["", "北街"]]
    quotas = [
        ["category", "value", "min", "max", "min_flex", "max_flex"],
        ["性别", "女", "3", "2", "4", "1"],
        ["性别", "女", "1", "x", "", ""],
        ["年龄", "老", "1.5", "", "", ""],
    ]
    found = faults_of(pool, quotas, 9, household=["住址", "单元"])
    assert {code for code, _, _ in found} == {
        "min_over_max",
        "flex_inside",
        "quota_repeated",
        "not_a_number",
        "empty",
        "category_unknown",
        "column_missing",
        "address_missing",
        "value_unknown",
    }
    assert ("not_a_number", 3, "max") in found
    assert ("value_unknown", 3, "性别") in found
    assert ("address_missing", 2, "住址") in found


@pytest.mark.parametrize(
    ("pool", "quotas", "size", "code"),
    [
        ([], QUOTAS, 2, "file_empty"),
        ([["性别"]], QUOTAS, 2, "no_rows"),
        (POOL, [], 2, "file_empty"),
        (POOL, [QUOTAS[0]], 2, "no_rows"),
        (POOL, QUOTAS, 9, "size_large"),
        (POOL, QUOTAS, 0, "size_small"),
        ([["性别", "性别"], ["女", "女"]], QUOTAS, 1, "column_repeated"),
    ],
)
def test_one_fault(pool, quotas, size, code):
    assert code in {found for found, _, _ in faults_of(pool, quotas, size)}


@settings(max_examples=3 * settings.default.max_examples)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, one, two):
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "a.csv").write_bytes(b"category,value,min,max\n" + one)
    (folder / "b.csv").write_bytes(two)
    try:
        pool, quotas = read_input(read_csv(folder / "b.csv"), read_csv(folder / "a.csv"), 1)
    except BadInput as bad:
        read = len(bad.faults)
    else:
        read = min(len(pool.people), len(quotas))
    assert read > 0
