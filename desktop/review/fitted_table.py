"""A short table that shows all of its text: lines wrap, and it is as high as its rows, up to a limit."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHeaderView, QSizePolicy

from desktop.theme import Space
from desktop.widgets import Column, RowsTable

R = TypeVar("R")
_WRAP = int(Qt.TextFlag.TextWordWrap)
_WRAPPED = 400  # rows whose height is measured; beyond that one line each must do


class FittedTable(RowsTable[R]):
    """`most` is how many rows of one line it is high at most; then it scrolls. `widest` is the share of the width that
    a column takes at most, besides the one that stretches."""

    def __init__(
        self, name: str, columns: Sequence[Column[R]], *, empty: str = "", most: int = 10, widest: float = 0.4
    ) -> None:
        super().__init__(name, columns, empty=empty, copyable=True)
        self._most, self._widest = most, widest
        self._stretches = any(column.stretch for column in columns)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._fit)
        self.horizontalHeader().sectionResized.connect(self._soon.start)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollMode(RowsTable.ScrollMode.ScrollPerPixel)

    def set_rows(self, rows: tuple[R, ...], key: Callable[[R], Hashable] | None = None) -> None:
        super().set_rows(rows, key)
        self._fit()

    def sizeHintForRow(self, row: int) -> int:
        """High enough for the wrapped text of every column, whatever the style adds around it."""
        model, lines = self.model(), [1]
        for column in range(model.columnCount()):
            index = model.index(row, column)
            room = self.columnWidth(column) - 2 * Space.MEDIUM + Space.HAIR
            if index.data(Qt.ItemDataRole.DecorationRole) is not None:
                room -= Space.WIDE
            font = index.data(Qt.ItemDataRole.FontRole)
            metrics = QFontMetrics(font) if font is not None else self.fontMetrics()
            text = metrics.boundingRect(0, 0, max(room, 1), 1_000_000, _WRAP, index.data() or "")
            lines.append(text.height())
        return max(max(lines) + 2 * Space.SMALL, self._line())

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._wanted())

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), min(self._wanted(), self._line() * 3))

    def _fit(self) -> None:
        most = round(self.viewport().width() * self._widest)
        for column in range(self.model().columnCount()):
            is_free = self.horizontalHeader().sectionResizeMode(column) is QHeaderView.ResizeMode.Interactive
            if is_free and self._stretches and most > 0:
                self.setColumnWidth(column, min(self._width_of(column), most))
        if 0 < self.model().rowCount() <= _WRAPPED:
            self.resizeRowsToContents()
        self.setFixedHeight(self._wanted())

    def _width_of(self, column: int) -> int:
        """Wide enough for the longest line of the column's texts and for its title."""
        model = self.model()
        title = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        widest = self.horizontalHeader().fontMetrics().horizontalAdvance(title)
        for row in range(min(model.rowCount(), _WRAPPED)):
            index = model.index(row, column)
            font = index.data(Qt.ItemDataRole.FontRole)
            metrics = QFontMetrics(font) if font is not None else self.fontMetrics()
            lines = str(index.data() or "").split("\n")
            room = Space.WIDE if index.data(Qt.ItemDataRole.DecorationRole) is not None else 0
            widest = max(widest, room + max(metrics.horizontalAdvance(line) for line in lines))
        return widest + 2 * Space.MEDIUM

    def _wanted(self) -> int:
        rows = self.model().rowCount()
        inside = sum(self.rowHeight(n) for n in range(min(rows, self._most * 2))) if rows else self._line() * 2
        head = self.horizontalHeader().sizeHint().height() if self.horizontalHeader().isVisibleTo(self) else 0
        bar = 0 if self._stretches else self.horizontalScrollBar().sizeHint().height()
        return min(inside, self._line() * self._most) + head + bar + 2 * self.frameWidth() + Space.HAIR

    def _line(self) -> int:
        return self.verticalHeader().defaultSectionSize()
