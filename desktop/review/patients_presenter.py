"""Made-up patients: open one, write one of one's own, try it, keep it in a new draft. No Qt in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from desktop.desk import Latest
from desktop.review.patient_form import PatientForm
from desktop.review.trials import ExpectedRow, PatientRow, TrialShown, expected_rows, patient_rows, trial_shown
from desktop.review.wording import Tone
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.facts import MadeUpPatient, Trial
from sandbox.reviewing.orders.review import DraftRow, DraftShown, TryPatients, WriteDraft
from sandbox.visible import visible

if TYPE_CHECKING:
    from desktop.desk import Desk


class SmallTable(NamedTuple):
    """The rows of one table as text."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class PatientDialog(Protocol):
    """The open form."""

    def show_working(self, sentence: str) -> None: ...

    def show_tried(self, verdict: str, tone: Tone, rows: tuple[ExpectedRow, ...], trial: TrialShown) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...

    def finish(self) -> None: ...


class PatientDialogs(Protocol):
    def open_patient(self, row: PatientRow, tables: tuple[SmallTable, ...]) -> None: ...

    def open_form(self, form: PatientForm, labels: tuple[str, ...], basis: str) -> PatientDialog: ...


class PatientsPresenter:
    """The made-up patients of the draft that is shown."""

    def __init__(self, dialogs: PatientDialogs, desk: Desk, written: Callable[[DraftRow], None]) -> None:
        self._dialogs = dialogs
        self._desk = desk
        self._written = written
        self._tries = Latest(desk.asks)
        self._shown: DraftShown | None = None
        self._dialog: PatientDialog | None = None

    def show(self, shown: DraftShown) -> None:
        self._shown = shown

    def open(self, name: str) -> None:
        """Show one patient: rows, what is expected, what the program said."""
        shown, patient = self._shown, self._named(name)
        if shown is not None and patient is not None:
            (row,) = patient_rows([patient], shown.evidence.trials)
            self._dialogs.open_patient(row, small_tables(patient))

    def add(self, basis: str = "") -> None:
        """Write a patient, beginning with a copy of `basis` (empty: of the first one)."""
        shown = self._shown
        if shown is None:
            return
        patient = self._named(basis) or (shown.patients[0] if shown.patients else None)
        columns = {read.table: read.columns for read in shown.reads}
        form = PatientForm.like(patient, columns, [one.name for one in shown.patients])
        name = visible(patient.name) if patient else ""
        self._dialog = self._dialogs.open_form(form, _labels(shown), name)

    def try_it(self, form: PatientForm) -> None:
        """Run the draft on this patient alone, in a worker of the review's own; nothing is kept."""
        shown, dialog = self._shown, self._dialog
        patient = self._read(form)
        if shown is None or dialog is None or patient is None:
            return
        dialog.show_working("Running the draft on this patient…")
        order = TryPatients(question=shown.question, draft=shown.evidence.number, patients=(patient,))
        self._tries.ask(order, lambda trial: _tried(dialog, trial), lambda problem: _failed(dialog, problem))

    def keep(self, form: PatientForm) -> None:
        """A new draft by the reviewer: the same program, with this patient besides the others."""
        shown, dialog = self._shown, self._dialog
        patient = self._read(form)
        if shown is None or dialog is None or patient is None:
            return
        dialog.show_working("Writing the new draft and checking it…")
        order = WriteDraft(
            question=shown.question,
            program=shown.evidence.program,
            basis=shown.evidence.number,
            patients=(*shown.patients, patient),
        )
        self._tries.ask(order, lambda row: self._kept(dialog, row), lambda problem: _failed(dialog, problem))

    def closed(self) -> None:
        self._tries.drop()
        self._dialog = None

    def _kept(self, dialog: PatientDialog, row: DraftRow) -> None:
        dialog.finish()
        self._written(row)

    def _read(self, form: PatientForm) -> MadeUpPatient | None:
        try:
            return form.patient()
        except PreceptorError as problem:
            if self._dialog is not None:
                self._dialog.show_problem(problem)
            return None

    def _named(self, name: str) -> MadeUpPatient | None:
        patients = self._shown.patients if self._shown else ()
        return next((one for one in patients if visible(one.name) == name), None)


def small_tables(patient: MadeUpPatient) -> tuple[SmallTable, ...]:
    """The rows of a patient, with every column that any of them has."""
    return tuple(_small(name, rows) for name, rows in patient.rows.items())


def _small(name: str, rows: Sequence[dict[str, Any]]) -> SmallTable:
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    cells = tuple(tuple("" if row.get(one) is None else visible(str(row[one])) for one in columns) for row in rows)
    return SmallTable(visible(name), tuple(visible(one) for one in columns), cells)


def _labels(shown: DraftShown) -> tuple[str, ...]:
    """What the draft reports, as labels of which something can be expected."""
    found = [
        label
        for trial in shown.evidence.trials
        for label in (*trial.values, *(step.label for step in trial.steps), *(table.label for table in trial.tables))
    ]
    expected = [label for patient in shown.patients for label in patient.expect]
    return tuple(dict.fromkeys([*found, *expected]))


def _tried(dialog: PatientDialog, trial: Trial) -> None:
    wrong = sum(not one.ok for one in trial.expectations)
    if wrong:
        verdict = f"{wrong} of {len(trial.expectations)} not as expected."
    else:
        verdict = "As expected." if trial.clean else "The program did not run to its end."
    tone: Tone = "good" if trial.clean and not wrong else "bad"
    dialog.show_working("")
    dialog.show_tried(verdict, tone, expected_rows(trial.expectations), trial_shown(trial))


def _failed(dialog: PatientDialog, problem: PreceptorError) -> None:
    dialog.show_working("")
    dialog.show_problem(problem)
