"""The engine of trials obeys row scopes, and exclusions as far as made-up data has what they read."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from small_hospital import DICTIONARY

from sandbox.checks.facts import Exclusion, KeyList, RowScope
from sandbox.dictionary import schema_of
from sandbox.messages.data_door import QueryAnswered, QueryAsked
from sandbox.review.engine import Engine, trial_schema

SCHEMA = trial_schema(schema_of(DICTIONARY))
VALUES = {
    "ehr.patients": {"pat_id": [1, 2, 3], "sex": ["F", "M", "F"]},
    "ehr.stays": {"enc_id": [10, 20, 30, 31], "pat_id": [1, 2, 3, 3], "dx": ["A", "B", "A", None]},
}
TABLES: dict[str, pa.Table] = {
    name: pa.table(
        {
            column: found.get(column, [None] * len(found["pat_id"]))
            for column in SCHEMA.tables[name].columns  # whatever a trial makes up, it makes every column
        }
    )
    for name, found in VALUES.items()
}
LIST = KeyList(name="l-1", count=1, commitment="x")
WOMEN = Exclusion(words="women", table="ehr.patients", key="pat_id", condition="sex = 'F'", columns=("sex",))


def stays(**limits: Any) -> int:
    engine = Engine(SCHEMA, TABLES, **limits)
    engine.send(QueryAsked(number=1, sql="SELECT enc_id, dx FROM ehr.stays", parameters={}, cohort=()))
    answer, _ = engine.receive(None)
    assert isinstance(answer, QueryAnswered), answer
    return answer.rows


def test_a_trial_obeys_a_row_scope() -> None:
    scope = RowScope(words="A only", condition="dx = 'A'", columns=("dx",))
    assert stays() == 4
    assert stays(rows={"ehr.stays": (scope,)}) == 2


def test_a_trial_obeys_an_exclusion_by_a_condition() -> None:
    assert stays(exclusions=(WOMEN,)) == 1


def test_what_made_up_data_does_not_have_limits_no_trial() -> None:
    cohort = RowScope(words="a list", key="pat_id", keys=LIST, columns=("pat_id",))
    hidden = RowScope(words="hidden", condition="surname IS NULL", columns=("surname",))
    listed = Exclusion(
        words="a list", table="ehr.patients", key="pat_id", columns=("pat_id",), identifier="pat_id", keys=LIST
    )
    elsewhere = Exclusion(words="x", table="reg.people", key="pat_id", condition="test = 1", columns=("test",))
    assert stays(rows={"ehr.stays": (cohort,), "ehr.patients": (hidden,)}, exclusions=(listed, elsewhere)) == 4
