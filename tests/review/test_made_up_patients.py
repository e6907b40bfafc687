"""Made-up patients: keys written as text, rows checked against the dictionary, expectations compared."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.checks.facts import ColumnSchema, Schema, TableSchema
from sandbox.errors import BadInput
from sandbox.review.made_up import MadeUpPatient, checked_patients, compare, same, token, token_rows

PATIENT = ColumnSchema(type="BIGINT", given="token", key="patient", domain="patient")
ENCOUNTER = ColumnSchema(type="BIGINT", given="token", key="event", domain="encounter")
SCHEMA = Schema(
    tables={
        "ehr.stays": TableSchema(
            columns={"pat_id": PATIENT, "enc_id": ENCOUNTER, "age": ColumnSchema(type="INTEGER", given="full")}
        ),
        "ehr.labs": TableSchema(columns={"person": PATIENT, "enc_id": ENCOUNTER}),
    },
    dialects={"ehr": "duckdb"},
)


def test_one_key_is_one_token_in_every_table_of_its_domain() -> None:
    patient = MadeUpPatient(
        name="a",
        rows={"ehr.stays": [{"pat_id": "1", "enc_id": 1, "age": 40}], "EHR.labs": [{"PERSON": 1, "enc_id": "2"}]},
    )
    rows = token_rows(patient, SCHEMA)
    stay, lab = rows["ehr.stays"][0], rows["ehr.labs"][0]
    assert stay["pat_id"] == lab["person"] == token("patient", 1)
    assert stay["enc_id"] == token("encounter", "1") != stay["pat_id"]
    assert stay["age"] == 40
    assert 0 <= stay["enc_id"] < 2**63


def test_no_key_stays_no_key() -> None:
    patient = MadeUpPatient(name="a", rows={"ehr.stays": [{"pat_id": None}]})
    assert token_rows(patient, SCHEMA)["ehr.stays"] == [{"pat_id": None}]


@pytest.mark.parametrize(
    ("rows", "named"),
    [({"ehr.nothing": [{}]}, "ehr.nothing"), ({"ehr.stays": [{"ssn": 1}]}, "ssn")],
)
def test_rows_outside_the_dictionary_are_refused_by_name(rows: dict[str, Any], named: str) -> None:
    with pytest.raises(BadInput, match=named):
        token_rows(MadeUpPatient(name="a", rows=rows), SCHEMA)


@pytest.mark.parametrize("untrusted", [{"name": "x"}, [{"name": "x"}], [{"name": "x", "rows": {"t": [1]}}], "text"])
def test_the_wrong_shape_is_refused(untrusted: object) -> None:
    with pytest.raises(BadInput, match="wrong shape"):
        checked_patients(untrusted)


def test_two_patients_of_one_name_are_refused() -> None:
    with pytest.raises(BadInput, match="same name"):
        checked_patients([{"name": "x", "rows": {}}, {"name": "x", "rows": {}}])


@pytest.mark.parametrize(
    ("expected", "got", "equal"),
    [
        (1, 1.0, True),
        (0.1 + 0.2, 0.3, True),
        (1, True, False),
        ("a", "a", True),
        (None, None, True),
        (0, None, False),
        ([1, 2], [1, 2.0], True),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"b": 1}, False),
    ],
)
def test_equal_is_what_a_reader_calls_equal(expected: Any, got: Any, equal: bool) -> None:
    assert same(expected, got) is equal


def test_expectations_say_what_was_missing() -> None:
    patient = MadeUpPatient(name="a", rows={}, expect={"n": 1, "rate": 0.5, "missing": 3})
    right, wrong, missing = compare(patient, {"n": 1, "rate": 0.25}, "")
    assert (right.ok, wrong.ok, missing.ok) == (True, False, False)
    assert wrong.got == 0.25
    assert missing.sentence == "Nothing was reported under 'missing'."
    assert compare(patient, {}, "It failed.")[0].sentence == "It failed."
