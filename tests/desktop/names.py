"""Which focusable widgets a screen reader could not name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QScrollBar, QWidget


def unnamed(widget: QWidget) -> list[str]:
    """Class and object name of every focusable widget in `widget` (itself too) that has no accessible name."""
    found = []
    for one in [widget, *widget.findChildren(QWidget)]:
        if (
            one.focusPolicy() == Qt.FocusPolicy.NoFocus
            or isinstance(one, QScrollBar)
            or one.objectName().startswith("qt_")
            or one.isHidden()
            or one.window() is not widget.window()  # the list of a closed combo box
        ):
            continue
        interface = QAccessible.queryAccessibleInterface(one)
        name = interface.text(QAccessible.Text.Name) if interface is not None else one.accessibleName()
        if not name.strip():
            found.append(f"{type(one).__name__} {one.objectName()!r} in {type(one.parent()).__name__}")
    return found
