"""`preceptor check program` shows clinical warnings, `preceptor check why` the page on a rule."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from clinical_hospital import hospital

from sandbox.cli.check import command
from sandbox.errors import BadInput

PROGRAM = '''"""Length of stay, and stays of one class."""
PARAMETERS = {}

def main(data, report):
    report.table("stay", data.sql("SELECT avg(los) AS mean FROM ehr.encounters"))
    report.table("class", data.sql("SELECT count(*) AS n FROM ehr.enc_adm WHERE enc_class = 'INPATIENT'"))
'''


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "s.json").write_bytes(msgspec.json.encode(hospital()))
    path = tmp_path / "p.py"
    path.write_text(PROGRAM, "utf-8")
    return path


def run(*arguments: str) -> str:
    done = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_without_a_schema_there_are_the_warnings_that_need_none(program: Path) -> None:
    lines = run("program", str(program)).splitlines()
    assert lines[0].startswith("line 5: warn (clinical.mean_of_skewed): ") and "Instead: " in lines[0]
    assert lines[1] == "p.py is allowed; it asks 2 queries."


def test_with_a_schema_its_queries_are_checked_and_codes_looked_up(program: Path) -> None:
    found = json.loads(run("program", str(program), "--schema", str(program.with_name("s.json")), "--json"))
    rules = [(flag["line"], flag["rule"]) for flag in found["flags"]]
    assert rules == [(5, "clinical.mean_of_skewed"), (6, "clinical.unknown_code")]


def test_a_schema_that_is_none_is_refused_in_words(program: Path) -> None:
    with pytest.raises(BadInput, match="not of the form"):
        run("program", str(program), "--schema", str(program))


def test_the_page_on_a_rule_is_printed_and_an_unknown_rule_names_those_there_are() -> None:
    assert run("why", "clinical.denominator").startswith("A denominator that is not the cohort\n")
    with pytest.raises(BadInput) as refused:
        run("why", "nothing")
    assert "clinical.outcome_anchor" in refused.value.advice
