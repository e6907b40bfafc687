"""The audit log: whether it is whole, then its entries, newest first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.records.facts import LogItem, LogPage
from desktop.theme import Space
from desktop.widgets import Button, Card, Column, Heading, Label, RowsTable, SearchField
from desktop.widgets.cards import Picture


class LogPane(QWidget):
    """Shows a `LogPage`; `read` is called with how many entries are wanted."""

    def __init__(self, read: Callable[[int], None]) -> None:
        super().__init__()
        self._read = read
        self._size = 0
        self._picture = Picture("verify", Space.WIDE)
        self._sentence, self._advice = Heading("", 3), Label()
        self._head = Label(role="small", selectable=True)
        self._head.setAccessibleName("Head of the audit log")
        self._shown = Label(role="muted")
        self._more = Button("Read all of it", self._on_more, kind="quiet", icon="more")
        self._search = SearchField("Find in the audit log", "Find an event, a draft, a run …")
        self._table = RowsTable[LogItem](
            "Audit log",
            [
                Column("No.", lambda row: f"{row.n:,}", right=True),
                Column("When", lambda row: row.when),
                Column("Event", lambda row: row.event, mono=True),
                Column("What happened", lambda row: row.sentence, stretch=True, tip=lambda row: row.sentence),
            ],
            empty="No entry has these words.",
            copyable=True,
        )
        self._search.searched.connect(self._table.set_filter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.MEDIUM)
        layout.addWidget(self._verdict())
        layout.addLayout(self._tools())
        layout.addWidget(self._table, 1)

    def show_log(self, page: LogPage) -> None:
        self._picture.set_picture(page.icon, page.tone)
        self._sentence.setText(page.sentence)
        self._advice.setText(page.advice)
        self._advice.setVisible(bool(page.advice))
        self._head.setText(f"Head {page.root}")
        self._head.setVisible(bool(page.root))
        self._shown.setText(page.shown)
        self._size = len(page.rows) + page.more
        self._more.setVisible(page.more > 0)
        self._table.set_rows(page.rows, key=lambda row: row.n)

    def first_focus(self) -> QWidget:
        return self._search

    def _verdict(self) -> Card:
        card = Card()
        words = QVBoxLayout()
        words.setSpacing(Space.HAIR)
        for widget in (self._sentence, self._advice, self._head):
            words.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        card.body.addLayout(row)
        return card

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM)
        row.addWidget(self._search, 2)
        row.addWidget(self._shown, 1)
        row.addWidget(self._more)
        return row

    def _on_more(self) -> None:
        self._read(self._size)
