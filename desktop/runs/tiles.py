"""Figures to be read at a glance: each a name and, large, its value, in as many columns as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme import Space, Type
from desktop.widgets import Label

SHORT = 18  # letters; a longer value is a text and takes a row of its own
_LETTERS = 22  # the least width of a tile


class Tile(QFrame):
    """One name and its value."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.is_short = len(value) <= SHORT and "\n" not in value
        self._name, self._value = Label(name, role="muted"), Label(value)
        if self.is_short:
            self._value.setFont(Type.PAGE.font())
            self._value.setWordWrap(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.MEDIUM)
        layout.setSpacing(Space.TIGHT)
        layout.addWidget(self._name)
        layout.addWidget(self._value)
        layout.addStretch(1)
        self.setAccessibleName(f"{name}: {value}")

    def set_value(self, name: str, value: str) -> None:
        if value != self._value.text():
            self._value.setText(value)
            self.setAccessibleName(f"{name}: {value}")


class Tiles(QWidget):
    """Tiles in a grid that follows the width."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._tiles: dict[str, Tile] = {}
        self._across = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(Space.MEDIUM)

    def set_values(self, values: tuple[tuple[str, str], ...]) -> None:
        """Show these; tiles whose names stay are kept, so that figures that change do not flicker."""
        if tuple(self._tiles) != tuple(name for name, _ in values):
            self._make(values)
        for name, value in values:
            self._tiles[name].set_value(name, value)

    def minimumSizeHint(self) -> QSize:
        """A tile wide: the grid follows the room that there is, and does not ask for what it has now."""
        return QSize(self._least(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitting() != self._across:
            self._place()

    def _make(self, values: tuple[tuple[str, str], ...]) -> None:
        for tile in self._tiles.values():
            tile.hide()
            tile.deleteLater()
        self._tiles = {name: Tile(name, value) for name, value in values}
        self._place()

    def _place(self) -> None:
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        self._across = across = self._fitting()
        row = column = 0
        for tile in self._tiles.values():
            if column and (column == across or not tile.is_short):
                row, column = row + 1, 0
            width = 1 if tile.is_short else across
            self._grid.addWidget(tile, row, column, 1, width)
            column += width
        for column in range(across):
            self._grid.setColumnStretch(column, 1)

    def _fitting(self) -> int:
        return max(1, min(4, (self.width() + Space.MEDIUM) // (self._least() + Space.MEDIUM)))

    def _least(self) -> int:
        return self.fontMetrics().horizontalAdvance("0") * _LETTERS
