"""Sentences for screen readers, when something happened that the focus does not show."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say it, if one listens. Say it somewhere visible too."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # 4 ms of a start that says nothing

    if text and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
