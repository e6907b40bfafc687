"""The conversation as one text: read by screen readers, marked and copied like any text, cheap to add to.

Adding costs what is added, however long the conversation is; a long one is written in slices of a few milliseconds.
The view follows the newest words only while its reader is at the end.
"""

from __future__ import annotations

import time
from collections import deque

from PySide6.QtCore import QRectF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextBlock
from PySide6.QtWidgets import QFrame, QTextBrowser

from desktop.questions.blocks import Block
from desktop.questions.transcript_cards import cards_between, paint_card
from desktop.questions.transcript_writer import Writer
from desktop.theme import Space, theme

_WIDEST = 108  # letters of a line that can still be read
_SLICE = 0.008  # seconds
_NEAR = 4  # pixels from the end that count as being there


class Transcript(QTextBrowser):
    """`review_wanted` with the number of a draft. Nothing of the text is a link but those that are made here."""

    review_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Conversation")
        self.setObjectName("transcript")
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(
            flags.TextSelectableByMouse
            | flags.TextSelectableByKeyboard
            | flags.LinksAccessibleByMouse
            | flags.LinksAccessibleByKeyboard
        )
        self.document().setDocumentMargin(Space.LARGE)
        self._writer = Writer(self.document())
        self._items: list[Block | str] = []  # what is shown, to write it again in other colours
        self._waiting: deque[Block | str] = deque()  # not written yet
        self._place = -1  # where to scroll to when all is written; -1: to the end
        self._slices = QTimer(self)
        self._slices.setSingleShot(True)
        self._slices.timeout.connect(self._write_some)
        self.anchorClicked.connect(self._on_link)
        theme().changed.connect(self._on_colours_changed)

    def show_blocks(self, blocks: tuple[Block, ...]) -> None:
        """Show these from now on, at their end; the same as before stay where they are."""
        if self._items == list(blocks):
            return
        self._items = list(blocks)
        self._write_all(-1)

    def add_block(self, block: Block) -> None:
        self._add(block, follow=block.kind == "you")

    def add_text(self, text: str) -> None:
        """More of what the agent is saying."""
        self._add(text, follow=False)

    def forget_text(self) -> None:
        while self._items and isinstance(self._items[-1], str):
            self._items.pop()
        while self._waiting and isinstance(self._waiting[-1], str):
            self._waiting.pop()
        if not self._waiting:
            self._writer.forget()

    @property
    def is_written(self) -> bool:
        """Whether all that was told is in the text."""
        return not self._waiting

    def _add(self, item: Block | str, *, follow: bool) -> None:
        self._items.append(item)
        if self._waiting:
            self._waiting.append(item)
            return
        follow = follow or self._is_at_end()
        self._write(item)
        if follow:
            self._to_end()

    def _write_all(self, place: int) -> None:
        """Write everything anew, then scroll there."""
        self._place = place
        self._writer.clear()
        self._waiting = deque(self._items)
        self.viewport().setUpdatesEnabled(False)
        self._write_some()

    def _write_some(self) -> None:
        until = time.monotonic() + _SLICE
        while self._waiting and time.monotonic() < until:
            self._write(self._waiting.popleft())
        if self._waiting:
            self._slices.start(0)
            return
        self.viewport().setUpdatesEnabled(True)
        if self._place < 0:
            self._to_end()
        else:
            self.verticalScrollBar().setValue(self._place)

    def _write(self, item: Block | str) -> None:
        if isinstance(item, str):
            self._writer.stream(item)
        else:
            self._writer.add(item)

    def _is_at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - _NEAR

    def _to_end(self) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _on_link(self, link: QUrl) -> None:
        self.review_wanted.emit(int(link.path()))

    def _on_colours_changed(self) -> None:
        self._write_all(-1 if self._is_at_end() else self.verticalScrollBar().value())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines stay short enough to be read; who was at the end stays there."""
        follows = self._is_at_end()
        widest = self.fontMetrics().averageCharWidth() * _WIDEST + 2 * Space.LARGE
        spare = max(0, self.width() - self.verticalScrollBar().sizeHint().width() - widest)
        self.setViewportMargins(0, 0, spare, 0)
        super().resizeEvent(event)
        if follows:
            self._to_end()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(0, -self.verticalScrollBar().value())
        shown = QRectF(event.rect()).translated(0, self.verticalScrollBar().value())
        first: QTextBlock = self.cursorForPosition(event.rect().topLeft()).block()
        for rect, tone in cards_between(first, shown.bottom(), self.viewport().width()):
            paint_card(painter, rect, tone)
        painter.end()
        super().paintEvent(event)
