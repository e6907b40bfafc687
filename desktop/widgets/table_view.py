"""What every table of the window has in common: calm rows, whole-row selection, nothing copied by accident."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from desktop.theme import Space, Type, colours, theme

_TYPED_MS = 1000  # letters typed within it belong together
_SELECTED, _UNFOCUSED = QStyle.StateFlag.State_Selected, ~QStyle.StateFlag.State_HasFocus


class TableView(QTableView):
    """Enter opens, Home and End go to the first and last row, Tab leaves, copying does nothing."""

    def __init__(self, name: str, empty: str = "") -> None:
        super().__init__()
        self._empty = empty
        self.setAccessibleName(name)
        self.setAccessibleDescription(empty)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setItemDelegate(_RowDelegate(self))
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 2 * Space.SMALL)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setFont(Type.LABEL.font())
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        theme().changed.connect(self._on_colours_changed)

    def set_empty(self, sentence: str) -> None:
        self._empty = sentence
        self.setAccessibleDescription(sentence)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted()
            return
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers():
            self.go_to_row(0 if event.key() == Qt.Key.Key_Home else self.model().rowCount() - 1)
            return
        super().keyPressEvent(event)

    def copy_wanted(self) -> None:
        """Copying is an export in this product; tables of results keep it so."""

    def go_to_row(self, row: int) -> None:
        """Choose this row alone. (Qt would take the Ctrl of Ctrl+Z for the wish to have one row more, or one less.)"""
        column = max(self.currentIndex().column(), 0)
        if not 0 <= row < self.model().rowCount():
            return
        index = self.model().index(row, column)
        if QGuiApplication.keyboardModifiers():
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        else:
            self.setCurrentIndex(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._empty and self.model() is not None and self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(colours().muted)
            room = self.viewport().rect().adjusted(Space.LARGE, Space.LARGE, -Space.LARGE, -Space.LARGE)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)

    def _on_colours_changed(self) -> None:
        self.viewport().update()


class TypedAhead:
    """The letters typed in a row to find something."""

    def __init__(self, view: QTableView) -> None:
        self._typed = ""
        self._timer = QTimer(view)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TYPED_MS)

    def typed(self, letters: str) -> str:
        self._typed = (self._typed if self._timer.isActive() else "") + letters
        self._timer.start()
        return self._typed

    @property
    def is_first(self) -> bool:
        return len(self._typed) == 1


class _RowDelegate(QStyledItemDelegate):
    """A row is chosen as a whole: no frame around the cell, and a bar at the left of the current row."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.state &= _UNFOCUSED
        if option.state & _SELECTED and not colours().high_contrast:  # a tone stays when selected
            option.palette.setBrush(QPalette.ColorRole.HighlightedText, option.palette.text())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        if index.column() == 0 and option.state & _SELECTED:
            bar = option.rect
            painter.fillRect(bar.x(), bar.y(), 3, bar.height(), colours().accent)
