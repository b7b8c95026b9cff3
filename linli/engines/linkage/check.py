"""A result of `link` tried against its records, without the code that made it."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa

from linli.engines.errors import Fault
from linli.engines.linkage.data import LINKS, REVIEW, LinkResult, ordered_records, person_id, table_digest


def check_links(records: pa.Table, result: LinkResult) -> list[Fault]:
    """Everything wrong with the result: none when it stands.

    Asked: is it of these records (digest)? has every record exactly one link, under its own list?
    is every person's number that of its smallest record? are the probabilities probabilities?
    does the review queue name two different records of the lists in each row?
    """
    faults: list[Fault] = []
    ordered = ordered_records(records)
    if result.digest != table_digest(ordered):
        faults.append(Fault("digest_differs", value=result.digest))
    if result.links.schema != LINKS or result.review.schema != REVIEW:
        return [*faults, Fault("columns_differ")]
    source = dict(zip(ordered["unique_id"].to_pylist(), ordered["source"].to_pylist(), strict=True))
    links = result.links.to_pylist()
    seen = Counter(row["unique_id"] for row in links)
    faults += [Fault("record_without_link", value=key) for key in source if key not in seen]
    faults += [Fault("link_without_record", value=key) for key in seen if key not in source]
    faults += [Fault("link_repeated", value=key) for key, count in seen.items() if count > 1]
    smallest: dict[str, str] = {}
    for row in links:
        person = row["person_id"]
        smallest[person] = min(smallest.get(person, row["unique_id"]), row["unique_id"])
        if row["unique_id"] in source and row["source"] != source[row["unique_id"]]:
            faults.append(Fault("source_differs", value=row["unique_id"]))
        if row["probability"] is None or not 0.0 <= row["probability"] <= 1.0:
            faults.append(Fault("probability_out_of_range", value=row["unique_id"]))
    faults += [Fault("person_misnamed", value=person) for person, key in smallest.items() if person != person_id(key)]
    for row in result.review.to_pylist():
        if row["a"] == row["b"] or row["a"] not in source or row["b"] not in source:
            faults.append(Fault("review_without_record", value=f"{row['a']} {row['b']}"))
    return faults
