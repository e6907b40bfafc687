"""Choosing what is derived from a column: what is offered, what would tell too much, and that it is kept."""

from __future__ import annotations

import msgspec
import pytest

from sandbox.dictionary.model import Column, Dictionary, Table
from sandbox.dictionary.schema import schema_of
from sandbox.dictionary.synthetic_rows import synthetic
from sandbox.dictionary.text import describe
from sandbox.errors import BadInput
from sandbox.records import columns_hash
from sandbox.review.deriving import derived_as, read_form
from sandbox.review.engine import trial_schema


def date(name: str, given: str = "full", derivation: str = "none", kind: str = "DATE") -> Column:
    return msgspec.convert(
        {"name": name, "type": kind, "column_class": "date", "told": "name", "given": given, "derivation": derivation},
        Column,
    )


KEY = Column(name="pat_id", type="VARCHAR", column_class="patient_key", told="name", given="token", domain="patient")
STAYS = Table(
    source="ehr",
    name="stays",
    per_patient=2,
    columns=(
        KEY,
        date("birth_date", "derived", "year"),
        date("admit_dt", "nothing"),
        date("disch_dt"),
        date("death_dt"),
        Column(name="zip", type="VARCHAR", column_class="geography", told="name", given="nothing"),
        Column(name="age", type="INTEGER", column_class="plain", told="name", given="full"),
        Column(name="mrn", type="DATE", column_class="direct_identifier"),
    ),
)
BY_NAME = {column.name: column for column in STAYS.columns}


@pytest.mark.parametrize(
    ("name", "form"),
    [("disch_dt", "days_since:admit_dt"), ("admit_dt", "age_at:birth_date"), ("disch_dt", "month")]
    + [("zip", "zip3"), ("age", "age_capped"), ("disch_dt", "YEAR ")],
)
def test_forms_that_fit_are_taken(name: str, form: str) -> None:
    found = derived_as(STAYS, BY_NAME[name], form)
    assert found.given == "derived"
    assert (found.derivation, found.anchor) == read_form(form)


@pytest.mark.parametrize(
    ("name", "form", "why"),
    [
        ("disch_dt", "days_since:death_dt", "give disch_dt back"),
        ("disch_dt", "days_since:birth_date", "over 89"),
        ("birth_date", "days_since:admit_dt", "cut down only"),
        ("birth_date", "month", "cut down only"),
        ("disch_dt", "days_since:disch_dt", "no other column"),
        ("disch_dt", "days_since:nowhere", "no other column"),
        ("disch_dt", "days_since:age", "no date"),
        ("zip", "age_at:birth_date", "no date"),
        ("disch_dt", "age_at:mrn", "identifies people"),
        ("pat_id", "year", "identifies people"),
        ("zip", "age_capped", "can't be derived"),
        ("disch_dt", "days_since", "Nothing is derived"),
        ("disch_dt", "year:admit_dt", "Nothing is derived"),
        ("disch_dt", "none", "Nothing is derived"),
    ],
)
def test_forms_that_tell_too_much_or_nothing_are_refused(name: str, form: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        derived_as(STAYS, BY_NAME[name], form)


def counted() -> Table:
    chosen = {"disch_dt": "days_since:admit_dt", "death_dt": "age_at:birth_date"}
    columns = tuple(derived_as(STAYS, one, chosen[one.name]) if one.name in chosen else one for one in STAYS.columns)
    return msgspec.structs.replace(STAYS, columns=columns)


def test_a_counted_column_is_a_number_in_the_text_the_schema_and_made_up_data() -> None:
    dictionary = Dictionary(tables=(counted(),), dialects={"ehr": "duckdb"})
    said = describe(dictionary, ["ehr.stays"])
    assert "disch_dt DATE, given as a whole number: the days since another date of the row, from admit_dt on" in said
    schema = schema_of(dictionary).tables["ehr.stays"].columns["disch_dt"]
    assert (schema.anchor, schema.anchor_type) == ("admit_dt", "DATE")
    made = synthetic(dictionary, seed=1)["ehr.stays"]
    assert str(made.schema.field("disch_dt").type) == "int32"
    ages = [age for age in made.column("death_dt").to_pylist() if age is not None]
    assert ages and max(ages) <= 90
    own = trial_schema(schema_of(dictionary)).tables["ehr.stays"].columns["disch_dt"]
    assert (own.type, own.derivation) == ("INTEGER", "none")


def test_what_a_program_read_is_bound_to_the_date_that_it_is_counted_from() -> None:
    table = counted()
    moved = tuple(
        msgspec.structs.replace(one, physical="OTHER") if one.name == "admit_dt" else one for one in table.columns
    )
    before = columns_hash(table, ("disch_dt",))
    assert before != columns_hash(msgspec.structs.replace(table, columns=moved), ("disch_dt",))
    assert columns_hash(table, ("zip",)) == columns_hash(msgspec.structs.replace(table, columns=moved), ("zip",))
