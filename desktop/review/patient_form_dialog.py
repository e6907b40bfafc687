"""A made-up patient of the reviewer's own: written, tried within a second or two, kept in a new draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.review.cells_grid import CellsGrid
from desktop.review.patient_dialog import expected_table
from desktop.review.patient_form import PatientForm
from desktop.review.section import empty
from desktop.review.trials import ExpectedRow, TrialShown
from desktop.theme import Space
from desktop.widgets import Button, FormDialog, Label, Notice
from desktop.widgets.texts import ToneName

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.review.patients_presenter import PatientsPresenter

_SHARE = 0.85  # of the window


class PatientFormDialog(FormDialog):
    """Implements `PatientDialog`. Its primary button tries; keeping is beside the outcome."""

    def __init__(
        self, parent: QWidget, form: PatientForm, labels: tuple[str, ...], basis: str, presenter: PatientsPresenter
    ) -> None:
        super().__init__("A made-up patient of mine", parent, primary="Try", icon="person")
        self._form_facts = form
        self._presenter = presenter
        self._name, self._says = QLineEdit(form.name), QLineEdit(form.says)
        self._expected = ExpectedFields(form.expect, labels)
        self._outcome = Outcome(self._on_keep)
        if basis:
            self.add_text(f"It begins as a copy of “{basis}”. Change what you want to know, then try.")
        self.add("", self._outcome)
        self.add("Name", self._name)
        self.add("What it says", self._says)
        self.add("Expected of the program", self._expected)
        for name, table in form.tables.items():
            self.add("", CellsGrid(name, table))
        self.accepted_form.connect(self._on_try)
        self.setMinimumWidth(round(parent.width() * _SHARE))
        self._name.setFocus()
        self._name.selectAll()

    def show_working(self, sentence: str) -> None:
        self.busy(sentence or None)

    def show_tried(self, verdict: str, tone: ToneName, rows: tuple[ExpectedRow, ...], trial: TrialShown) -> None:
        self._outcome.show_tried(verdict, tone, rows, trial)
        self._scroll_up()

    def _scroll_up(self) -> None:
        """The outcome is above what was written."""
        area = self.findChild(QScrollArea)
        if isinstance(area, QScrollArea):
            area.verticalScrollBar().setValue(0)

    def done(self, result: int) -> None:
        self._presenter.closed()
        super().done(result)

    def _written(self) -> PatientForm:
        """The form as it stands in the fields."""
        form = self._form_facts
        form.name, form.says, form.expect = self._name.text(), self._says.text(), self._expected.written()
        return form

    def _on_try(self) -> None:
        self._presenter.try_it(self._written())

    def _on_keep(self) -> None:
        self._presenter.keep(self._written())


class ExpectedFields(QWidget):
    """Pairs of a label (chosen of what the draft reports, or typed) and a value; an empty one is left out."""

    def __init__(self, pairs: list[tuple[str, str]], labels: tuple[str, ...]) -> None:
        super().__init__()
        self._labels = labels
        self._fields: list[tuple[QComboBox, QLineEdit]] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.SMALL)
        self._grid.setVerticalSpacing(Space.TIGHT)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._grid)
        self._more = Button("Expect more", self._on_more, kind="quiet", icon="add", name="Expect one thing more")
        layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        for label, value in pairs:
            self._add(label, value)

    def written(self) -> list[tuple[str, str]]:
        return [(label.currentText(), value.text()) for label, value in self._fields]

    def _add(self, label: str, value: str) -> None:
        place = len(self._fields) + 1
        choice, field = QComboBox(), QLineEdit(value)
        choice.setEditable(True)
        choice.addItems(list(self._labels))
        choice.setCurrentText(label)
        choice.setAccessibleName(f"Reported as, {place}")
        if (line := choice.lineEdit()) is not None:
            line.setAccessibleName(f"Reported as, {place}")
        field.setAccessibleName(f"Expected value, {place}")
        self._grid.addWidget(choice, place, 0)
        self._grid.addWidget(field, place, 1)
        self._fields.append((choice, field))

    def _on_more(self) -> None:
        self._add("", "")
        self._fields[-1][0].setFocus()


class Outcome(QWidget):
    """How the newest try went on this patient alone; hidden before."""

    def __init__(self, keep: Callable[[], None]) -> None:
        super().__init__()
        self._keep = keep
        self._inside = QVBoxLayout(self)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(Space.SMALL)
        self.hide()

    def show_tried(self, verdict: str, tone: ToneName, rows: tuple[ExpectedRow, ...], trial: TrialShown) -> None:
        empty(self._inside)
        notice = Notice()
        notice.show_notice(tone, verdict, "" if trial.ok else trial.words, "Keep in a new draft", self._keep)
        self._inside.addWidget(notice)
        self._inside.addWidget(expected_table(rows))
        if trial.traceback:
            self._inside.addWidget(Label(trial.traceback, role="mono", selectable=True))
        self.show()
