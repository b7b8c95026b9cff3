"""The Chinese development set: figures of linked pairs, no truth used."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from linli.engines.linkage import link
from linli.engines.linkage.tables import as_records
from linli.engines.linkage.tests.made import pair_scores, twice_the_errors

DATA = Path(__file__).parents[4] / "tests" / "data" / "linkage" / "cn_dev.parquet"


@pytest.mark.parametrize(("twice", "least"), [(False, 0.99), (True, 0.97)])
def test_linked_pairs(twice: bool, least: float) -> None:
    raw = pq.read_table(DATA)
    raw = raw.filter(pc.less(raw["cluster"], 4000))
    truth = dict(zip(raw["unique_id"].to_pylist(), raw["cluster"].to_pylist(), strict=True))
    table = as_records(raw, "cn_dev")
    if twice:
        table = twice_the_errors(table, seed=7)
    result = link(table)
    found = dict(zip(result.links["unique_id"].to_pylist(), result.links["person_id"].to_pylist(), strict=True))
    assert pair_scores(found, truth)[2] >= least
