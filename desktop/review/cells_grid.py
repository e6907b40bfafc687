"""An editable grid for the rows of one table, with buttons that add and remove a row."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QTableView, QVBoxLayout, QWidget

from desktop.review.cells_model import CellsModel
from desktop.review.patient_form import TableForm
from desktop.theme import Space
from desktop.widgets import Button, Heading

_MOST = 6  # rows that are seen at once


class CellsGrid(QWidget):
    """Typing replaces a cell, F2 edits it, Ctrl+N adds a row, Ctrl+Delete removes one."""

    def __init__(self, name: str, table: TableForm) -> None:
        super().__init__()
        self._model = CellsModel(table, self)
        self._grid = QTableView()
        self._grid.setModel(self._model)
        self._grid.setAccessibleName(f"Rows of {name}")
        self._grid.setAccessibleDescription("Ctrl+N adds a row, Ctrl+Delete removes the current one.")
        self._grid.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self._grid.setTabKeyNavigation(False)
        self._grid.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._grid.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._grid.setShowGrid(False)
        self._grid.resizeColumnsToContents()
        head = QHBoxLayout()
        head.setSpacing(Space.SMALL)
        head.addWidget(Heading(name, level=3))
        head.addStretch(1)
        head.addWidget(Button("Add a row", self._on_add, kind="quiet", icon="add", name=f"Add a row to {name}"))
        self._remove = Button("Remove the row", self._on_remove, kind="quiet", name=f"Remove the current row of {name}")
        head.addWidget(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.TIGHT)
        layout.addLayout(head)
        layout.addWidget(self._grid)
        for keys, do in (("Ctrl+N", self._on_add), ("Ctrl+Del", self._on_remove)):
            key = QShortcut(QKeySequence(keys), self._grid, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.activated.connect(do)
        self._fit()

    def _on_add(self) -> None:
        place = self._model.add_row()
        self._fit()
        self._grid.setCurrentIndex(self._model.index(place, 0))
        self._grid.setFocus()

    def _on_remove(self) -> None:
        place = self._grid.currentIndex().row()
        self._model.remove_row(place if place >= 0 else self._model.rowCount() - 1)
        self._fit()

    def _fit(self) -> None:
        """As high as its rows, up to a limit."""
        rows = self._model.rowCount()
        self._grid.setVisible(rows > 0)
        self._remove.setEnabled(rows > 0)
        line = self._grid.verticalHeader().defaultSectionSize()
        bar = self._grid.horizontalScrollBar().sizeHint().height()
        head = self._grid.horizontalHeader().sizeHint().height()
        self._grid.setFixedHeight(min(rows, _MOST) * line + head + bar + 2 * self._grid.frameWidth())
