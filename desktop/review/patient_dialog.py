"""One made-up patient: what it says, what is expected of the program, its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.review.fitted_table import FittedTable
from desktop.review.patients_presenter import SmallTable
from desktop.review.trials import ExpectedRow, PatientRow, TableHead
from desktop.review.trials_section import head_table
from desktop.widgets import Column, FormDialog

if TYPE_CHECKING:
    from desktop.review.patients_presenter import PatientsPresenter

_SHARE = 0.7  # of the window


class PatientView(FormDialog):
    """Its primary button begins a patient of the reviewer's own with a copy of this one."""

    def __init__(
        self, parent: QWidget, row: PatientRow, tables: tuple[SmallTable, ...], presenter: PatientsPresenter
    ) -> None:
        super().__init__(row.id, parent, primary="Begin one of mine like this…", icon="person")
        self._row = row
        self._presenter = presenter
        if row.says:
            self.add_text(row.says)
        self.add("What is expected of the program", expected_table(row.expected))
        for table in tables:
            self.add(f"Rows of {table.name}", head_table(TableHead(table.name, "", table.columns, table.rows)))
        self.accepted_form.connect(self._on_begin)
        self.setMinimumWidth(round(parent.width() * _SHARE))

    def _on_begin(self) -> None:
        self.finish()
        self._presenter.add(self._row.id)


def expected_table(rows: tuple[ExpectedRow, ...]) -> FittedTable[ExpectedRow]:
    """Expected beside got, and in words whether they are the same."""
    table: FittedTable[ExpectedRow] = FittedTable(
        "What is expected",
        [
            Column("Reported as", lambda row: row.id, stretch=True),
            Column("Expected", lambda row: row.expected),
            Column("Got", lambda row: row.got),
            Column("", lambda row: row.state, tone=_tone, icon=_tone),
        ],
        empty="Nothing was tried yet.",
        most=8,
    )
    table.set_rows(rows, key=lambda row: row.id)
    return table


def _tone(row: ExpectedRow) -> str:
    return "good" if row.ok else "bad"
