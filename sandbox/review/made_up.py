"""Made-up patients: a few invented people with rows, and what the program must say of them.

    day_30 = MadeUpPatient(
        name="readmitted on day 30",
        says="day 30 counts",
        rows={"ehr.encounters": [{"pat_id": "p1", "enc_id": "e1", "admit_dt": "2022-01-01"}]},
        expect={"readmissions": 1},
    )

Keys are written as any text; each becomes the same token in every table of its domain. A column that is
not mentioned is null.
"""

from __future__ import annotations

import hashlib
import math
import re
from typing import Any

import msgspec

from sandbox.checks.facts import ColumnSchema, Fact, Schema
from sandbox.errors import BadInput

NEAR = 1e-9
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"\d{4}-\d{2}")


class MadeUpPatient(Fact, frozen=True, kw_only=True):
    """`rows` by `source.table`; `expect` by the label of a value, text or step (its rows) or table (its rows)."""

    name: str
    says: str = ""
    rows: dict[str, list[dict[str, Any]]]
    expect: dict[str, Any] = {}


class Expectation(Fact, frozen=True, kw_only=True):
    """One thing a made-up patient must show, and what the program reported (null: nothing)."""

    patient: str
    label: str
    expected: Any
    got: Any = None
    ok: bool = False
    sentence: str = ""


def checked_patients(untrusted: object) -> tuple[MadeUpPatient, ...]:
    """What a model or a file gave, as made-up patients, or `BadInput` with the place of the mistake."""
    try:
        patients = msgspec.convert(untrusted, tuple[MadeUpPatient, ...])
    except msgspec.ValidationError as problem:
        raise BadInput(f"The made-up patients have the wrong shape: {problem}.") from problem
    if len({patient.name for patient in patients}) < len(patients):
        raise BadInput("Two made-up patients have the same name.", "Name each for what it shows.")
    return patients


def token_rows(patient: MadeUpPatient, schema: Schema) -> dict[str, list[dict[str, Any]]]:
    """The rows with tokens for keys, or `BadInput` naming the table and column."""
    return {
        name.lower(): [_token_row(name.lower(), row, schema) for row in rows] for name, rows in patient.rows.items()
    }


def compare(patient: MadeUpPatient, said: dict[str, Any], failure: str) -> tuple[Expectation, ...]:
    """Each expectation against what was said; `failure` is why a run ended early, if it did."""
    return tuple(_compare(patient.name, label, expected, said, failure) for label, expected in patient.expect.items())


def token(domain: str, value: object) -> int:
    """The token of a made-up key: the same for the same text in the same domain, below 2**63."""
    digest = hashlib.blake2b(f"{domain}\0{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _token_row(table: str, row: dict[str, Any], schema: Schema) -> dict[str, Any]:
    if table not in schema.tables:
        raise BadInput(f"There are rows in {table}, which the dictionary does not have.")
    columns = schema.tables[table].columns
    for name in row:
        if name.lower() not in columns:
            raise BadInput(f"{table} has no column {name!r} that a program can read.")
    return {name.lower(): _token_value(columns[name.lower()], value) for name, value in row.items()}


def _token_value(column: ColumnSchema, value: Any) -> Any:
    """A token for a key; a whole date where the author wrote the year or month that the program would see."""
    if value is None:
        return None
    if column.key != "none":
        return token(column.domain, value)
    written = str(value)
    if column.derivation == "year" and _YEAR.fullmatch(written):
        return f"{written}-07-01"
    if column.derivation == "month" and _MONTH.fullmatch(written):
        return f"{written}-01"
    return value


def _compare(patient: str, label: str, expected: Any, said: dict[str, Any], failure: str) -> Expectation:
    if label not in said:
        sentence = failure or f"Nothing was reported under {label!r}."
        return Expectation(patient=patient, label=label, expected=expected, sentence=sentence)
    got = said[label]
    return Expectation(patient=patient, label=label, expected=expected, got=got, ok=same(expected, got))


def same(expected: Any, got: Any) -> bool:
    """Equal as a reader would say: 1 and 1.0, and fractions to nine digits."""
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, (int, float)) and isinstance(got, (int, float)):
        return math.isclose(expected, got, rel_tol=NEAR, abs_tol=NEAR)
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(same(one, other) for one, other in zip(expected, got, strict=True))
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(same(expected[key], got[key]) for key in expected)
    return bool(expected == got)
