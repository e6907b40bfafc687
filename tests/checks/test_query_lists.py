"""A list of the wrong kind ends in one refusal before any engine sees it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from query_examples import CREATE, SCHEMA

from sandbox.checks.query import check_query
from sandbox.errors import QueryRefused
from sandbox.matching import Tokens
from sandbox.running.queries import bound_parameters

LISTS = (
    "SELECT enc_id FROM ehr.encounters WHERE los IN (:stays) AND primary_dx IN (:codes) AND age_at_admit NOT IN (:ages)"
)


def test_a_list_is_known_to_be_compared_with_numbers() -> None:
    assert set(check_query(LISTS, SCHEMA).numbers) == {"stays", "ages"}
    years = "SELECT pat_id FROM ehr.patients p WHERE p.birth_year IN (:years) AND p.zip IN (:zips)"
    assert check_query(years, SCHEMA).numbers == ("years",)


@pytest.mark.parametrize("stays", [["long"], [1.5, "long"], [1, ""], ["1.5"], ["nan"]])
def test_what_is_no_number_is_refused_where_the_engine_would_stop(stays: list[object]) -> None:
    checked = check_query("SELECT enc_id FROM ehr.encounters WHERE los IN (:stays)", SCHEMA)
    with pytest.raises(QueryRefused, match="The list :stays is compared with numbers"):
        bound_parameters(checked, {"stays": stays})
    with duckdb.connect() as database:
        database.execute(CREATE)
        with pytest.raises(duckdb.Error):
            database.execute(checked.narrowed, {"stays": [str(item) for item in stays]}).fetchall()


@pytest.mark.parametrize("stays", [[], [1, 2.5, None], [2]])
def test_numbers_are_bound_and_run(stays: list[object]) -> None:
    checked = check_query("SELECT enc_id FROM ehr.encounters WHERE los IN (:stays)", SCHEMA)
    with duckdb.connect() as database:
        database.execute(CREATE)
        database.execute(checked.narrowed, bound_parameters(checked, {"stays": stays})).fetchall()


def test_texts_in_a_list_of_codes_stay_texts() -> None:
    checked = check_query("SELECT enc_id FROM ehr.encounters WHERE primary_dx IN (:codes)", SCHEMA)
    assert bound_parameters(checked, {"codes": ["I50.20", "x"]}) == {"codes": ["I50.20", "x"]}


def test_keys_of_text_are_no_cohort_of_a_key_of_numbers(tmp_path: Path) -> None:
    tokens = Tokens.open(tmp_path / "tokens.enc", bytes(32), "w")
    texts = tokens.hide("patient", pa.array(["P1", "P2"]))
    for kind in (pa.int64(), pa.decimal128(12, 0), pa.float64()):
        with pytest.raises(QueryRefused, match="holds numbers"):
            tokens.reveal("patient", texts, kind)
    with duckdb.connect() as database:  # what the engine would have made of them
        database.register("cohort", pa.table({"k": ["P1", "P2"]}))
        with pytest.raises(duckdb.BinderException):
            database.execute("SELECT 1 WHERE 7::DECIMAL(12, 0) IN (SELECT k FROM cohort)").fetchall()


def test_of_mixed_keys_those_that_are_no_numbers_are_left_out(tmp_path: Path) -> None:
    tokens = Tokens.open(tmp_path / "tokens.enc", bytes(32), "w")
    mixed = pa.concat_arrays(
        [tokens.hide("patient", pa.array(["P1", "0012.50"])), tokens.hide("patient", pa.array([7]))]
    )
    assert set(tokens.reveal("patient", mixed, pa.decimal128(12, 2)).to_pylist()) == {Decimal("7"), Decimal("12.5")}
    assert tokens.reveal("patient", mixed, pa.int64()).to_pylist() == [7]
    assert tokens.reveal("patient", mixed, pa.decimal128(12, 0)).to_pylist() == [7]
    with duckdb.connect() as database:
        database.register("cohort", pa.table({"k": tokens.reveal("patient", mixed, pa.decimal128(12, 2))}))
        found = database.execute("SELECT 12.50::DECIMAL(12, 2) IN (SELECT k FROM cohort)").fetchone()
    assert found == (True,)
