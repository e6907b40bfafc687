"""The tables of the chosen source, and the bar that says which of them would be signed."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.data.tables import ToSign
from desktop.data.wording import state_words, table_summary
from desktop.theme import Space
from desktop.widgets import Button, Card, Column, Label, RowsTable, SearchField
from desktop.widgets.texts import ToneName
from sandbox.reviewing.orders.data import TableRow, TableState
from sandbox.visible import visible

PAGE = "Write all that is told and given, as a page for the privacy office"
TONES: dict[TableState, ToneName] = {"not signed": "plain", "signed": "good", "changed": "warn"}
ICONS: dict[TableState, str] = {"not signed": "", "signed": "good", "changed": "warn"}


class TablesPane(Card):
    """Implements `TablesView`; `bar` is placed elsewhere. `chosen` comes with the current table and all selected."""

    chosen = Signal(str, tuple)
    columns_wanted = Signal()
    catalog_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("Tables")
        self.layout().setContentsMargins(Space.MEDIUM, Space.SMALL, Space.MEDIUM, Space.MEDIUM)  # type: ignore[union-attr]
        self.bar = SignBar()
        self.search = SearchField("Find a table, or a state")
        self.table: RowsTable[TableRow] = RowsTable(
            "Tables",
            [
                Column("Table", lambda row: visible(row.name), tip=_name_tip, least=16),
                Column("State", state_words, tone=_tone, icon=_icon, tip=_state_tip, least=15),
                Column("Columns", lambda row: f"{row.columns:,}", right=True, leaves=2),
                Column("Told", lambda row: f"{row.told:,}", right=True, leaves=4),
                Column("Given", lambda row: f"{row.given:,}", right=True, leaves=3),
                Column("Reference", lambda row: "codes" if row.reference else "", leaves=1),
            ],
            empty="No table has this in its name.",
            many=True,
        )
        self._setting = False
        self._names: tuple[str, ...] = ()
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.table.opened.connect(self._on_opened)
        self.search.searched.connect(self._on_searched)
        self.find_more = Button("Find tables…", self.catalog_wanted.emit, kind="quiet", shortcut="Ctrl+K")
        self.find_more.hide()
        self.head.addWidget(self.find_more)
        self.body.addWidget(self.search)
        self.body.addWidget(self.table, 1)
        find = QShortcut(QKeySequence("Ctrl+Shift+F"), self)
        find.activated.connect(self._on_find)
        for keys, step in (("Ctrl+Down", 1), ("Ctrl+Up", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(self._on_next if step > 0 else self._on_previous)

    def show_tables(self, source: str, rows: tuple[TableRow, ...], chosen: str) -> None:
        self.set_title(f"Tables of {visible(source)}" if source else "Tables")
        names = (source, *(row.name for row in rows))
        self._setting = True
        if names == self._names:
            self.table.change_rows(rows)
        else:
            self._names = names
            self.table.set_rows(rows, lambda row: row.name)
        current = self.table.current()
        if chosen and (current is None or current.name != chosen):
            self.table.set_current(chosen)
        self._setting = False

    def show_to_sign(self, to_sign: ToSign) -> None:
        self.bar.show_to_sign(to_sign)

    def names_in_list(self) -> tuple[str, ...]:
        return tuple(row.name for row in self.table.rows())

    def step(self, step: int) -> None:
        """Go to the next table or the one before, as they are shown."""
        place = self.table.currentIndex().row() + step
        self.table.go_to_row(place)

    def _on_next(self) -> None:
        self.step(1)

    def _on_previous(self) -> None:
        self.step(-1)

    def _on_find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_searched(self, text: str) -> None:
        self._setting = True
        self.table.set_filter(text)
        self._setting = False

    def _on_opened(self, _row: object) -> None:
        self.columns_wanted.emit()

    def _on_selection_changed(self, _now: QItemSelection, _before: QItemSelection) -> None:
        if not self._setting:
            current = self.table.current()
            self.chosen.emit(current.name if current else "", tuple(row.name for row in self.table.selected()))


class SignBar(QWidget):
    """What would be signed, in words, and the button that begins it."""

    wanted = Signal()
    page_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words = Label(role="muted")
        self._sign = Button("Sign…", self.wanted.emit, kind="primary", icon="sign")
        self._sign.setToolTip("Sign the chosen tables (Ctrl+Enter)")
        self._sign.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the columns
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(self._on_keys)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.MEDIUM)
        row.addWidget(self._words, 1)
        row.addWidget(Button("Privacy page…", self.page_wanted.emit, icon="export", shortcut="Ctrl+P", name=PAGE))
        row.addWidget(self._sign)

    def show_to_sign(self, to_sign: ToSign) -> None:
        self._words.setText(visible(to_sign.sentence))
        self._sign.setText(to_sign.action)
        self._sign.setAccessibleName(to_sign.action)
        self._sign.setEnabled(bool(to_sign.tables))

    def _on_keys(self) -> None:
        if self._sign.isEnabled():
            self.wanted.emit()


def _name_tip(row: TableRow) -> str:
    return "\n".join(filter(None, (visible(row.name), visible(row.description))))


def _state_tip(row: TableRow) -> str:
    """With what a narrow list doesn't show."""
    return f"{state_words(row)}\n{table_summary(row)}"


def _tone(row: TableRow) -> str:
    if row.undecided:
        return "warn"
    return "muted" if row.state == "not signed" else TONES[row.state]


def _icon(row: TableRow) -> str:
    return "warn" if row.undecided else ICONS[row.state]
