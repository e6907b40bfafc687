"""The two lists of signed records, each above the record that is chosen in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from desktop.records.details_pane import Act, DetailsPane
from desktop.records.facts import ApprovalItem, Details, RunLine
from desktop.widgets import Column, RowsTable

Choose = Callable[[str], None]


class ListPane(QSplitter):
    """A list and the details of what is chosen in it."""

    def __init__(self, name: str, table: RowsTable[Any], details: DetailsPane, choose: Choose) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setObjectName(f"records-{name}")
        self._choose = choose
        self.table, self._details = table, details
        self.addWidget(table)
        self.addWidget(details)
        self.setStretchFactor(0, 2)
        self.setStretchFactor(1, 3)
        self.setSizes([20_000, 30_000])
        table.chosen.connect(self._on_chosen)

    def show_rows(self, rows: tuple[Any, ...]) -> None:
        self.table.set_rows(rows, key=lambda row: row.id)

    def mark(self, chosen: str) -> None:
        """Choose without telling."""
        self.table.blockSignals(True)
        self.table.set_current(chosen)
        self.table.blockSignals(False)

    def show_details(self, details: Details | None) -> None:
        self._details.show_details(details)

    def first_focus(self) -> QWidget:
        return self.table

    def _on_chosen(self, row: Any) -> None:
        if row is not None:
            self._choose(row.id)


def approvals_pane(choose: Choose, act: Act) -> ListPane:
    table = RowsTable[ApprovalItem](
        "Approvals",
        [
            Column("State", lambda row: row.state, icon=lambda row: row.icon, tone=lambda row: row.tone),
            Column("Program", lambda row: row.title, tip=lambda row: row.title),
            Column("Purpose", lambda row: row.purpose, tip=lambda row: row.purpose),
            Column("Runs", lambda row: row.runs, right=True),
            Column("Until", lambda row: row.until),
            Column("Kind", lambda row: row.kind),
            Column("Signed", lambda row: row.signed),
            Column("Draft", lambda row: row.draft, right=True),
            Column("Question", lambda row: row.question, mono=True),
        ],
        empty="Nothing is signed yet. A draft is signed in Review.",
    )
    return ListPane("approvals", table, DetailsPane("Approval", "Choose an approval.", act, True), choose)


def runs_pane(choose: Choose, act: Act) -> ListPane:
    table = RowsTable[RunLine](
        "Run records",
        [
            Column("Outcome", lambda row: row.outcome, icon=lambda row: row.icon, tone=lambda row: row.tone),
            Column("Program", lambda row: row.title, tip=lambda row: row.title),
            Column("Began", lambda row: row.began),
            Column("Run", lambda row: row.id, mono=True),
            Column("Approval", lambda row: row.approval, mono=True),
        ],
        empty="Nothing was run yet.",
    )
    return ListPane("runs", table, DetailsPane("Run record", "Choose a run.", act, False), choose)
