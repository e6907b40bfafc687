"""The columns of the open table, and the keys that decide on them."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.data.column_filter import Counts, Which
from desktop.data.column_pane import ColumnPane
from desktop.data.column_rows import ColumnRow
from desktop.data.decide_bar import DecideBar
from desktop.data.deciding import Chosen
from desktop.data.tables import row_of
from desktop.data.tables_pane import TONES
from desktop.data.wording import STATES, since_sentence, table_summary
from desktop.theme import Space
from desktop.widgets import Busy, Chip, Column, Heading, Label, RowsTable, SearchField, Segments
from sandbox.reviewing.orders.data import FormsShown, TableShown
from sandbox.visible import visible

EMPTY: dict[Which, str] = {
    "all": "No column has these words in its name, class or reasons.",
    "undecided": "No undecided column has these words.",
    "changed": "No column that changed since it was signed has these words.",
}
TOLD_COLUMN, GIVEN_COLUMN = 1, 2


class ColumnsPane(QWidget):
    """Implements `ColumnsView`. `chosen` comes with the current column and all that are selected."""

    chosen = Signal(str, tuple)
    which_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._name, self._state = Heading(level=2), Chip()
        self._undecided, self._about = Chip("", "warn"), Label(role="muted")
        self._since = Label(role="small")
        self._busy = Busy()
        self.search = SearchField("Find a column by name, class or reason", "Name, class or reason")
        self._which = Segments("Show", [("all", "All"), ("undecided", "Undecided"), ("changed", "Changed")])
        self._counts = Counts()
        self.table = _columns_table()
        self.column, self.bar = ColumnPane(), DecideBar()
        self._setting = False
        self._names: tuple[str, ...] = ()
        self._which.changed.connect(self.which_wanted)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.table.opened.connect(self._on_opened)
        self._keys()
        self._lay_out()

    def show_reading(self, table: str) -> None:
        self._name.setText(visible(table))
        self._state.hide()
        self._about.setText("")
        self._undecided.hide()
        self._since.hide()
        self._set_rows(())
        self._busy.start(f"Reading {visible(table)}…")

    def show_table(self, shown: TableShown) -> None:
        row = row_of(shown)
        self._busy.stop()
        self._name.setText(visible(row.name))
        self._state.set_chip(STATES[row.state], TONES[row.state])
        self._state.show()
        description = visible(row.description).rstrip(".")
        self._about.setText(" ".join(filter(None, (f"{description}." if description else "", table_summary(row)))))
        self._undecided.setText(f"{row.undecided:,} of {row.columns:,} undecided")
        self._undecided.setVisible(bool(row.undecided))
        since = since_sentence(shown.since)
        self._since.setText(since)
        self._since.setVisible(bool(since))

    def show_columns(self, rows: tuple[ColumnRow, ...], *, which: Which, counts: Counts) -> None:
        self.table.set_empty(EMPTY[which])
        if counts != self._counts:
            self._counts = counts
            self._which.set_option("all", f"All {counts.all:,}")
            self._which.set_option("undecided", f"Undecided {counts.undecided:,}")
            self._which.set_option("changed", f"Changed {counts.changed:,}")
        if self._which.value() != which:
            self._which.set_value(which)
        self._set_rows(rows)

    def go_to_column(self, name: str) -> None:
        self.table.set_current(name)

    def show_chosen(self, chosen: Chosen | None) -> None:
        self.column.show_chosen(chosen)
        self.bar.show_offered(chosen.offered if chosen else None)

    def show_forms(self, forms: FormsShown | None) -> None:
        self.column.show_forms(forms)

    def show_undo(self, sentence: str, levels: int) -> None:
        self.bar.show_undo(sentence, levels)

    def _set_rows(self, rows: tuple[ColumnRow, ...]) -> None:
        if self._names == tuple(row.name for row in rows):
            self.table.change_rows(rows)
            return
        self._names = tuple(row.name for row in rows)
        self._setting = True
        self.table.set_rows(rows, lambda row: row.name)
        self._setting = False

    def _keys(self) -> None:
        """Letters and digits decide only while the list has the keyboard."""
        for keys, do in (("T", self._on_told), ("G", self._on_given), ("D", self._on_derived)):
            self._key(keys).activated.connect(do)
        for keys, do in (("U", self._on_undecided), ("C", self._on_changed)):
            self._key(keys).activated.connect(do)
        self.bar.take_keys_of(self.table)
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.activated.connect(self._on_find)

    def _key(self, keys: str) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        return shortcut

    def _on_undecided(self) -> None:
        self._toggle("undecided")

    def _on_changed(self) -> None:
        self._toggle("changed")

    def _toggle(self, which: Which) -> None:
        wanted = "all" if self._which.value() == which else which
        self._which.set_value(wanted)
        self.which_wanted.emit(wanted)

    def _on_find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_told(self) -> None:
        self.column.open_told(self._below(TOLD_COLUMN))

    def _on_given(self) -> None:
        self.column.open_given(self._below(GIVEN_COLUMN))

    def _on_derived(self) -> None:
        self.column.open_forms(self._below(GIVEN_COLUMN))

    def _on_opened(self, _row: object) -> None:
        """Enter or a double click: the choices of the cell; elsewhere those of what is told."""
        if self.table.currentIndex().column() == GIVEN_COLUMN:
            self._on_given()
        else:
            self._on_told()

    def _below(self, column: int) -> QPoint:
        current = self.table.currentIndex()
        cell = self.table.visualRect(current.siblingAtColumn(column))
        return self.table.viewport().mapToGlobal(cell.bottomLeft())

    def _on_selection_changed(self, _now: QItemSelection, _before: QItemSelection) -> None:
        if not self._setting:
            current = self.table.current()
            self.chosen.emit(current.name if current else "", tuple(row.name for row in self.table.selected()))

    def _lay_out(self) -> None:
        head, show = QHBoxLayout(), QHBoxLayout()
        for row in (head, show):
            row.setSpacing(Space.SMALL)
        for widget in (self._name, self._state, self._undecided, self._busy):
            head.addWidget(widget)
        head.addStretch(1)
        show.addWidget(self._which)
        show.addWidget(self.search, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addLayout(head)
        layout.addWidget(self._about)
        layout.addWidget(self._since)
        layout.addLayout(show)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.bar)


def _columns_table() -> RowsTable[ColumnRow]:
    return RowsTable(
        "Columns",
        [
            Column("Column", lambda row: row.shown_name, tip=_name_tip, tone=_name_tone, icon=_name_icon, least=16),
            Column("Told", lambda row: row.told, tone=_told_tone),
            Column("Given", lambda row: row.given, tone=_given_tone, least=9),
            Column("Since signed", _since_words, tone=lambda row: "warn", least=12),
            Column("Class", lambda row: row.kind, tone=_kind_tone, icon=_kind_icon, least=14),
            Column("Type", lambda row: row.type.lower(), tone=lambda row: "muted", leaves=1),
        ],
        empty="No table is chosen.",
        many=True,
    )


def _name_tip(row: ColumnRow) -> str:
    name = f"{row.shown_name}\n{row.type.lower()}"
    return f"{name}\nSince it was signed: {row.since}" if row.since else name


def _since_words(row: ColumnRow) -> str:
    return "deciding…" if row.waits else row.since


def _name_tone(row: ColumnRow) -> str:
    return "warn" if row.since else ""


def _name_icon(row: ColumnRow) -> str:
    return "diff" if row.since else ""


def _kind_tone(row: ColumnRow) -> str:
    return "warn" if row.undecided else "muted"


def _kind_icon(row: ColumnRow) -> str:
    return "warn" if row.undecided else ""


def _told_tone(row: ColumnRow) -> str:
    return "muted" if row.told == "nothing" else ""


def _given_tone(row: ColumnRow) -> str:
    return "muted" if row.given == "nothing" else ""
