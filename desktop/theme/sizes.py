"""Distances and type sizes. Distances are logical pixels; type is relative to the system's own font.

layout.setSpacing(Space.MEDIUM)
title.setFont(Type.TITLE.font())
"""

from __future__ import annotations

from enum import Enum, IntEnum

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication


class Space(IntEnum):
    """The only distances there are."""

    HAIR = 2
    TIGHT = 4
    SMALL = 8
    MEDIUM = 12
    LARGE = 16
    WIDE = 24
    PAGE = 32


RADIUS = 6  # of controls
CARD_RADIUS = 8
ICON = 16  # the side of an icon beside body text
BIG_ICON = 40  # of an empty state


class Type(Enum):
    """Roles of text: size relative to the system's font, weight, whether monospaced."""

    PAGE = (1.65, QFont.Weight.DemiBold, False)
    SECTION = (1.25, QFont.Weight.DemiBold, False)
    TITLE = (1.05, QFont.Weight.DemiBold, False)
    BODY = (1.0, QFont.Weight.Normal, False)
    STRONG = (1.0, QFont.Weight.DemiBold, False)
    SMALL = (0.9, QFont.Weight.Normal, False)
    LABEL = (0.9, QFont.Weight.Medium, False)
    MONO = (1.0, QFont.Weight.Normal, True)

    def font(self) -> QFont:
        size, weight, mono = self.value
        base = QApplication.font()
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont) if mono else QFont(base)
        font.setPointSizeF(base.pointSizeF() * size if base.pointSizeF() > 0 else 10.0 * size)
        font.setWeight(weight)
        return font
