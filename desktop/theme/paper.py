"""The colours of what is printed: black on white, whatever scheme the window has."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette


def paper_palette() -> QPalette:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.black)
    return palette


def paper_muted() -> QColor:
    return QColor(Qt.GlobalColor.darkGray)
