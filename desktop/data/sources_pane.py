"""The list of sources, and what can be done to the chosen one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from desktop.data.wording import indexed_words, signed_words
from desktop.data.working import Doing
from desktop.theme import Space
from desktop.widgets import Busy, Button, Card, Column, Label, RowsTable
from sandbox.reviewing.orders.starting import SourceStanding
from sandbox.visible import visible

ROWS = 4  # sources that are seen without scrolling


class SourcesPane(Card):
    """Implements `SourcesView`; every signal is something that the reviewer wants."""

    chosen = Signal(str)
    connect_wanted = Signal()
    look_wanted = Signal()
    index_wanted = Signal()
    stop_wanted = Signal()
    forget_wanted = Signal()
    disconnect_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("Sources")
        self.layout().setContentsMargins(Space.MEDIUM, Space.SMALL, Space.MEDIUM, Space.MEDIUM)  # type: ignore[union-attr]
        self.table: RowsTable[SourceStanding] = RowsTable(
            "Sources",
            [
                Column("Source", lambda row: visible(row.name), tip=_name_tip, least=10),
                Column("Signed", signed_words, tip=_signed_tip),
                Column("Indexed", indexed_words, tip=_indexed_tip, least=12),
            ],
            empty="No source is connected.",
        )
        self.table.chosen.connect(self._on_chosen)
        self._place = Label(role="small")
        self._busy, self._stop = Busy(), Button("Stop", self.stop_wanted.emit, icon="stop")
        self._look = Button("Look again", self.look_wanted.emit, icon="reload", shortcut="F5")
        self._index = Button("Index identifiers", self.index_wanted.emit, icon="shield", shortcut="Ctrl+I")
        self._connect = Button("&Connect…", self.connect_wanted.emit, kind="quiet", icon="add")
        self.head.addWidget(self._connect)
        self._buttons = QWidget()
        self._more, self._index_again, self._forget = self._menu()
        self._source: SourceStanding | None = None
        self._doing: Doing | None = None
        self._lay_out()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.show_working(None, "")

    def show_sources(self, rows: tuple[SourceStanding, ...], chosen: str) -> None:
        if rows != self.table.rows():
            self.table.set_rows(rows, lambda row: row.name)
        current = self.table.current()
        if current is None or current.name != chosen:
            self.table.set_current(chosen)
        lines = max(1, min(len(rows), ROWS))
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(head + lines * self.table.verticalHeader().defaultSectionSize() + Space.MEDIUM)
        self._source = next((row for row in rows if row.name == chosen), None)
        self._place.setText(_place_words(self._source) if self._source else "")
        self._place.setAccessibleName(self._source.location if self._source else "")
        self._show_possible()

    def show_working(self, doing: Doing | None, sentence: str) -> None:
        """An indexing goes on beside the tables."""
        self._doing = doing
        if doing is None:
            self._busy.stop()
        elif self._busy.isHidden():
            self._busy.start(sentence)
        else:
            self._busy.say(sentence)
        self._show_possible()

    def _show_possible(self) -> None:
        """What can be done to the chosen source while nothing, or while something, is being done."""
        source, idle = self._source, self._doing is None
        looked = source is not None and source.looked
        self._buttons.setVisible(idle and source is not None)
        self._stop.setVisible(not idle)
        self._look.setText("Look again" if looked else "Look at it")
        self._look.setShortcut("F5")
        has_tables = looked and source is not None and source.tables > 0
        wanted = source is not None and (not source.known or source.known_is_old)
        self._index.setVisible(idle and has_tables and wanted)
        self._index_again.setVisible(looked)
        self._forget.setVisible(source is not None and source.known)

    def _menu(self) -> tuple[Button, QAction, QAction]:
        button = Button("More", icon="more", name="More about this source")
        menu = QMenu(button)
        menu.setAccessibleName("More about this source")
        index, forget = menu.addAction("&Index identifiers again"), menu.addAction("&Forget the index…")
        index.triggered.connect(self._on_index)
        forget.triggered.connect(self._on_forget)
        menu.addAction("&Disconnect…").triggered.connect(self._on_disconnect)
        button.setMenu(menu)
        return button, index, forget

    def _lay_out(self) -> None:
        working, row = QHBoxLayout(), QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        for one in (row, working):
            one.setSpacing(Space.SMALL)
        for widget in (self._look, self._more):
            row.addWidget(widget)
        row.addStretch(1)
        working.addWidget(self._busy, 1)
        working.addWidget(self._stop)
        self.body.addWidget(self.table)
        self.body.addWidget(self._place)
        self.body.addWidget(self._buttons)
        self.body.addWidget(self._index, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(working)

    def _on_chosen(self, row: SourceStanding | None) -> None:
        if row is not None:
            self.chosen.emit(row.name)

    def _on_index(self) -> None:
        self.index_wanted.emit()

    def _on_forget(self) -> None:
        self.forget_wanted.emit()

    def _on_disconnect(self) -> None:
        self.disconnect_wanted.emit()


def _name_tip(row: SourceStanding) -> str:
    return f"{visible(row.name)}\n{visible(row.location)}"


def _signed_tip(row: SourceStanding) -> str:
    return f"Tables that are signed: {signed_words(row)}"


def _indexed_tip(row: SourceStanding) -> str:
    if row.known_is_old:
        return (
            "Columns that identify patients were found since it was indexed. What they hold is not recognised in what "
            "you write before it is indexed again."
        )
    if row.known:
        return "Names and numbers of its patients are recognised in what you write."
    return "Names and numbers of its patients are not recognised in what you write."


def _place_words(source: SourceStanding) -> str:
    """The whole path; it may break after each of its parts."""
    place = visible(source.location).replace("/", "/\u200b").replace("\\", "\\\u200b")
    return f"{place}{', with a login' if source.login else ''}"
