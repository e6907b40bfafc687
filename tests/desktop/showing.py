"""A widget on the screen that keys reach."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def show_in_front(qtbot: QtBot, widget: QWidget) -> None:
    """Shown, and active: a window system makes it so only after a moment, and focus means nothing before."""
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
