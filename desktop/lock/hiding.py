"""The dialogs of a locked desk: out of sight, and back with what was typed in them once it is unlocked.

    dialogs = HiddenDialogs(window)
    dialogs.hide()
    dialogs.show()

Passphrases are not among what comes back: their fields empty themselves when they are hidden.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QDialog, QToolTip, QWidget


class HiddenDialogs(QObject):
    """Those that end while they are hidden, because their work was done meanwhile, do not come back."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._hidden: list[QDialog] = []

    def hide(self) -> None:
        """Every dialog that is open; menus, lists and tool tips close."""
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        QToolTip.hideText()
        for dialog in open_dialogs():
            dialog.finished.connect(self._on_finished)
            self._hidden.append(dialog)
            dialog.hide()

    def show(self) -> None:
        """As they lay over each other."""
        hidden, self._hidden = self._hidden, []
        for dialog in hidden:
            dialog.finished.disconnect(self._on_finished)
            dialog.show()
            dialog.activateWindow()

    def _on_finished(self) -> None:
        ended = self.sender()
        self._hidden = [dialog for dialog in self._hidden if dialog is not ended]


def open_dialogs() -> list[QDialog]:
    """Those that can be seen and belong to a window, each after the one that it was opened from."""
    seen = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
    return sorted((one for one in seen if one.parentWidget() is not None), key=_depth)


def _depth(widget: QWidget) -> int:
    parent = widget.parentWidget()
    return 0 if parent is None else 1 + _depth(parent.window())
