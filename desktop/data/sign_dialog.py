"""The dialog in which tables are signed: exactly which, what is told and given, and what changes."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.data.signing import SigningShown, TableToSign
from desktop.theme import Space
from desktop.widgets import CodeView, Column, FormDialog, PassphraseField, RowsTable
from desktop.words import missing

MOST_ROWS = 8
LETTERS = 70


class SignDialog(FormDialog):
    """Lists every table; the changes are a text of their own, nothing of it shortened."""

    def __init__(self, shown: SigningShown, parent: QWidget) -> None:
        super().__init__(shown.title, parent, primary="Sign", icon="sign")
        self.add_text(shown.sentence)
        if shown.warning:
            self.add_text(shown.warning)
        self.tables = _tables(shown.tables)
        self.add("", self.tables)
        changed = [one for one in shown.tables if one.changes]
        self.changes = _changes(changed) if changed else None
        if self.changes is not None:
            self.add("What changes against what you signed", self.changes)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * LETTERS)
        self.passphrase = PassphraseField("Passphrase")
        self.add("Passphrase of your key", self.passphrase)
        self.passphrase.textChanged.connect(self._on_changed)
        self._on_changed()
        self.passphrase.setFocus()

    def _on_changed(self) -> None:
        self.set_missing(missing("" if self.passphrase.text() else "your passphrase"))


def _tables(rows: tuple[TableToSign, ...]) -> RowsTable[TableToSign]:
    table: RowsTable[TableToSign] = RowsTable(
        "Tables to sign",
        [
            Column("Table", lambda row: row.name),
            Column("Told", lambda row: row.told, right=True),
            Column("Given", lambda row: row.given, right=True),
            Column("Undecided", lambda row: str(row.undecided) if row.undecided else "", right=True, tone=_warn),
            Column("Until now", lambda row: row.before),
        ],
    )
    table.set_rows(rows, lambda row: row.name)
    longest = max((row.name for row in rows), key=len)
    table.setColumnWidth(0, table.fontMetrics().horizontalAdvance(longest) + 2 * Space.LARGE)  # never shortened
    lines = min(len(rows), MOST_ROWS) + 1
    table.setFixedHeight(lines * table.verticalHeader().defaultSectionSize() + Space.MEDIUM)
    return table


def _changes(tables: list[TableToSign]) -> CodeView:
    view = CodeView("What changes")
    lines = [line for one in tables for line in (one.name, *(f"  {change}" for change in one.changes))]
    view.show_code("\n".join(lines), "text")
    view.set_gutter(("",) * len(lines))
    view.setLineWrapMode(CodeView.LineWrapMode.WidgetWidth)
    view.setFixedHeight(view.fontMetrics().lineSpacing() * (min(len(lines), MOST_ROWS) + 2))
    return view


def _warn(row: TableToSign) -> str:
    return "warn" if row.undecided else ""
