"""The Chinese development set, where it is at hand: figures of linked pairs, no truth used."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from linli.engines.linkage import link
from linli.engines.linkage.names import readings
from linli.engines.linkage.tables import as_records
from linli.engines.linkage.tests.made import SCHEMA, pair_scores, worse

DATA = Path(os.environ.get("LINLI_DATA", Path(__file__).parents[5] / "shared" / "data")) / "linkage" / "cn_dev.parquet"
pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="cn_dev.parquet is not here: set LINLI_DATA to the data folder"
)


@pytest.mark.parametrize(("twice", "least"), [(False, 0.99), (True, 0.97)])
def test_linked_pairs(twice: bool, least: float) -> None:
    raw = pq.read_table(DATA)
    raw = raw.filter(pc.less(raw["cluster"], 4000))
    truth = dict(zip(raw["unique_id"].to_pylist(), raw["cluster"].to_pylist(), strict=True))
    table = as_records(raw, "cn_dev")
    if twice:
        rows = table.to_pylist()
        alike: dict[str, list[str]] = defaultdict(list)
        for character in sorted({character for row in rows for character in row["name"]}):
            alike[readings(character)[0]].append(character)
        lot = random.Random(7)
        table = pa.Table.from_pylist([worse(row, lot, 1.0, alike) for row in rows], schema=SCHEMA)
    result = link(table)
    found = dict(zip(result.links["unique_id"].to_pylist(), result.links["person_id"].to_pylist(), strict=True))
    assert pair_scores(found, truth)[2] >= least
