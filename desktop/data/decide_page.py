"""Where a table is decided: its columns, the chosen column, the agent's text; side by side or one below the other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from desktop.theme import Space

LETTERS = 105  # below this width in letters the chosen column and the text lie below the columns


class DecidePage(QWidget):
    """Wide: columns left, the other two stacked at the right. Narrow: columns above, the other two side by side."""

    def __init__(self, columns: QWidget, column: QWidget, told: QWidget) -> None:
        super().__init__()
        self._outer, self._inner = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical)
        for widget in (column, told):
            self._inner.addWidget(widget)
        for widget in (columns, self._inner):
            self._outer.addWidget(widget)
        for splitter in (self._outer, self._inner):
            splitter.setHandleWidth(Space.MEDIUM)
            splitter.setStretchFactor(0, 3)
            splitter.setStretchFactor(1, 2)
        self._narrow = False
        self._share()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.MEDIUM, 0, 0, 0)
        layout.addWidget(self._outer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < LETTERS * self.fontMetrics().averageCharWidth()
        if narrow != self._narrow:
            self._narrow = narrow
            self._share()

    def _share(self) -> None:
        flat, tall = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._outer.setOrientation(tall if self._narrow else flat)
        self._inner.setOrientation(flat if self._narrow else tall)
        self._outer.setSizes([6800, 3200] if self._narrow else [6300, 3700])
        self._inner.setSizes([5000, 5000] if self._narrow else [4000, 6000])
