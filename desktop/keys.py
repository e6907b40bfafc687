"""The keys of the window itself; those of the screens are the screens' own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from desktop.window import Window


class WindowKeys(QObject):
    """Help, lock, quit, and from part to part."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        keys = {
            "F1": self._on_help,
            "Ctrl+L": self._on_lock,
            "Ctrl+Q": self._on_quit,
            "F6": self._on_next_part,
            "Shift+F6": self._on_part_before,
        }
        for key, slot in keys.items():
            QShortcut(QKeySequence(key), window).activated.connect(slot)

    def _on_help(self) -> None:
        from desktop.shortcuts import ShortcutsDialog

        if self._window.is_at_work:
            ShortcutsDialog(self._window.shell.shown, self._window).open()

    def _on_lock(self) -> None:
        self._window.lock()

    def _on_quit(self) -> None:
        self._window.close()

    def _on_next_part(self) -> None:
        self._move_to_part(1)

    def _on_part_before(self) -> None:
        self._move_to_part(-1)

    def _move_to_part(self, step: int) -> None:
        """Between the navigation and the screen's own parts: keys get everywhere without a long way of tabs."""
        from desktop.parts import next_part

        part = next_part(self._window.shell, QApplication.focusWidget(), step)
        if part is not None and self._window.is_at_work:
            part.setFocus()
