"""What an agent may know: the suggested tables, the chosen one column by column, and the signature."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.start.know import KnownColumn, KnownTable, Suggested
from desktop.start.pane import Pane
from desktop.theme import Space
from desktop.widgets import Button, Column, Label, PassphraseField, RowsTable, two_panes
from desktop.widgets.form_fields import FormField
from sandbox.reviewing.orders.data import TableRow

_LEAD = (
    "For each column it was proposed what an agent is told of it, and what a program that you sign may be given of it. "
    "Names, record numbers and notes are withheld from both. Nothing counts before you sign, and on the Data screen "
    "you can change each column."
)
_WIDTH = 44  # letters
_LOWEST = 9  # lines of text
_SHARES = (1, 2)


class KnowPane(Pane):
    """`wanted` comes with the passphrase, `later` when the reviewer would rather choose tables on the Data screen."""

    chosen = Signal(object)
    typed = Signal(str)
    wanted = Signal(str)
    later = Signal()

    def __init__(self) -> None:
        super().__init__(
            "What an agent may know", _LEAD, Button("Sign", self._on_primary, kind="primary", icon="sign"), fills=True
        )
        self._tables = _tables()
        self._tables.chosen.connect(self._on_chosen)
        self._title, self._description = Label(role="strong"), Label(role="muted")
        self._columns = _columns()
        self._sentence = Label(role="strong")
        self._passphrase = PassphraseField("Passphrase")
        self._passphrase.textChanged.connect(self.typed)
        panes = two_panes(self._tables, self._beside(), _SHARES, "know-panes")
        panes.setMinimumHeight(self.fontMetrics().height() * (_LOWEST + 4))
        self.body.addWidget(panes, 1)
        self.body.addWidget(self._sentence)
        self.body.addWidget(self.notice)  # the tables make room for it, so that the passphrase stays where it is
        sign = FormField("Your passphrase", self._passphrase, "Your signature under these tables.", letters=_WIDTH)
        self.body.addWidget(sign)
        later = Button("Choose tables on the Data screen", self.later.emit, kind="quiet")
        self.add_buttons([], [later])

    def show_tables(self, suggested: Suggested) -> None:
        self._tables.set_rows(suggested.rows, key=lambda row: row.name)
        self._sentence.setText(suggested.sentence)
        self.primary.setText(suggested.button)
        self.primary.setAccessibleName(suggested.button)
        self._tables.set_current(suggested.rows[0].name)
        self._passphrase.setFocus()

    def tables(self) -> tuple[TableRow, ...]:
        """What would be signed."""
        return self._tables.rows()

    def show_columns(self, table: KnownTable) -> None:
        self._title.setText(table.title)
        self._description.setText(table.description)
        self._description.setVisible(bool(table.description))
        self._columns.set_rows(table.columns, key=lambda row: row.name)
        self._columns.setAccessibleName(f"Columns of {table.title}")

    def clear_secrets(self) -> None:
        self._passphrase.clear()

    def first_focus(self) -> QWidget:
        return self._passphrase

    def _beside(self) -> QWidget:
        found = QWidget()
        layout = QVBoxLayout(found)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.TIGHT)
        layout.addWidget(self._title)
        layout.addWidget(self._description)
        layout.addWidget(self._columns, 1)
        return found

    def _on_chosen(self, row: TableRow | None) -> None:
        if row is not None:
            self.chosen.emit(row)

    def _on_primary(self) -> None:
        self.wanted.emit(self._passphrase.text())


def _tables() -> RowsTable[TableRow]:
    return RowsTable(
        "Tables to sign",
        (
            Column("Table", lambda row: row.name, stretch=True),
            Column("Told, given", lambda row: f"{row.told:,}, {row.given:,} of {row.columns:,}", right=True),
        ),
        empty="The tables are being read.",
    )


def _columns() -> RowsTable[KnownColumn]:
    return RowsTable(
        "Columns of the chosen table",
        (
            Column("Column", lambda row: row.name, icon=_icon),
            Column("What it is", lambda row: row.kind, stretch=True),
            Column("Told", lambda row: row.told),
            Column("Given", lambda row: row.given),
        ),
    )


def _icon(row: KnownColumn) -> str:
    return "lock" if row.withheld else "show"
