"""What an agent may know: the suggested tables in counts, and the signature."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.start.know import Suggested
from desktop.start.pane import Pane
from desktop.widgets import Button, Column, Label, PassphraseField, RowsTable
from desktop.widgets.form_fields import FormField
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.data import TableRow

_LEAD = (
    "Column by column it was proposed what an agent is told and what a signed program may be given: "
    "names, record numbers and notes neither. You sign it; nothing that is not signed exists for either of them. "
    "On the Data screen you can see and change each column."
)
_WIDTH = 44  # letters
_LOWEST = 12  # lines of text


class KnowPane(Pane):
    """`wanted` comes with the passphrase, `later` when the reviewer would rather choose tables on the Data screen."""

    wanted = Signal(str)
    later = Signal()

    def __init__(self) -> None:
        super().__init__(
            "What an agent may know", _LEAD, Button("Sign", self._on_primary, kind="primary", icon="sign"), fills=True
        )
        self._table: RowsTable[TableRow] = RowsTable(
            "Tables to sign",
            (
                Column("Table", lambda row: row.name),
                Column("Columns", lambda row: f"{row.columns:,}", right=True),
                Column("Told", lambda row: f"{row.told:,}", right=True),
                Column("Given", lambda row: f"{row.given:,}", right=True),
                Column("What it holds", lambda row: row.description, stretch=True),
            ),
            empty="The tables are being read.",
        )
        self._table.setMinimumHeight(self.fontMetrics().height() * _LOWEST)
        self._sentence = Label(role="strong")
        self._passphrase = PassphraseField("Passphrase")
        self.body.addWidget(self._table, 1)
        self.body.addWidget(self._sentence)
        sign = FormField("Your passphrase", self._passphrase, "Your signature under these tables.", letters=_WIDTH)
        self.body.addWidget(sign)
        later = Button("Choose tables on the Data screen", self.later.emit, kind="quiet")
        self.add_buttons([], [later])

    def show_tables(self, suggested: Suggested) -> None:
        self._table.set_rows(suggested.rows, key=lambda row: row.name)
        self._sentence.setText(suggested.sentence)
        self.primary.setText(suggested.button)
        self.primary.setAccessibleName(suggested.button)
        self._passphrase.setFocus()

    def tables(self) -> tuple[TableRow, ...]:
        """What would be signed."""
        return self._table.rows()

    def show_problem(self, problem: PreceptorError) -> None:
        super().show_problem(problem)
        self._passphrase.setFocus()
        self._passphrase.selectAll()

    def clear_secrets(self) -> None:
        self._passphrase.clear()

    def first_focus(self) -> QWidget:
        return self._passphrase

    def _on_primary(self) -> None:
        self.wanted.emit(self._passphrase.text())
