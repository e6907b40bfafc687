"""The columns of the open table, and the keys that decide on them."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop.data.column_pane import ColumnPane
from desktop.data.column_rows import KEYS, NO_OFFERS, ColumnRow
from desktop.data.deciding import Chosen
from desktop.data.tables import row_of
from desktop.data.tables_pane import TONES
from desktop.data.wording import STATES, table_summary
from desktop.theme import Space
from desktop.widgets import Busy, Button, Chip, Column, Heading, Label, RowsTable, SearchField
from sandbox.reviewing.orders.data import TableShown
from sandbox.visible import visible

SEARCH_LETTERS = 26
TOLD_COLUMN, GIVEN_COLUMN = 1, 2


class ColumnsPane(QWidget):
    """Implements `ColumnsView`. `chosen` comes with the current column and all that are selected."""

    chosen = Signal(str, tuple)
    only_undecided = Signal(bool)
    offer_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._name, self._state = Heading(level=2), Chip()
        self._undecided, self._about = Chip("", "warn"), Label(role="muted")
        self._busy = Busy()
        self.search = SearchField("Find a column")
        self.search.setMaximumWidth(self.fontMetrics().averageCharWidth() * SEARCH_LETTERS)
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * SEARCH_LETTERS // 2)
        self._only = QCheckBox("&Undecided only")
        self.table = _columns_table()
        self.column = ColumnPane()
        self._offers = {key: Button(f"{key}  {text}", name=says) for key, _, text, says in KEYS}
        self._group = QButtonGroup(self)
        self._setting = False
        self._names: tuple[str, ...] = ()
        self.search.searched.connect(self._on_searched)
        self._only.toggled.connect(self.only_undecided)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.table.opened.connect(self._on_opened)
        self._keys()
        self._lay_out()

    def show_reading(self, table: str) -> None:
        self._name.setText(visible(table))
        self._state.hide()
        self._about.setText("")
        self._undecided.hide()
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

    def show_columns(self, rows: tuple[ColumnRow, ...], *, only_undecided: bool) -> None:
        self.table.set_empty(
            "No column of this table is undecided." if only_undecided else "No column has this in its name."
        )
        self._only.blockSignals(True)
        self._only.setChecked(only_undecided)
        self._only.blockSignals(False)
        self._only.setVisible(only_undecided or any(row.undecided for row in rows))
        self._set_rows(rows)

    def go_to_column(self, name: str) -> None:
        self.table.set_current(name)

    def show_chosen(self, chosen: Chosen | None) -> None:
        self.column.show_chosen(chosen)
        for offer in (chosen.offered if chosen else NO_OFFERS).offers:
            button = self._offers[offer.key]
            button.setText(f"{offer.key}  {offer.text}")
            button.setAccessibleName(offer.meaning)
            button.setToolTip(f"{offer.meaning} ({offer.key})")
            button.setEnabled(bool(offer.given))

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
        for keys, do in (("T", self._on_told), ("G", self._on_given), ("U", self._only.toggle)):
            self._key(keys).activated.connect(do)
        for key, button in self._offers.items():
            self._key(key).activated.connect(button.click)
            self._group.addButton(button, int(key))
        self._group.idClicked.connect(self._on_offer)
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.activated.connect(self._on_find)

    def _key(self, keys: str) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        return shortcut

    def _on_offer(self, number: int) -> None:
        self.offer_wanted.emit(str(number))

    def _on_find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_told(self) -> None:
        self.column.open_told(self._below(TOLD_COLUMN))

    def _on_given(self) -> None:
        self.column.open_given(self._below(GIVEN_COLUMN))

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

    def _on_searched(self, text: str) -> None:
        self._setting = True
        self.table.set_filter(text)
        self._setting = False

    def _on_selection_changed(self, _now: QItemSelection, _before: QItemSelection) -> None:
        if not self._setting:
            current = self.table.current()
            self.chosen.emit(current.name if current else "", tuple(row.name for row in self.table.selected()))

    def _lay_out(self) -> None:
        head, about, decide = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (head, about, decide):
            row.setSpacing(Space.SMALL)
        for widget in (self._name, self._state, self._undecided, self._busy):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.search)
        about.addWidget(self._about, 1)
        about.addWidget(self._only)
        for button in self._offers.values():
            decide.addWidget(button)
        decide.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addLayout(head)
        layout.addLayout(about)
        layout.addWidget(self.table, 1)
        layout.addLayout(decide)


def _columns_table() -> RowsTable[ColumnRow]:
    return RowsTable(
        "Columns",
        [
            Column("Column", lambda row: row.shown_name, tip=lambda row: row.shown_name),
            Column("Told", lambda row: row.told, tone=_told_tone),
            Column("Given", lambda row: row.given, tone=_given_tone),
            Column("Class", lambda row: row.kind, tone=_kind_tone, icon=_kind_icon),
            Column("Type", lambda row: row.type.lower(), tone=lambda row: "muted"),
            Column("Since it was signed", lambda row: "deciding…" if row.waits else row.since, tone=lambda row: "warn"),
        ],
        empty="No table is chosen.",
        many=True,
    )


def _kind_tone(row: ColumnRow) -> str:
    return "warn" if row.undecided else "muted"


def _kind_icon(row: ColumnRow) -> str:
    return "warn" if row.undecided else ""


def _told_tone(row: ColumnRow) -> str:
    return "muted" if row.told == "nothing" else ""


def _given_tone(row: ColumnRow) -> str:
    return "muted" if row.given == "nothing" else ""
