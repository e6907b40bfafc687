"""Runs from end to end: a real session, real jails, a real database; nothing is played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from canaries_here import CANARIES
from study import Ended, Study

from sandbox.errors import Refusal
from sandbox.messages.desk import Cancel, Reading, Run, RunBegan, RunEnded, Step
from sandbox.records import runs_used
from sandbox.sessions import Session

ENCOUNTERS = {"ehr.encounters": ("admit_dt", "charge", "enc_class", "enc_id", "pat_id")}
RESULTS = {"ehr.results": ("code", "pat_id", "value")}
EVERYTHING = ENCOUNTERS | RESULTS | {"ehr.patients": ("birth_year", "pat_id", "sex")}

ANALYSIS = '''
"""Inpatients, their charges by month, and their results."""
import matplotlib.pyplot as plt
import pandas as pd

PARAMETERS = {"start": "2022-03-01", "classes": ["IP", "ED"]}

def main(data, report, start, classes):
    stays = data.sql(
        """
        SELECT pat_id, enc_id, admit_dt, charge FROM ehr.encounters
        WHERE admit_dt >= :start AND enc_class IN (:classes)
        """,
        start=start, classes=classes,
    )
    report.step("stays", stays)
    people = data.sql("SELECT pat_id, sex FROM ehr.patients WHERE sex = 'F'")
    women = stays.merge(people, on="pat_id")
    report.step("women", women)
    report.value("women", int(women.pat_id.nunique()))
    report.value("charge", float(women.charge.sum()))
    monthly = women.groupby(women.admit_dt.dt.to_period("M")).size().rename("stays").reset_index()
    report.table("By month", monthly)
    few = women.pat_id.drop_duplicates().head(10)
    labs = data.sql("SELECT pat_id, value FROM ehr.results", cohort={"pat_id": few})
    report.value("results of ten", len(labs))
    report.value("patients of ten", int(labs.pat_id.nunique()))
    figure, axes = plt.subplots()
    axes.plot(range(len(monthly)), monthly.stays)
    report.figure("Trend", figure)
    report.text("Note", "Stays from March 2022 on.")
    everyone = data.sql("SELECT DISTINCT pat_id FROM ehr.encounters")
    report.table("tokens", everyone.sort_values("pat_id"))
    large = data.sql("SELECT pat_id, value, code FROM ehr.results")
    report.value("rows", len(large))
    report.value("sum", int(large.value.sum()))
    report.value("patients", int(large.pat_id.nunique()))
    report.value("type", str(large.pat_id.dtype))
'''


@pytest.fixture(scope="module")
def approval(study: Study) -> str:
    return study.approve(ANALYSIS, EVERYTHING, parameters={"start": "2022-03-01", "classes": ["IP", "ED"]}, runs=2)


@pytest.fixture(scope="module")
def analysis(study: Study, approval: str) -> Ended:
    return study.run(approval)


def of(lines: list[Any], kind: type) -> list[Any]:
    return [line for line in lines if isinstance(line, kind)]


def test_a_signed_program_runs_and_its_results_are_those_of_plain_sql(
    study: Study, analysis: Ended, hospital: Path
) -> None:
    assert analysis.last.outcome == "finished", analysis.last.sentence
    results = study.results(analysis)
    with duckdb.connect(str(hospital), read_only=True) as connection:
        women = """
            FROM encounters JOIN patients USING (pat_id)
            WHERE admit_dt >= DATE '2022-03-01' AND enc_class IN ('IP', 'ED') AND sex = 'F'
        """
        patients, charge = connection.sql(f"SELECT count(DISTINCT pat_id), sum(charge) {women}").fetchall()[0]
        monthly = connection.sql(
            f"SELECT strftime(admit_dt, '%Y-%m') AS m, count(*) AS n {women} GROUP BY 1 ORDER BY 1"
        ).fetchall()
        per_patient = connection.sql("SELECT count(*) FROM results WHERE pat_id = 900000").fetchall()[0]
    assert results.values["women"] == patients
    assert results.values["charge"] == pytest.approx(float(charge))
    assert results.tables["By month"].column("admit_dt").to_pylist() == [month for month, _ in monthly]
    assert results.tables["By month"].column("stays").to_pylist() == [count for _, count in monthly]
    assert results.values["results of ten"] == 10 * per_patient[0]
    assert results.values["patients of ten"] == 10
    assert results.figures["Trend"].startswith(b"\x89PNG")
    assert results.texts == {"Note": "Stays from March 2022 on."}


def test_the_desk_sees_the_run_as_it_goes(analysis: Ended) -> None:
    assert [line.label for line in of(analysis.lines, Step)] == ["stays", "women"]
    assert len(of(analysis.lines, RunBegan)) == 1
    assert of(analysis.lines, Reading)[-1].rows > 1000
    assert analysis.last.results == 12


def test_the_record_says_what_ran_and_in_what_jail(study: Study, analysis: Ended) -> None:
    record = study.record(analysis.last.run)
    assert (record.outcome, len(record.queries)) == ("finished", 5)
    assert set(record.results) == {label for _, label in study.results(analysis).order}
    assert record.steps == ("stays", "women")
    assert record.jail["program"]["landlock"].startswith("on")
    assert record.jail["door"]["seccomp"].startswith("on")
    assert record.jail["self test"]["probes"] > 50
    events = [entry.event for entry in study.log.entries() if entry.details.get("run") == analysis.last.run]
    assert events[:2] == ["run.reserved", "run.ended"]


def test_no_name_number_or_phone_of_a_patient_lies_in_the_workspace_or_went_to_the_desk(
    study: Study, analysis: Ended
) -> None:
    said = b"\n".join(msgspec.json.encode(line) for line in analysis.lines)
    for canary in CANARIES:
        assert canary.encode() not in study.plain_bytes()
        assert canary.encode() not in said


def test_a_million_rows_reach_the_program_whole(study: Study, analysis: Ended, hospital: Path) -> None:
    with duckdb.connect(str(hospital), read_only=True) as connection:
        total = connection.sql("SELECT sum(value) FROM results").fetchall()[0][0]
    values = study.results(analysis).values
    found = {name: values[name] for name in ("rows", "sum", "patients", "type")}
    assert found == {"rows": 1_000_000, "sum": total, "patients": 400, "type": "int64"}


def test_a_second_run_gives_the_same_tokens_and_a_third_is_refused(
    study: Study, analysis: Ended, approval: str
) -> None:
    again = study.run(approval)
    first, second = (study.results(ended).tables["tokens"].column(0).to_pylist() for ended in (analysis, again))
    assert len(first) == 400
    assert first == second
    assert not set(first) & set(range(900_000, 900_400))
    with pytest.raises(Refusal, match="The approval is used up: its 2 runs are spent."):
        study.run(approval)
    assert runs_used(study.log, approval) == 2


READS = "SELECT pat_id, enc_id, enc_class FROM ehr.encounters"


def program(*lines: str) -> str:
    return "def main(data, report):\n" + "".join(f"    {line}\n" for line in lines)


def test_a_value_in_an_exception_goes_nowhere(study: Study) -> None:
    ended = study.approve_and_run(
        program(f'stays = data.sql("{READS}")', "token = str(stays.pat_id[0])", "raise KeyError(token)"), ENCOUNTERS
    )
    assert ended.last.outcome == "failed"
    assert ended.last.sentence == "The program stopped at line 4 with KeyError."
    assert ended.last.results == 0
    record = study.record(ended.last.run)
    assert (record.exception, record.line, record.name, record.results) == ("KeyError", 4, "", {})
    assert not (study.workspace.run(ended.last.run) / "results.enc").exists()


def test_fifty_gigabytes_are_refused_with_a_clear_ending(study: Study) -> None:
    text = "import numpy as np\n\n" + program(f'stays = data.sql("{READS}")', "big = np.ones(50 * 2**30, dtype='int8')")
    ended = study.approve_and_run(text, ENCOUNTERS)
    assert ended.last.outcome == "limit"
    assert "line 5 because it needed more memory than it may have" in ended.last.sentence


def test_a_program_which_never_ends_is_stopped_at_its_limit(hospital: Path, tmp_path: Path) -> None:
    study = Study(tmp_path / "workspace", hospital, program_seconds=2)
    ended = study.approve_and_run(program("n = 0", "while True:", "    n = n + 1"), ENCOUNTERS)
    assert ended.last.outcome == "limit"
    assert "longer than 2 seconds" in ended.last.sentence
    assert study.record(ended.last.run).outcome == "limit"


ENDLESS_QUERY = program(
    'data.sql("SELECT count(*) AS n FROM ehr.results a, ehr.results b WHERE a.value * b.value = a.code + b.code")'
)


def test_a_cancel_reaches_a_running_query(study: Study) -> None:
    approval = study.approve(ENDLESS_QUERY, RESULTS)
    with Session.running(study.workspace) as session:
        session.send(Run(approval=approval))
        for _ in session.until(RunBegan, timeout=120):
            pass
        session.send(Cancel())
        *_, last = session.until(RunEnded, timeout=60)
    assert (last.outcome, last.sentence) == ("cancelled", "The run was cancelled.")
    assert study.record(last.run).outcome == "cancelled"
    assert runs_used(study.log, approval) == 1
