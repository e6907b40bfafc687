"""What the read-only and the editable text have in common: margin, tints, marks and how to step through them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
    QTextBlock,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QToolTip

from desktop.theme import Type, colours, theme

from .announcing import announce
from .code_gutter import Gutter, visible_blocks
from .code_highlighter import Highlighter
from .code_marks import LineMark, Tint, by_line, next_line, spoken
from .texts import tip_of

_TINTS = {"added": "good", "removed": "bad", "changed": "warn"}
_SPOKEN_SIGNS = {"added": "Added", "removed": "Removed", "changed": "Changed"}
INDENT = 4


class CodeArea(QPlainTextEdit):
    """What the two below share. F8 and Shift+F8 go to the next and the previous mark (without marks: to the next
    change) and say it. `line_activated` by a click beside the line."""

    line_activated = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFont(Type.MONO.font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * INDENT)
        self._gutter = Gutter(self)
        self._highlighter = Highlighter(self.document())
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._on_update_requested)
        self.cursorPositionChanged.connect(self._on_cursor_moved)
        theme().changed.connect(self._on_colours_changed)
        for key, step in (("F8", self._next), ("Shift+F8", self._previous)):
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(step)
        self._make_room()

    def set_marks(self, marks: Iterable[LineMark]) -> None:
        self._gutter.marks = by_line(marks)
        self._make_room()

    def set_tints(self, tints: Mapping[int, Tint]) -> None:
        """Lines that were added, removed or changed; shown by a sign in the margin and a tint."""
        self._gutter.tints = dict(tints)
        self._make_room()

    def set_gutter(self, texts: tuple[str, ...] | None) -> None:
        """What stands beside each line instead of its number; None: its number."""
        self._gutter.texts = texts
        self._make_room()

    def go_to(self, line: int) -> None:
        """Put the cursor on that line and bring it into sight."""
        block = self.document().findBlockByNumber(min(max(line, 1), self.blockCount()) - 1)
        self.setTextCursor(QTextCursor(block))
        self.centerCursor()

    def selected_lines(self) -> tuple[int, int]:
        """The first and last line of the selection; without one, twice that of the cursor."""
        cursor = self.textCursor()
        first, last = (self.document().findBlock(at) for at in (cursor.selectionStart(), cursor.selectionEnd()))
        if last.position() == cursor.selectionEnd() and last.blockNumber() > first.blockNumber():
            last = last.previous()
        return first.blockNumber() + 1, last.blockNumber() + 1

    def line_height(self) -> int:
        return self.fontMetrics().lineSpacing()

    def paint_tint(self, painter: QPainter, line: int, rect: QRect) -> None:
        """The background of a line: that of its change, else that of its gravest mark."""
        tint, marks = self._gutter.tints.get(line), self._gutter.marks.get(line)
        tone = _TINTS[tint] if tint else marks[0].tone if marks else ""
        if tone:
            painter.fillRect(rect, colours().tone(tone).tint)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        for block, rect in visible_blocks(self, self.viewport().width()):
            self._paint_line(painter, block, rect)
        painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()

    def _paint_line(self, painter: QPainter, block: QTextBlock, rect: QRect) -> None:
        self.paint_tint(painter, block.blockNumber() + 1, rect)
        if self.hasFocus() and block == self.textCursor().block():
            painter.setPen(colours().line)
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
            painter.drawLine(rect.topLeft(), rect.topRight())

    def _make_room(self) -> None:
        self.setViewportMargins(self._gutter.width_wanted(), 0, 0, 0)
        self._place_gutter()
        self._gutter.update()
        self.viewport().update()

    def _place_gutter(self) -> None:
        inner = self.viewport().geometry()
        width = self._gutter.width_wanted()
        self._gutter.setGeometry(inner.left() - width, inner.top(), width, inner.height())

    def _next(self) -> None:
        self._step(backwards=False)

    def _previous(self) -> None:
        self._step(backwards=True)

    def _step(self, *, backwards: bool) -> None:
        gutter, here = self._gutter, self.textCursor().blockNumber() + 1
        line = next_line(gutter.marks or gutter.tints, here, backwards=backwards)
        if line is None:
            announce(self, "No marks.")
            return
        self.go_to(line)
        words = spoken(gutter.marks[line]) if gutter.marks else f"{_SPOKEN_SIGNS[gutter.tints[line]]}, line {line}"
        announce(self, words)
        if gutter.marks:
            below = self.cursorRect().bottomLeft() + QPoint(0, self.line_height() // 2)
            QToolTip.showText(self.viewport().mapToGlobal(below), tip_of(words), self)

    def _on_update_requested(self, rect: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, rect.y(), self._gutter.width(), rect.height())

    def _on_cursor_moved(self) -> None:
        self.viewport().update()

    def _on_colours_changed(self) -> None:
        self._gutter.update()
        self.viewport().update()
