"""A table of facts: one row each, found, sorted and chosen by keyboard or mouse."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from desktop.theme import Space

from .columns import Column
from .rows_model import RowsModel
from .table_view import TableView, TypedAhead
from .widths import share

R = TypeVar("R")

_MEASURED = 200  # rows looked at for the width of a column
_WIDEST = 42  # letters that a column takes by itself


class RowsTable(TableView, Generic[R]):
    """`chosen` when another row became the current one (not by `set_rows`); `opened` by Enter or double click.

    With `many` several rows can be selected; with `sortable` a click on a title sorts; with `copyable` Ctrl+C copies
    the text of the selected rows, for lists that hold no results.
    """

    chosen = Signal(object)
    opened = Signal(object)

    def __init__(
        self,
        name: str,
        columns: Sequence[Column[R]],
        *,
        empty: str = "",
        many: bool = False,
        sortable: bool = False,
        copyable: bool = False,
    ) -> None:
        super().__init__(name, empty)
        self._copyable = copyable
        self._quiet = False
        self._fitted: dict[int, int] = {}
        self._shares = any(column.least or column.leaves for column in columns)
        self._is_sharing = self._by_hand = False
        self._ahead = TypedAhead(self)
        self._model = RowsModel(columns, self)
        self.setModel(self._model)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if many else modes.SingleSelection)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.doubleClicked.connect(self._on_double_clicked)
        self._told: Hashable = None
        head = self.horizontalHeader()
        head.setMinimumSectionSize(self.fontMetrics().horizontalAdvance("0" * 4))
        for place, column in enumerate(columns):
            mode = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Interactive
            head.setSectionResizeMode(place, mode)
        head.sectionResized.connect(self._on_section_resized)
        if sortable:
            head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            head.setSortIndicatorClearable(True)
            head.setSortIndicatorShown(True)
            head.sortIndicatorChanged.connect(self._on_sort_wanted)
        else:
            head.setSectionsClickable(False)

    def set_rows(self, rows: tuple[R, ...], key: Callable[[R], Hashable] | None = None) -> None:
        """Show these rows; what was selected stays so where its key is still there."""
        self._keeping(lambda: self._model.set_rows(rows, key))
        self._fit_columns()

    def change_rows(self, rows: tuple[R, ...]) -> None:
        """The same rows, by their keys, said differently: nothing moves, and what is selected stays so."""
        self._model.change_rows(rows)
        self._fit_columns(only_wider=True)

    def set_filter(self, text: str) -> None:
        """Show only rows that hold the text in some column."""
        self._keeping(lambda: self._model.set_filter(text))

    def rows(self) -> tuple[R, ...]:
        """The rows that are shown, in order."""
        return tuple(self._model.row(place) for place in range(self._model.rowCount()))

    def current(self) -> R | None:
        index = self.currentIndex()
        return self._model.row(index.row()) if index.isValid() and self._is_selected(index) else None

    def selected(self) -> tuple[R, ...]:
        return tuple(self._model.row(place) for place in self._selected_places())

    def set_current(self, key: Hashable) -> None:
        """Choose the row of that key and show it; an unknown key changes nothing."""
        place = self._model.place(key)
        if place is not None:
            self.go_to_row(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current() is not None:
            self.opened.emit(self.current())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._by_hand:
            self._share_width()

    def keyboardSearch(self, search: str) -> None:
        typed = self._ahead.typed(search)
        after = self.currentIndex().row() + (1 if self._ahead.is_first else 0)
        found = self._model.starting_with(typed, max(after, 0))
        if found is not None:
            self.go_to_row(found)

    def copy_wanted(self) -> None:
        if self._copyable:
            rows = [[column.text(row) for column in self._model.columns] for row in self.selected()]
            QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in rows))

    def _selected_places(self) -> list[int]:
        found = self.selectionModel().selection()  # `selectedRows` asks the model about every cell
        ranges = (found.at(number) for number in range(found.count()))
        return sorted({place for one in ranges for place in range(one.top(), one.bottom() + 1)})

    def _is_selected(self, index: QModelIndex) -> bool:
        return self.selectionModel().isRowSelected(index.row(), QModelIndex())

    def _keeping(self, change: Callable[[], None]) -> None:
        selected = [self._model.key(place) for place in self._selected_places()]
        row = self.current()
        current = self._model.key(self.currentIndex().row()) if row is not None else None
        column, top = max(self.currentIndex().column(), 0), self.verticalScrollBar().value()
        self._quiet = True
        change()
        places = {self._model.key(place): place for place in range(self._model.rowCount())} if selected else {}
        self._select([places[key] for key in selected if key in places], places.get(current), column)
        self._quiet = False
        self._told = current if self.current() is not None else None
        self.verticalScrollBar().setValue(top)

    def _select(self, places: list[int], current: int | None, column: int) -> None:
        flags, selection = QItemSelectionModel.SelectionFlag, QItemSelection()
        for first, last in _runs(sorted(places)):
            selection.append(QItemSelectionRange(self._model.index(first, 0), self._model.index(last, 0)))
        self.selectionModel().select(selection, flags.Select | flags.Rows)
        if current is not None:
            self.selectionModel().setCurrentIndex(self._model.index(current, column), flags.NoUpdate)

    def _fit_columns(self, *, only_wider: bool = False) -> None:
        """`only_wider`: a width that the reviewer chose stays, unless there are longer texts than ever."""
        metrics = self.fontMetrics()
        rows = [self._model.row(place) for place in range(min(_MEASURED, self._model.rowCount()))]
        before = dict(self._fitted)
        for place, column in enumerate(self._model.columns):
            if column.stretch:
                continue
            texts = [column.title, *(column.text(row)[:_WIDEST] for row in rows)]
            letters = max(metrics.horizontalAdvance(text) for text in texts)
            extra = 2 * Space.MEDIUM + (Space.WIDE if column.icon is not None else 0)
            width = round(letters * (1.1 if column.mono else 1.0)) + extra
            if not only_wider or width > self._fitted.get(place, 0):
                self._fitted[place] = width
                if not self._shares:
                    self.setColumnWidth(place, width)
        self._by_hand = self._by_hand and only_wider
        if not self._by_hand and (self._fitted != before or not only_wider):
            self._share_width()

    def _share_width(self) -> None:
        """Give every column what it wants, or as much of it as there is room for."""
        columns = self._model.columns
        if not self._shares or len(self._fitted) < len(columns):
            return
        wanted = [self._fitted[place] for place in range(len(columns))]
        letter = self.fontMetrics().horizontalAdvance("0")
        least = [
            min(width, column.least * letter) if column.least else width
            for width, column in zip(wanted, columns, strict=True)
        ]
        leaves = [column.leaves for column in columns]
        self._is_sharing = True
        for place, width in enumerate(share(wanted, least=least, leaves=leaves, room=self.viewport().width())):
            self.setColumnHidden(place, not width)
            if width:
                self.setColumnWidth(place, width)
        self._is_sharing = False

    def _on_section_resized(self, _place: int, _before: int, _now: int) -> None:
        if not self._is_sharing:
            self._by_hand = True  # until other rows are shown

    def _on_selection_changed(self, _now: QItemSelection, _before: QItemSelection) -> None:
        if self._quiet:
            return
        row = self.current()
        key = self._model.key(self.currentIndex().row()) if row is not None else None
        if key != self._told:
            self._told = key
            self.chosen.emit(row)

    def _on_sort_wanted(self, column: int, order: Qt.SortOrder) -> None:
        self._keeping(lambda: self._model.sort(column, order))

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.row(index.row()))


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbours."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
