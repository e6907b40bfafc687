"""The list of screens at the left; icons alone where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from desktop.theme import ICON, Space, icon, theme

SCREENS = ("questions", "review", "runs", "data", "records", "settings", "doctor")


class Navigation(QListWidget):
    """One row per screen. Ctrl+1 to Ctrl+7 from anywhere in the window."""

    chosen = Signal(str)  # in the list: whoever walks through it stays there
    jumped = Signal(str)  # by a key from elsewhere: the keyboard goes along

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("navigation")
        self.setAccessibleName("Screens")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(ICON, ICON))
        self._narrow = False
        for number, name in enumerate(SCREENS, 1):
            item = QListWidgetItem(icon(name), name.capitalize(), self)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, name.capitalize())
            item.setSizeHint(QSize(0, self.fontMetrics().height() + 2 * Space.SMALL + Space.TIGHT))
            item.setToolTip(f"{name.capitalize()} (Ctrl+{number})")
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number}"), parent)
            shortcut.setObjectName(name)
            shortcut.activated.connect(self._on_shortcut)
        self.currentItemChanged.connect(self._on_current)
        theme().changed.connect(self._recolour)
        self._set_width()

    def show_current(self, name: str) -> None:
        """Mark the screen that is shown, without saying that it was chosen."""
        self.blockSignals(True)
        self.setCurrentRow(SCREENS.index(name))
        self.blockSignals(False)

    def set_narrow(self, narrow: bool) -> None:
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for row in range(self.count()):
            item = self.item(row)
            item.setText("" if narrow else str(item.data(Qt.ItemDataRole.AccessibleTextRole)))
        self._set_width()

    def showEvent(self, event: QShowEvent) -> None:
        """Now the style is known: rows that were laid out without it would lie over each other."""
        super().showEvent(event)
        self._set_width()
        self.doItemsLayout()

    def _set_width(self) -> None:
        """Room for the icon and, where the window is wide, for the longest name."""
        longest = max(self.fontMetrics().horizontalAdvance(self.item(row).text()) for row in range(self.count()))
        names = 0 if self._narrow else longest + Space.LARGE
        self.setFixedWidth(ICON + names + 2 * Space.LARGE)

    def _recolour(self) -> None:
        for row, name in enumerate(SCREENS):
            self.item(row).setIcon(icon(name))

    def _on_shortcut(self) -> None:
        self.jumped.emit(self.sender().objectName())

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))
