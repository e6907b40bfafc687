"""F6: from one part of the window to the next, as the panes of a screen stand side by side."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView, QPlainTextEdit, QTextEdit, QWidget

PARTS = (QAbstractItemView, QPlainTextEdit, QTextEdit)


def next_part(inside: QWidget, at: QWidget | None, step: int) -> QWidget | None:
    """The next list, table or text that can take the keyboard, in reading order; None when there is none."""
    found = [one for kind in PARTS for one in inside.findChildren(kind)]
    parts = [one for one in found if one.isVisible() and one.focusPolicy() != Qt.FocusPolicy.NoFocus]
    parts.sort(key=lambda one: (one.mapTo(inside, QPoint(0, 0)).x(), one.mapTo(inside, QPoint(0, 0)).y()))
    if not parts:
        return None
    place = next(
        (number for number, one in enumerate(parts) if at is not None and one.isAncestorOf(at) or one is at), None
    )
    if place is None:
        return parts[0]
    return parts[(place + step) % len(parts)]
