"""A program in a text view: rows of a sheet, old and new line numbers beside them, and which rows can be read now."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QPlainTextEdit

from desktop.review.colouring import coloured
from desktop.review.program_presenter import RowMark
from desktop.review.sheet import Sheet, SheetRow
from desktop.widgets import CodeView, LineMark

Numbers = Literal["old", "new", "both"]


class ProgramText(CodeView):
    """`read` tells of the sheet the first and the last row that is wholly in sight, and how many letters of a row are.
    A wrapped row counts once it was in sight from its beginning to its end; its tail alone is none.

    With `wraps` long lines go on below; without, rows keep their height, so that two texts stay beside each other.
    """

    read = Signal(object, int, int, int)

    def __init__(self, name: str, *, wraps: bool) -> None:
        super().__init__(name)
        self._wraps = wraps
        self._sheet = Sheet(())
        self._reached: dict[int, float] = {}  # how far down each row was in sight without a gap
        modes = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(modes.WidgetWidth if wraps else modes.NoWrap)
        self.verticalScrollBar().valueChanged.connect(self._tell)
        self.horizontalScrollBar().valueChanged.connect(self._tell)

    def show_sheet(self, sheet: Sheet, numbers: Numbers) -> None:
        """`numbers`: the line in the old program, in the new one, or both, beside each row."""
        self._sheet = sheet
        self._reached.clear()
        self.show_code(sheet.text, "text")
        self._highlighter.read_lines(coloured(sheet))
        self.set_tints({n: row.kind for n, row in enumerate(sheet.rows, 1) if row.kind in ("added", "removed")})
        self.set_gutter(tuple(_number(row, numbers, len(str(len(sheet.rows)))) for row in sheet.rows))
        self._tell()

    def show_marks(self, marks: tuple[RowMark, ...]) -> None:
        self.set_marks(LineMark(mark.row, mark.tone, mark.text) for mark in marks)

    def first_row(self) -> int:
        """The row at the top."""
        return self.firstVisibleBlock().blockNumber() + 1

    def show_from(self, row: int) -> None:
        """Scroll so that the row is at the top."""
        block = self.document().findBlockByNumber(max(row, 1) - 1)
        self.verticalScrollBar().setValue(block.firstLineNumber() if block.isValid() else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._reached.clear()  # rows are wrapped elsewhere now
        self._tell()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tell()

    def _tell(self, _moved: int = 0) -> None:
        if self.isVisible() and self._sheet.rows and (rows := self._rows_read()):
            self.read.emit(self._sheet, rows[0], rows[-1], self._letters())

    def _rows_read(self) -> list[int]:
        """The rows in sight of which nothing was left out; they follow each other."""
        block = self.firstVisibleBlock()
        top, found = self.blockBoundingGeometry(block).translated(self.contentOffset()).top(), []
        while block.isValid() and top < self.viewport().height():
            row, height = block.blockNumber() + 1, self.blockBoundingRect(block).height()
            reached = self._reached.get(row, 0.0)
            if -top <= reached + 1:
                reached = self._reached[row] = max(reached, self.viewport().height() - top)
            if reached >= height - 1:
                found.append(row)
            top += height
            block = block.next()
        return found

    def _letters(self) -> int:
        """How far to the right a row can be read."""
        if self._wraps:
            return 1_000_000
        shown = self.viewport().width() + self.horizontalScrollBar().value() - self.document().documentMargin()
        return int(shown / max(1, self.fontMetrics().horizontalAdvance("0")))


def _number(row: SheetRow, numbers: Numbers, width: int) -> str:
    old, new = (str(line or "").rjust(width) for line in (row.old_line, row.new_line))
    return f"{old} {new}" if numbers == "both" else old if numbers == "old" else new
