"""Which pairs are looked at: blocking keys, their caps, and the adviser that estimates recall beforehand."""
# ruff: noqa: S608 - the SQL is put together from the expressions of KEYS, never from data.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


KEYS: dict[str, str] = {
    "id": "id_core",
    "id_masked": "left(id_no, 6) || right(id_no, 4)",
    "phone": "phone",
    "name_birth": "py || any_day",
    "name_town": "py || region",
    "name_year": "py || any_year",
    "name_door": "py || road || split_part(door, '-', 1)",
    "name": "name",
    "birth_surname": "any_day || sur",
    "birth_town": "any_day || region",
    "birth_door": "any_day || road || split_part(door, '-', 1)",
    "birth_given": "any_day || py[length(sur) + 2:]",
    "birth_id_tail": "any_day || right(id_no, 4)",
    "door_surname": "region || road || door || sur || coalesce(sex, '')",
    "id_tail_initials": "right(id_no, 6) || initials",
}
"""A key's name and its SQL over the comparison table; null where a part is missing."""

ID_KEYS = ("id", "id_masked", "birth_id_tail", "id_tail_initials")


def key_column(name: str) -> str:
    """The column of the keyed table that holds this key."""
    return f"k_{name}"


def make_keys(db: duckdb.DuckDBPyConnection, pairs_per_row: int) -> list[dict[str, Any]]:
    """Table `keyed` from `compared`: each key as a number, empty where it is alone or too common.

    Returns per rule how many records have the key, the pairs it gives, the keys set aside as
    too common and the records those stood on.
    """
    hashed = ", ".join(
        f"case when ({sql}) is not null then hash({sql}) end as raw_{name}" for name, sql in KEYS.items()
    )
    db.execute(f"create or replace table hashed as select *, {hashed} from compared").fetchall()
    report = []
    selects = []
    joins = []
    for name in KEYS:
        db.execute(
            f"create or replace table size_{name} as select raw_{name} as raw, count(*) as n from hashed"
            f" where raw_{name} is not null group by 1 having count(*) > 1"
        ).fetchall()
        selects.append(f"size_{name}.raw as {key_column(name)}")
        joins.append(
            f"left join size_{name} on hashed.raw_{name} = size_{name}.raw and size_{name}.n <= {pairs_per_row + 1}"
        )
        report.append(_rule_report(db, name, pairs_per_row))
    raws = ", ".join(f"raw_{name}" for name in KEYS)
    db.execute(
        f"create or replace table keyed as select hashed.* exclude ({raws}), {', '.join(selects)}"
        f" from hashed {' '.join(joins)} order by i"
    ).fetchall()
    for name in KEYS:
        db.execute(f"drop table size_{name}").fetchall()
    db.execute("drop table hashed").fetchall()
    return report


def _rule_report(db: duckdb.DuckDBPyConnection, name: str, pairs_per_row: int) -> dict[str, Any]:
    limit = pairs_per_row + 1
    row = db.execute(
        f"select coalesce(sum(n) filter (n <= {limit}), 0), coalesce(sum(n * (n - 1) // 2) filter (n <= {limit}), 0),"
        f" count(*) filter (n > {limit}), coalesce(sum(n) filter (n > {limit}), 0), coalesce(max(n), 0)"
        f" from size_{name}"
    ).fetchall()[0]
    names = ("records", "pairs", "dropped_keys", "dropped_records", "largest")
    return {"rule": name, **{key: int(value) for key, value in zip(names, row, strict=True)}}


def estimated_recall(db: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Share of one-person pairs that some key brings together, estimated before any pair is compared.

    Capture–recapture (Lincoln 1930, Petersen 1896) with two catches taken as independent: the keys
    made of the identity number and those made of everything else. Pairs with one number show what
    the other keys catch; pairs with one name and birth date and one phone or door show what the
    number keys catch. `recall` is None when fewer than thirty pairs tell.
    """
    rest = " or ".join(_equal(name) for name in KEYS if name not in ID_KEYS)
    own = " or ".join(_equal(name) for name in ID_KEYS)
    number, name = key_column("id"), key_column("name_birth")
    sure = f"l.{name} = r.{name} and l.i < r.i and ({_equal('phone')} or {_equal('birth_door')})"
    by_id, of_rest = _count(db, f"l.{number} = r.{number} and l.i < r.i", rest)
    by_rest, of_id = _count(db, sure, own)
    if min(by_id, by_rest) < 30:
        return {"recall": None, "pairs_by_id": by_id, "pairs_by_rest": by_rest}
    missed = (1.0 - of_rest / by_id) * (1.0 - of_id / by_rest)
    return {
        "recall": round(1.0 - missed, 5),
        "pairs_by_id": by_id,
        "pairs_by_rest": by_rest,
        "rest_catches": round(of_rest / by_id, 5),
        "id_catches": round(of_id / by_rest, 5),
    }


def _equal(name: str) -> str:
    return f"coalesce(l.{key_column(name)} = r.{key_column(name)}, false)"


def _count(db: duckdb.DuckDBPyConnection, on: str, caught: str) -> tuple[int, int]:
    row = db.execute(f"select count(*), count(*) filter ({caught}) from keyed as l join keyed as r on {on}").fetchall()[
        0
    ]
    return int(row[0]), int(row[1])
