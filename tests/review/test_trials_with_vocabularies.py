"""A trial finds the codes that a program names in a vocabulary which is too large for the dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.dictionary import synthetic
from sandbox.dictionary.model import Column, Dictionary, Join, Table
from sandbox.dictionary.reference_file import open_file, write_file
from sandbox.dictionary.reference_index import ReferenceIndex
from sandbox.review import reference_rows
from sandbox.review.made_up import MadeUpPatient
from sandbox.review.reference_rows import MOST_OF_A_PATTERN, with_rows_for
from sandbox.review.trial import TrialWorker, try_draft
from sandbox.run_lock import RunLock

CODES = 1000
PROGRAM = """PARAMETERS = {"code": "D0777"}

def main(data, report, code):
    found = data.sql(
        '''SELECT e.pat_id FROM cdm.events e JOIN cdm.codes c ON e.code_id = c.code_id WHERE c.code = :code''',
        code=code,
    )
    report.value("events", len(found))
"""
PATIENT = MadeUpPatient(
    name="has an unusual code",
    rows={"cdm.events": [{"pat_id": "p1", "code_id": 999}]},
    expect={"events": 0},
)


def coded(name: str, kind: str) -> Column:
    return Column(name=name, type=kind, column_class="plain", told="name", given="full")


DICTIONARY = Dictionary(
    tables=(
        Table(
            source="cdm",
            name="events",
            columns=(
                Column(
                    name="pat_id",
                    type="BIGINT",
                    column_class="patient_key",
                    told="name",
                    given="token",
                    domain="patient",
                ),
                coded("code_id", "BIGINT"),
            ),
            joins=(Join(column="code_id", to_table="cdm.codes", to_column="code_id"),),
        ),
        Table(
            source="cdm",
            name="codes",
            columns=(coded("code_id", "BIGINT"), coded("code", "VARCHAR"), coded("words", "VARCHAR")),
            reference=True,
        ),
    ),
    dialects={"cdm": "duckdb"},
)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Mapping[str, ReferenceIndex]]:
    rows = [(str(number), f"D{number:04d}", f"Disease number {number}") for number in range(CODES)]
    written = write_file(tmp_path, "cdm.codes", ("code_id", "code", "words"), [rows], codes=("code_id", "code"))
    with open_file(tmp_path, written) as index:
        yield {"cdm.codes": index}


def made(dictionary: Dictionary, *literals: str | int) -> list[str]:
    return [str(one) for one in synthetic(dictionary, 1, literals=literals)["cdm.codes"]["code"].to_pylist()]


def test_codes_that_are_named_stand_in_the_made_up_table(files: Mapping[str, ReferenceIndex]) -> None:
    assert "D0777" not in made(DICTIONARY, "D0777")
    found = made(with_rows_for(DICTIONARY, files, ("D0777", 998)), "D0777")
    assert {"D0777", "D0998", "D0000", "D0199"} <= set(found) and "D0500" not in found
    assert len(found) == len(set(found)) == reference_rows.FIRST + 2


def test_a_pattern_brings_some_of_the_codes_that_begin_so(files: Mapping[str, ReferenceIndex]) -> None:
    found = made(with_rows_for(DICTIONARY, files, ("D06%",)))
    assert len([code for code in found if code.startswith("D06")]) == MOST_OF_A_PATTERN
    for nothing in ("%", "D%", "%06%", "D_6%"):
        assert made(with_rows_for(DICTIONARY, files, (nothing,))) == made(with_rows_for(DICTIONARY, files, ()))


def test_a_program_that_looks_a_code_up_finds_events_with_it(
    files: Mapping[str, ReferenceIndex], tmp_path: Path
) -> None:
    with closing(RunLock.open(tmp_path / "run.lock")) as lock:
        without = try_draft(PROGRAM, DICTIONARY, worker=TrialWorker(lock))
        trial = try_draft(PROGRAM, DICTIONARY, patients=(PATIENT,), files=files, worker=TrialWorker(lock))
    assert without.clean and trial.clean, trial.sentence
    assert without.values == {"events": 0}
    assert int(trial.values["events"]) > 0
    assert [one.ok for one in trial.expectations] == [True]
