"""The rows of a made-up patient in an editable grid: the model writes into the form."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.review.patient_form import TableForm

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class CellsModel(QAbstractTableModel):
    """One table of a `PatientForm`."""

    def __init__(self, table: TableForm, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table

    def add_row(self) -> int:
        """A copy of the last row at the end; its place."""
        place = len(self._table.rows)
        self.beginInsertRows(QModelIndex(), place, place)
        self._table.add_row()
        self.endInsertRows()
        return place

    def remove_row(self, place: int) -> None:
        if 0 <= place < len(self._table.rows):
            self.beginRemoveRows(QModelIndex(), place, place)
            self._table.remove_row(place)
            self.endRemoveRows()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._table.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._table.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if role != _Role.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return str(section + 1)
        return self._table.columns[section] if section < len(self._table.columns) else None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if index.isValid() and role in (_Role.DisplayRole, _Role.EditRole):
            return self._table.rows[index.row()][index.column()]
        return None

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:
        if not index.isValid() or role != _Role.EditRole:
            return False
        self._table.rows[index.row()][index.column()] = str(value)
        self.dataChanged.emit(index, index)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag
        return (
            flags.ItemIsSelectable | flags.ItemIsEnabled | flags.ItemIsEditable
            if index.isValid()
            else flags.NoItemFlags
        )
