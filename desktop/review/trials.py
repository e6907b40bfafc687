"""What trials showed, as rows for the screen: on synthetic data and on made-up patients. No Qt in here."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from desktop.review.exhibits import value_text
from desktop.words import plural
from sandbox.reviewing.orders.facts import Evidence, Expectation, MadeUpPatient, Trial
from sandbox.visible import visible, visible_lines

NOTHING = "nothing"


class FactRow(NamedTuple):
    """Something a trial reported, beside what the version compared with reported on the same data."""

    id: str
    now: str
    before: str
    differs: bool


class TableHead(NamedTuple):
    """The first rows of a table that a trial reported."""

    label: str
    words: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class TrialShown(NamedTuple):
    name: str
    ok: bool
    words: str
    facts: tuple[FactRow, ...]
    tables: tuple[TableHead, ...]
    line: int
    traceback: str


class ExpectedRow(NamedTuple):
    """One thing that a made-up patient must show, and what the program said."""

    id: str
    expected: str
    got: str
    ok: bool

    @property
    def state(self) -> str:
        return "as expected" if self.ok else "not as expected"


class PatientRow(NamedTuple):
    id: str
    says: str
    state: str
    tone: str
    expected: tuple[ExpectedRow, ...]


def trials_shown(evidence: Evidence) -> tuple[TrialShown, ...]:
    """Each trial beside the one on the same data of the version compared with."""
    before = {(trial.seed, trial.edge): trial for trial in evidence.trials_before}
    return tuple(trial_shown(trial, before.get((trial.seed, trial.edge))) for trial in evidence.trials)


def trial_shown(trial: Trial, before: Trial | None = None) -> TrialShown:
    refused = [f"A query was not run: {visible(one.sentence)}" for one in trial.queries if one.sentence]
    ended = "It ran to its end." if trial.clean else visible(trial.sentence)
    figures = [f"Figures: {', '.join(visible(label) for label in trial.figures)}."] if trial.figures else []
    return TrialShown(
        "Edge cases" if trial.edge else f"Data {trial.seed}",
        trial.clean,
        " ".join([ended, *refused, *figures]),
        _facts(trial, before),
        tuple(_heads(trial)),
        trial.line,
        visible_lines(trial.traceback),
    )


def patient_rows(patients: Iterable[MadeUpPatient], trials: Iterable[Trial]) -> tuple[PatientRow, ...]:
    """Each made-up patient with how it went, in words; those that went wrong first."""
    found: dict[str, list[Expectation]] = defaultdict(list)
    for trial in trials:
        for one in trial.expectations:
            if one not in found[one.patient]:
                found[one.patient].append(one)
    rows = [_patient(patient, found[patient.name]) for patient in patients]
    return tuple(sorted(rows, key=lambda row: ("bad", "warn", "good").index(row.tone)))


def expected_rows(found: Iterable[Expectation]) -> tuple[ExpectedRow, ...]:
    """Expected and got; where both would read the same and are not, as exactly as they are."""
    return tuple(_expected(one) for one in found)


def _patient(patient: MadeUpPatient, found: list[Expectation]) -> PatientRow:
    wrong = [one for one in found if not one.ok]
    state = f"{len(wrong)} of {len(found)} not as expected" if wrong else "as expected" if found else "not tried"
    tone = "bad" if wrong else "good" if found else "warn"
    return PatientRow(visible(patient.name), visible(patient.says), state, tone, expected_rows(found))


def _expected(one: Expectation) -> ExpectedRow:
    expected, got = _short(one.expected), _short(one.got)
    if one.got is None:
        got = visible(one.sentence) or NOTHING
    elif expected == got and not one.ok:
        expected, got = (visible(json.dumps(value, default=str)) for value in (one.expected, one.got))
    return ExpectedRow(visible(one.label), expected, got, one.ok)


def _facts(trial: Trial, before: Trial | None) -> tuple[FactRow, ...]:
    earlier = _reported(before) if before else {}
    return tuple(
        FactRow(label, now, earlier.get(label, ""), before is not None and earlier.get(label) != now)
        for label, now in _reported(trial).items()
    )


def _reported(trial: Trial) -> dict[str, str]:
    """Steps, values and tables by label, in words."""
    found = {visible(step.label): _step(step.rows, step.patients) for step in trial.steps}
    found |= {visible(label): _short(value) for label, value in trial.values.items()}
    return found | {visible(table.label): f"table, {plural(table.rows, 'row')}" for table in trial.tables}


def _step(rows: int, patients: int) -> str:
    return f"{plural(rows, 'row')}, {plural(patients, 'patient')}" if patients >= 0 else plural(rows, "row")


def _heads(trial: Trial) -> Iterable[TableHead]:
    for table in trial.tables:
        shown = f", the first {len(table.head)} of them" if len(table.head) < table.rows else ""
        columns = tuple(visible(column.name) for column in table.columns)
        rows = tuple(tuple(visible(cell) for cell in row) for row in table.head)
        yield TableHead(visible(table.label), f"{plural(table.rows, 'row')}{shown}", columns, rows)


def _short(value: Any) -> str:
    """A value for reading: numbers to six digits."""
    return f"{value:.6g}" if isinstance(value, float) else value_text(value)
