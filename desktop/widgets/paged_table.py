"""A view on a table that is far too large to hold: windows of rows are asked for as they come into sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QHeaderView

from desktop.theme import Space, Type, colours

from .pages import COLUMNS, ROWS, Cells, Page, Pages, page_at
from .table_view import TableView

Fetch = Callable[[int, int, int, int], object]

_PAUSE_MS = 50
_COMING = "\N{HORIZONTAL ELLIPSIS}"
_NARROWEST, _WIDEST, _MEASURED = 6, 36, 40  # letters, letters, rows
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PagedModel(QAbstractTableModel):
    """`missed` when a cell was asked for whose page is not here."""

    missed = Signal()

    def __init__(self, columns: Sequence[str], row_count: int, numeric: Sequence[bool], parent: QObject) -> None:
        super().__init__(parent)
        self.columns, self.row_count, self.numeric = tuple(columns), row_count, tuple(numeric)
        self.pages = Pages()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else self.row_count

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if role == _Role.TextAlignmentRole and orientation is Qt.Orientation.Horizontal:
            return self._alignment(section)
        if role != _Role.DisplayRole:
            return None
        return self.columns[section] if orientation is Qt.Orientation.Horizontal else f"{section + 1:,}"

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == _Role.DisplayRole:
            text = self.pages.cell(index.row(), index.column())
            if text is None:
                self.missed.emit()
            return _COMING if text is None else text
        if role == _Role.TextAlignmentRole:
            return self._alignment(index.column())
        if role == _Role.ForegroundRole and self.pages.cell(index.row(), index.column()) is None:
            return colours().faint
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        right = column < len(self.numeric) and self.numeric[column]
        return _RIGHT if right else _LEFT


class PagedTable(TableView):
    """`fetch(first, count, column, columns)` is called for windows that are in sight; the answer goes to `arrived`.

    Nothing is copied from it. With `sortable` a click on a title says `sort_asked` (column, descending); whoever
    hears it reads the rows afresh (`forget`).
    """

    sort_asked = Signal(int, bool)

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        row_count: int,
        fetch: Fetch,
        *,
        numeric: Sequence[bool] = (),
        sortable: bool = False,
        empty: str = "The table has no rows.",
    ) -> None:
        super().__init__(name, empty)
        self._fetch = fetch
        self._is_fitted = False
        self._model = PagedModel(columns, row_count, numeric, self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._on_paused)
        self._model.missed.connect(self._on_missed)
        self.setModel(self._model)
        self._set_up_heads(sortable)

    def arrived(self, first: int, column: int, cells: Cells) -> None:
        """Show the cells of a window that was asked for."""
        page = self._model.pages.arrived(first, column, cells)
        if not cells or not cells[0]:
            return
        if not self._is_fitted and page == Page(0, 0):
            self._fit_columns(cells)
        corner = self._model.index(first + len(cells) - 1, column + len(cells[0]) - 1)
        self._model.dataChanged.emit(self._model.index(first, column), corner)

    def refused(self) -> None:
        """A window does not come. It is asked for again when the table is next scrolled."""
        self._model.pages.refused()

    def forget(self) -> None:
        """Drop what is held and ask again for what is in sight."""
        self._model.pages = Pages()
        self.viewport().update()

    def keyboardSearch(self, _search: str) -> None:
        """Nothing: what can be searched is only what is here."""

    def _set_up_heads(self, sortable: bool) -> None:
        self.verticalHeader().show()
        self.verticalHeader().setFont(Type.SMALL.font())
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setSectionsClickable(sortable)
        for place, title in enumerate(self._model.columns):
            self.setColumnWidth(place, self._width(len(title) + 2))
        if sortable:
            head.setSortIndicatorShown(True)
            head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            head.sortIndicatorChanged.connect(self._on_sort_wanted)

    def _fit_columns(self, cells: Cells) -> None:
        self._is_fitted = True
        for place, title in enumerate(self._model.columns[: len(cells[0])]):
            longest = max(len(row[place]) for row in cells[:_MEASURED])
            self.setColumnWidth(place, self._width(max(len(title) + 2, longest)))

    def _width(self, letters: int) -> int:
        wide = min(max(letters, _NARROWEST), _WIDEST)
        return self.fontMetrics().horizontalAdvance("0") * wide + 2 * Space.LARGE

    def _in_sight(self) -> list[Page]:
        area = self.viewport().rect()
        rows, columns = self._model.row_count, len(self._model.columns)
        top, left = self.rowAt(0), self.columnAt(0)
        if top < 0 or left < 0:
            return []
        bottom, right = self.rowAt(area.bottom()), self.columnAt(area.right())
        last = page_at(rows - 1 if bottom < 0 else bottom, columns - 1 if right < 0 else right)
        start = page_at(top, left)
        return [
            Page(down, across)
            for down in range(start.down, last.down + 1)
            for across in range(start.across, last.across + 1)
        ]

    def _on_missed(self) -> None:
        if not self._pause.isActive():
            self._pause.start()

    def _on_paused(self) -> None:
        for page in self._model.pages.to_ask(self._in_sight()):
            count = min(ROWS, self._model.row_count - page.first)
            self._fetch(page.first, count, page.column, min(COLUMNS, len(self._model.columns) - page.column))

    def _on_sort_wanted(self, column: int, order: Qt.SortOrder) -> None:
        if column >= 0:
            self.sort_asked.emit(column, order is Qt.SortOrder.DescendingOrder)
