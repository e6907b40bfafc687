"""The page on which tables of a large source are found by words and opened."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.data.wording import catalog_words, found_name, found_words
from desktop.theme import Space
from desktop.widgets import Button, Column, Heading, Label, RowsTable, SearchField
from sandbox.reviewing.orders.data import FoundTables
from sandbox.reviewing.orders.facts import FoundTable

HINT = "Type what a question needs: admission date, potassium, readmission. Then Down and Enter."
NONE = "No table has these words in its name, its columns or what is said of it."
STATES = {"signed": "signed", "open": "open", "closed": "not open"}
PAUSE_MS = 40  # a search takes about a millisecond


class CatalogPane(QWidget):
    """Implements `CatalogView`."""

    searched = Signal(str)
    chosen = Signal(tuple)
    open_wanted = Signal()
    back_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._about, self._why = Label(role="muted"), Label(role="muted")
        self.search = SearchField("Find tables by what they hold", pause_ms=PAUSE_MS)
        self.search.searched.connect(self.searched)
        self.search.installEventFilter(self)
        self.table = _found_table()
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.table.opened.connect(self._on_opened)
        self._open = Button("Open the table", self.open_wanted.emit, kind="primary", icon="table")
        self._back = Button("Back to the tables", self.back_wanted.emit)
        leave = QShortcut(QKeySequence("Esc"), self)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.back_wanted)
        self._lay_out()
        self.show_to_open("", "Open the table")

    def show_found(self, found: FoundTables) -> None:
        self._about.setText(catalog_words(found.tables, found.columns, found.opened))
        self._back.setVisible(found.opened > 0)
        self.table.set_empty(NONE if found.words.strip() else HINT)
        self.table.set_rows(found.rows, lambda row: row.table)
        if found.rows and self.table.current() is None:
            self.table.go_to_row(0)
        self.table.scrollToTop()
        self._on_selection_changed()

    def show_to_open(self, sentence: str, action: str, can: bool = False) -> None:
        self._why.setText(sentence)
        self._open.setText(action)
        self._open.setAccessibleName(action)
        self._open.setEnabled(can)

    def show_typed(self, text: str) -> None:
        if self.search.text() != text:
            self.search.setText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down and Up go through what was found while the words are still being typed; Enter opens it."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
                self.table.setFocus(Qt.FocusReason.TabFocusReason)
                self.table.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._on_opened(None)
                return True
        return super().eventFilter(watched, event)

    def _on_opened(self, _row: object) -> None:
        if self._open.isEnabled():
            self.open_wanted.emit()

    def _on_selection_changed(self, _now: QItemSelection | None = None, _before: QItemSelection | None = None) -> None:
        self.chosen.emit(tuple(row.table for row in self.table.selected()))

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(Space.SMALL)
        below.addWidget(self._why, 1)
        below.addWidget(self._back)
        below.addWidget(self._open)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.MEDIUM, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        for widget in (Heading("Find tables", level=2), self._about, self.search):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        layout.addLayout(below)


def _found_table() -> RowsTable[FoundTable]:
    return RowsTable(
        "Tables that were found",
        [
            Column("Table", found_name, tip=found_name),
            Column("State", lambda row: STATES[row.state], tone=_tone, icon=_icon),
            Column("Columns", lambda row: f"{row.columns:,}", right=True),
            Column("Found in", found_words, tip=found_words, tone=lambda row: "muted", stretch=True),
        ],
        empty=HINT,
        many=True,
    )


def _tone(row: FoundTable) -> str:
    return {"signed": "good", "open": "", "closed": "muted"}[row.state]


def _icon(row: FoundTable) -> str:
    return "good" if row.state == "signed" else ""
