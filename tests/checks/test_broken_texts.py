"""Texts that no person writes and a fuzzer did: each ends in a refusal that says what to write, or in a verdict."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from query_examples import SCHEMA

from sandbox.checks.facts import ProgramCheck
from sandbox.checks.query import check_query
from sandbox.checks.verdict import judge_program
from sandbox.errors import QueryRefused

BROKEN = {
    "no select on one side": ("tsql", "SELECTehr.encounters UNION ALL SELECT los FROM ehr.encounters"),
    "nothing that is distinct": (
        "tsql",
        "SELECT string_agg(DISTINCT, ', ' ORDER BY primary_dx) AS dxs FROM ehr.encounters GROUP BY enc_class",
    ),
    "an order by nothing": ("duckdb", "SELECT rank() OVER (ORDER BY (SELECT los FROM ehr.encounters AS . )) AS n"),
    "an order by a broken table": (
        "duckdb",
        "SELECT ntile(4) OVER  name ORDER BY(SELECT e.enc_id FROM ehr.encounters AS . ; JOIN ehr.labs ON a AS '2') x",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_query_is_refused_with_what_to_write(name: str) -> None:
    dialect, sql = BROKEN[name]
    schema: Any = msgspec.structs.replace(SCHEMA, dialects=dict.fromkeys(SCHEMA.dialects, dialect))
    with pytest.raises(QueryRefused) as refused:
        check_query(sql, schema)
    assert refused.value.advice


@pytest.mark.parametrize("call", ["max()", "date_diff('day', min(admit_dt), max())", "coalesce()", "count(DISTINCT)"])
def test_a_call_without_arguments_ends_in_a_verdict(call: str) -> None:
    program = f'''def main(data, report):
    rows = data.sql("""SELECT enc_id, {call} AS n FROM ehr.encounters GROUP BY enc_id""")
    report.value("rows", len(rows))
'''
    assert isinstance(judge_program(program, SCHEMA).check, ProgramCheck)
