"""What the draft did on synthetic data, beside what the version compared with did there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout

from desktop.review.evidence_shown import Exhibits
from desktop.review.fitted_table import FittedTable
from desktop.review.flow import FlowRow
from desktop.review.section import Section, empty
from desktop.review.trials import FactRow, TableHead, TrialShown
from desktop.theme import Space
from desktop.widgets import Button, Column, Label, Segments

Row = tuple[str, ...]


class TrialsSection(Section):
    """One trial at a time; which ones there are is a row of buttons."""

    def __init__(self, go_to: Callable[[int], None]) -> None:
        super().__init__("trials", "On s&ynthetic data")
        self._go_to = go_to
        self._trials: tuple[TrialShown, ...] = ()
        self._against = ""
        self._choice: Segments | None = None
        self._top = QVBoxLayout()
        self._one = QVBoxLayout()
        self._one.setSpacing(Space.SMALL)
        self.body.addLayout(self._top)
        self.body.addLayout(self._one)

    def show_exhibits(self, exhibits: Exhibits) -> None:
        self._trials, self._against = exhibits.trials, exhibits.against
        failed = sum(not trial.ok for trial in self._trials)
        if not self._trials:
            self.show_words("not tried", "warn")
        elif failed:
            self.show_words(f"{failed} of {len(self._trials)} did not end well", "bad")
        else:
            self.show_words(
                f"{len(self._trials)} ran to their end" if len(self._trials) > 1 else "ran to its end", "good"
            )
        self._show_choice()
        self._show(0)

    def _show_choice(self) -> None:
        empty(self._top)
        self._choice = None
        if len(self._trials) > 1:
            options = [(str(n), _short(one)) for n, one in enumerate(self._trials)]
            name = Label("Data set", role="muted")
            name.setWordWrap(False)
            self._choice = Segments("Which synthetic data", options)
            self._choice.changed.connect(self._on_chosen)
            self._top.addWidget(FlowRow(name, self._choice))

    def _on_chosen(self, key: str) -> None:
        self._show(int(key))

    def _show(self, place: int) -> None:
        empty(self._one)
        if place >= len(self._trials):
            return
        trial = self._trials[place]
        self._one.addWidget(Label(trial.words, role="body" if trial.ok else "strong"))
        if trial.line:
            self._one.addWidget(Button(f"Go to line {trial.line}", lambda: self._go_to(trial.line), kind="quiet"))
        if trial.traceback:
            self._one.addWidget(Label(trial.traceback, role="mono", selectable=True))
        if trial.facts:
            self._one.addWidget(facts_table(trial, self._against))
        for head in trial.tables:
            self._one.addWidget(Label(f"{head.label}: {head.words}", role="strong"))
            self._one.addWidget(head_table(head))


def _short(trial: TrialShown) -> str:
    """Its number, and a sign where it did not end well."""
    return trial.name.removeprefix("Data ") + ("" if trial.ok else " !")


def facts_table(trial: TrialShown, against: str) -> FittedTable[FactRow]:
    """Steps, values and tables, in the program's order."""
    columns = [
        Column[FactRow]("Reported", lambda row: row.id, stretch=True),
        Column[FactRow]("Result", lambda row: _result(row, against), tone=_differs),
    ]
    table = FittedTable(f"{trial.name}: what was reported", columns, most=16)
    table.set_rows(trial.facts, key=lambda row: row.id)
    return table


def _result(row: FactRow, against: str) -> str:
    """What was reported, and on a second line what it was before, where that was something else."""
    if not row.differs:
        return row.now
    return f"{row.now}\n{against}: {row.before}" if row.before else f"{row.now}\nnot in {against}"


def _differs(row: FactRow) -> str:
    return "warn" if row.differs else ""


def head_table(head: TableHead) -> FittedTable[Row]:
    """The first rows of a table."""
    columns = [Column[Row](name, _cell(n), stretch=len(head.columns) <= 4) for n, name in enumerate(head.columns)]
    table = FittedTable(f"{head.label}, first rows", columns, most=11)
    table.set_rows(head.rows)
    return table


def _cell(place: int) -> Callable[[Row], str]:
    return lambda row: row[place]
