"""Pairs and what they have in common: Splink 5 on DuckDB, in memory."""
# ruff: noqa: S608 - the SQL is put together from field names and Splink's own table name, never from data.

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from linli.engines.linkage.blocking import KEYS, key_column
from linli.engines.linkage.data import LinkOptions
from linli.engines.linkage.levels import FIELDS, Field

if TYPE_CHECKING:
    import duckdb


def connect(options: LinkOptions) -> duckdb.DuckDBPyConnection:
    """A database in memory that can fetch no extension and, unless told where, write no file."""
    import duckdb

    config: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "threads": str(options.threads),
        "preserve_insertion_order": "false",
    }
    if options.memory_limit is not None:
        config["memory_limit"] = options.memory_limit
    if options.spill_dir is None:
        config["max_temp_directory_size"] = "0KiB"
    else:
        config["temp_directory"] = options.spill_dir
    return duckdb.connect(":memory:", config=config)


def splink_settings() -> dict[str, Any]:
    """The model as a Splink settings dictionary with the shipped parameters."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "i",
        "probability_two_random_records_match": 0.1,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
        "comparisons": [_comparison(field) for field in FIELDS],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": f"l.{key_column(name)} = r.{key_column(name)}", "sql_dialect": "duckdb"} for name in KEYS
        ],
    }


def _comparison(field: Field) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": field.null_sql, "label_for_charts": "null", "is_null_level": True}
    ]
    for level in field.levels:
        levels.append(
            {
                "sql_condition": level.sql or "ELSE",
                "label_for_charts": level.code,
                "m_probability": level.match,
                "u_probability": level.other,
            }
        )
    return {"output_column_name": field.name, "comparison_levels": levels}


def compare(db: duckdb.DuckDBPyConnection) -> tuple[np.ndarray, np.ndarray]:
    """Every candidate pair of table `keyed`: (n, 2) row numbers, ordered, and (n, fields) level numbers."""
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection=db)
    linker = Linker(api.register("keyed"), splink_settings(), log_level=None, validate_settings=False)
    scored = linker.inference.predict(warning_mode="never")
    gammas = ", ".join(f"gamma_{field.name}::tinyint as {field.name}" for field in FIELDS)
    table: pa.Table = db.sql(
        f"select least(i_l, i_r) as a, greatest(i_l, i_r) as b, {gammas} from {scored.physical_name} order by a, b"
    ).to_arrow_table()
    pairs = np.stack([table["a"].to_numpy(), table["b"].to_numpy()], axis=1).astype(np.int32)
    levels = np.stack([table[field.name].to_numpy() for field in FIELDS], axis=1).astype(np.int8)
    return pairs.reshape(-1, 2), levels.reshape(-1, len(FIELDS))
