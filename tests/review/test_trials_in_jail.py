"""Drafts tried in a real drafting worker: synthetic data, made-up patients, deadlines, and flags of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest
from small_hospital import DERIVED, DICTIONARY, READMISSIONS

from sandbox.errors import JailRefused
from sandbox.messages.frames import BadFrame
from sandbox.review.made_up import Expectation, MadeUpPatient
from sandbox.review.seen import Trial
from sandbox.review.trial import TrialWorker, check_draft, checked_trial, try_draft, try_everywhere
from sandbox.review.trial_messages import Setting
from sandbox.run_lock import RunLock, TrialUnderWay

STUBBORN = """def main(data, report):
    while True:
        try:
            main(data, report)
        except:
            pass
"""
HOG = """import numpy as np

def main(data, report):
    kept = []
    while True:
        kept.append(np.zeros(2**28))
"""


def readmitted_on(day: int, expected: int) -> MadeUpPatient:
    first = {"pat_id": "p1", "enc_id": "e1", "admit_dt": "2022-03-01", "disch_dt": "2022-03-02", "dx": "I50.21"}
    second = {"pat_id": "p1", "enc_id": "e2", "admit_dt": f"2022-03-{2 + day - 1:02d}", "dx": "J18.9"}
    if 2 + day > 31:
        second["admit_dt"] = f"2022-04-{2 + day - 31:02d}"
    return MadeUpPatient(
        name=f"readmitted on day {day}",
        says=f"day {day} counts {expected}",
        rows={"ehr.patients": [{"pat_id": "p1", "sex": "F"}], "ehr.stays": [first, second]},
        expect={"readmissions": expected, "heart-failure stays": 1},
    )


@pytest.fixture(scope="module")
def lock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunLock]:
    made = RunLock.open(tmp_path_factory.mktemp("workspace") / "run.lock")
    yield made
    made.close()


@pytest.fixture(scope="module")
def trials(lock: RunLock) -> tuple[Trial, ...]:
    """Three seeds and the edge case, by one worker that was started ahead."""
    patients = (readmitted_on(30, 1), readmitted_on(31, 0))
    return try_everywhere(READMISSIONS, DICTIONARY, patients=patients, worker=TrialWorker(lock))


@pytest.mark.parametrize("what", [JailRefused("There is no jail."), KeyboardInterrupt()])
def test_a_trial_that_can_not_begin_keeps_no_run_away(
    what: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*role: object, **more: object) -> NoReturn:
        with pytest.raises(TrialUnderWay):
            run.take_for_run(seconds=0.0)
        raise what

    run, trial = RunLock.open(tmp_path / "lock", alone=True), RunLock.open(tmp_path / "lock")
    monkeypatch.setattr("sandbox.review.trial.spawn", refusing)
    with pytest.raises(type(what)):
        TrialWorker(trial)
    run.take_for_run(seconds=0.0)
    run.close()
    trial.close()


def test_one_worker_tries_a_draft_on_every_kind_of_data(trials: tuple[Trial, ...]) -> None:
    assert [(trial.seed, trial.edge, trial.clean) for trial in trials] == [
        (1, False, True),
        (2, False, True),
        (3, False, True),
        (1, True, True),
    ]
    assert [len(trial.expectations) for trial in trials] == [4, 0, 0, 0]
    assert trials[0].values != trials[1].values


def test_a_draft_is_tried_on_synthetic_data_and_on_each_made_up_patient(trials: tuple[Trial, ...]) -> None:
    trial = trials[0]
    assert trial.clean, trial.traceback
    assert [step.label for step in trial.steps] == ["heart-failure stays", "followed by another"]
    assert trial.steps[0].rows > 0
    assert 0 < trial.steps[0].patients <= trial.steps[0].rows
    assert [query.sentence for query in trial.queries] == ["", ""]
    assert isinstance(trial.values["readmissions"], int)
    assert [column.name for column in trial.tables[0].columns] == ["disch_dt", "value"]
    assert trial.figures == ("trend",)
    assert trial.lines_never == (20,)
    assert [(one.patient, one.label, one.got) for one in trial.expectations] == [
        ("readmitted on day 30", "readmissions", 1),
        ("readmitted on day 30", "heart-failure stays", 1),
        ("readmitted on day 31", "readmissions", 0),
        ("readmitted on day 31", "heart-failure stays", 1),
    ]
    assert trial.expectations_met


def test_a_made_up_patient_tells_a_wrong_program_from_a_right_one(lock: RunLock) -> None:
    wrong = READMISSIONS.replace("gap <= pd", "gap < pd")
    bad_row = MadeUpPatient(name="odd", rows={"ehr.stays": [{"enc_id": "e", "admit_dt": "yesterday"}]}, expect={"n": 1})
    trial = try_draft(wrong, DICTIONARY, patients=(readmitted_on(30, 1), bad_row), worker=TrialWorker(lock))
    assert not trial.clean
    assert trial.sentence.startswith("Made-up patient 'odd': A row of ehr.stays can't be made")
    first, _, odd = trial.expectations
    assert (first.expected, first.got, first.ok) == (1, 0, False)
    assert not odd.ok
    assert "yesterday" in odd.sentence


def test_a_failure_on_synthetic_data_comes_with_its_traceback(lock: RunLock) -> None:
    trial = try_draft(READMISSIONS.replace('on="pat_id")', 'on="pat")'), DICTIONARY, worker=TrialWorker(lock))
    assert not trial.clean
    assert trial.line == 14
    assert "KeyError" in trial.traceback
    assert "line 14, in main: pairs = first.merge" in trial.traceback
    assert "/" not in trial.traceback


def test_a_query_outside_the_dictionary_is_refused_with_a_sentence(lock: RunLock) -> None:
    program = READMISSIONS.replace("SELECT pat_id, admit_dt", "SELECT pat_id, surname, admit_dt")
    trial = try_draft(program, DICTIONARY, worker=TrialWorker(lock))
    assert not trial.clean
    assert "surname" in trial.queries[-1].sentence
    assert "PAT_SNAME" not in trial.traceback + trial.queries[-1].sentence


def test_derived_columns_are_derived_on_made_up_rows_too(lock: RunLock) -> None:
    rows = {"ehr.patients": [{"pat_id": "p1", "birth_year": "1950-02-03", "zip": "55901"}]}
    born = MadeUpPatient(name="born 1950", rows=rows, expect={"oldest": 1950, "zip": 3})
    rows = {"ehr.patients": [{"pat_id": "p1", "birth_year": 1950, "zip": "559"}]}
    by_year = MadeUpPatient(name="by what is seen", rows=rows, expect={"oldest": 1950, "zip": 3})
    trial = try_draft(DERIVED, DICTIONARY, patients=(born, by_year), worker=TrialWorker(lock))
    assert trial.clean, trial.sentence + trial.traceback
    assert trial.expectations_met, trial.expectations
    assert trial.steps[0].patients > 0


def test_an_endless_loop_ends_with_the_line_it_was_on(lock: RunLock) -> None:
    trial = try_draft(
        "def main(data, report):\n    while True:\n        pass\n", DICTIONARY, seconds=5.0, worker=TrialWorker(lock)
    )  # on a busy machine a second is over before the libraries are there
    assert not trial.clean
    assert trial.line in (2, 3)
    assert "took too long" in trial.sentence


def test_a_program_that_will_not_be_interrupted_is_killed(lock: RunLock) -> None:
    trial = try_draft(STUBBORN, DICTIONARY, seconds=1.0, worker=TrialWorker(lock))
    assert not trial.clean
    assert trial.sentence == "The program was still running after 1 seconds, on synthetic data."


def test_a_memory_hog_ends_with_a_sentence(lock: RunLock) -> None:
    trial = try_draft(HOG, DICTIONARY, worker=TrialWorker(lock))
    assert not trial.clean
    assert "memory" in trial.sentence


def test_a_worker_cannot_forge_what_was_expected() -> None:
    forged = Trial(
        clean=True,
        seed=9,
        line=4711,
        lines_run=(1, 4711),
        expectations=(
            Expectation(patient="readmitted on day 30", label="readmissions", expected=0, got=0, ok=True),
            Expectation(patient="nobody", label="x", expected=1, got=1, ok=True),
        ),
    )
    trial = checked_trial(msgspec.json.encode(forged), Setting(), (readmitted_on(30, 1),), 0.5, 10)
    assert (trial.seed, trial.line, trial.lines_run) == (1, 0, (1,))
    assert [(one.label, one.expected, one.ok) for one in trial.expectations] == [
        ("readmissions", 1, False),
        ("heart-failure stays", 1, False),
    ]
    with pytest.raises(BadFrame):
        checked_trial(b"{", Setting(), (), 0.5, 10)


def test_flags_and_grant_come_from_a_child_that_never_runs_the_program() -> None:
    verdict = check_draft(READMISSIONS, DICTIONARY)
    assert verdict.check.may_run
    assert set(verdict.grant.tables["ehr.stays"]) == {"pat_id", "enc_id", "admit_dt", "disch_dt", "dx"}
    refused = check_draft("import os\n\ndef main(data, report):\n    pass\n", DICTIONARY)
    assert [flag.line for flag in refused.check.flags if flag.severity == "refuse"] == [1]


@pytest.mark.parametrize("program", ["x = (", "\x00", "def main(:"])
def test_what_is_no_program_is_flagged_not_crashed(program: str) -> None:
    verdict = check_draft(program, DICTIONARY)
    assert any(flag.severity == "refuse" for flag in verdict.check.flags)
