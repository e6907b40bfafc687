"""Rows as frozen facts, columns as functions of them: the model under every short table."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from desktop.theme import Type, colours, icon

from .columns import Column
from .texts import tip_of

R = TypeVar("R")
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


def _itself(row: Any) -> Hashable:
    found: Hashable = row
    return found


class RowsModel(QAbstractTableModel, Generic[R]):
    """`set_rows` resets it; a filter and an order are kept over that."""

    def __init__(self, columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._key: Callable[[R], Hashable] = _itself
        self._all: tuple[R, ...] = ()
        self._rows: tuple[R, ...] = ()
        self._filter = ""
        self._order: tuple[int, bool] | None = None
        self._mono: QFont | None = None

    def set_rows(self, rows: tuple[R, ...], key: Callable[[R], Hashable] | None = None) -> None:
        if key is not None:
            self._key = key
        self._all = tuple(rows)
        self._arrange()

    def change_rows(self, rows: tuple[R, ...]) -> None:
        """The same rows, by their keys, said differently: none moves, not even out of the filter."""
        changed = {self._key(row): row for row in rows}
        self._all = tuple(changed.get(self._key(row), row) for row in self._all)
        self._rows = tuple(changed.get(self._key(row), row) for row in self._rows)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))

    def set_filter(self, text: str) -> None:
        """Show the rows that have the text in any column; empty: all."""
        self._filter = text.strip().casefold()
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._order = None if column < 0 else (column, order is Qt.SortOrder.DescendingOrder)
        self._arrange()

    def row(self, place: int) -> R:
        return self._rows[place]

    def place(self, key: Hashable) -> int | None:
        """Where the row of that key is shown."""
        for place, row in enumerate(self._rows):
            if self._key(row) == key:
                return place
        return None

    def key(self, place: int) -> Hashable:
        return self._key(self._rows[place])

    def starting_with(self, text: str, after: int) -> int | None:
        """The first row after that place (round again) of which a column starts with the text."""
        wanted = text.casefold()
        count = len(self._rows)
        for step in range(count):
            place = (after + step) % count
            if any(column.text(self._rows[place]).casefold().startswith(wanted) for column in self.columns):
                return place
        return None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == _Role.DisplayRole:
            return self.columns[section].title
        if role == _Role.TextAlignmentRole:
            return _alignment(self.columns[section])
        return None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], self._rows[index.row()]
        if role == _Role.DisplayRole:
            return column.text(row)
        if role == _Role.TextAlignmentRole:
            return _alignment(column)
        if role == _Role.FontRole:
            return self._mono_font() if column.mono else None
        return _looks(column, row, role)

    def _mono_font(self) -> QFont:
        if self._mono is None:
            self._mono = Type.MONO.font()
        return self._mono

    def _arrange(self) -> None:
        self.beginResetModel()
        rows = [row for row in self._all if not self._filter or self._holds(row)]
        if self._order is not None:
            column = self.columns[self._order[0]]
            rows.sort(key=column.sort or (lambda row: column.text(row).casefold()), reverse=self._order[1])
        self._rows = tuple(rows)
        self.endResetModel()

    def _holds(self, row: R) -> bool:
        return any(self._filter in column.text(row).casefold() for column in self.columns)


def _looks(column: Column[R], row: R, role: int) -> Any:
    if role == _Role.ForegroundRole and column.tone is not None:
        tone = column.tone(row)
        return colours().muted if tone == "muted" else colours().tone(tone).text if tone else None
    if role == _Role.DecorationRole and column.icon is not None:
        name = column.icon(row)
        return icon(name, (column.tone(row) if column.tone else "") or "muted") if name else None
    if role == _Role.ToolTipRole and (column.tip is not None or column.least):
        return tip_of(column.tip(row) if column.tip is not None else column.text(row)) or None
    return None


def _alignment(column: Column[R]) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
