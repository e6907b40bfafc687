"""The margin of a text: line numbers (or other words), marks, and the sign of what was changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QTextBlock
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.theme import ICON, Space, colours, icon

from .code_marks import SIGNS, LineMark, spoken
from .texts import tip_of

if TYPE_CHECKING:
    from .code_area import CodeArea

_ICONS = {"plain": "info"}


class Gutter(QWidget):
    """Paints the visible lines of its text area; a click activates the line."""

    def __init__(self, area: CodeArea) -> None:
        super().__init__(area)
        self._area = area
        self.marks: dict[int, tuple[LineMark, ...]] = {}
        self.tints: dict[int, str] = {}
        self.texts: tuple[str, ...] | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def width_wanted(self) -> int:
        words = self._longest() + (self._letter() * 2 if self.tints else 0)
        return words + self._icon_room() + Space.SMALL + Space.MEDIUM

    def sizeHint(self) -> QSize:
        return QSize(self.width_wanted(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), colours().surface)
        painter.setFont(self._area.font())
        for block, rect in visible_blocks(self._area, self.width()):
            if rect.top() > event.rect().bottom():
                break
            self._paint_line(painter, block.blockNumber() + 1, rect)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(int(event.position().y()))
        if line and event.button() is Qt.MouseButton.LeftButton:
            self._area.go_to(line)
            self._area.line_activated.emit(line)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            marks = self.marks.get(self._line_at(event.pos().y()), ())
            QToolTip.showText(event.globalPos(), tip_of(spoken(marks)) if marks else "", self)
            return True
        return super().event(event)

    def _paint_line(self, painter: QPainter, line: int, rect: QRect) -> None:
        marks, tint = self.marks.get(line, ()), self.tints.get(line, "")
        self._area.paint_tint(painter, line, rect)
        if marks:
            corner = QRect(Space.TIGHT, rect.top() + (self._area.line_height() - ICON) // 2, ICON, ICON)
            icon(_ICONS.get(marks[0].tone, marks[0].tone), _colour(marks[0])).paint(painter, corner)
        room = QRect(0, rect.top(), rect.width() - Space.MEDIUM, self._area.line_height())
        painter.setPen(colours().text if tint or marks else colours().muted)
        if self.tints:
            painter.drawText(room, Qt.AlignmentFlag.AlignRight, SIGNS.get(tint, ""))
            room.setRight(room.right() - self._letter() * 2)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight, self._text(line))

    def _text(self, line: int) -> str:
        if self.texts is None:
            return str(line)
        return self.texts[line - 1] if line <= len(self.texts) else ""

    def _longest(self) -> int:
        widest = str(self._area.blockCount()) if self.texts is None else max(self.texts, key=len, default="")
        return self._area.fontMetrics().horizontalAdvance(widest.rjust(2, "0"))

    def _letter(self) -> int:
        return self._area.fontMetrics().horizontalAdvance("+")

    def _icon_room(self) -> int:
        return ICON + Space.TIGHT if self.marks else 0

    def _line_at(self, y: int) -> int:
        for block, rect in visible_blocks(self._area, self.width()):
            if rect.top() <= y <= rect.bottom():
                return block.blockNumber() + 1
        return 0


def visible_blocks(area: CodeArea, width: int) -> Iterator[tuple[QTextBlock, QRect]]:
    """The blocks in sight, from the top, with where they are."""
    block = area.firstVisibleBlock()
    bottom = area.viewport().height()
    top = area.blockBoundingGeometry(block).translated(area.contentOffset()).top()
    while block.isValid() and top <= bottom:
        height = area.blockBoundingRect(block).height()
        yield block, QRect(0, round(top), width, round(top + height) - round(top))
        top += height
        block = block.next()


def _colour(mark: LineMark) -> str:
    return "muted" if mark.tone == "plain" else mark.tone
