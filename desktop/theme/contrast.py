"""How well two colours can be told apart, by the formula of WCAG 2.2 (relative luminance, contrast ratio).

contrast(QColor("black"), QColor("white"))      # 21.0
"""

from __future__ import annotations

from PySide6.QtGui import QColor

READABLE = 4.5  # text on its background (WCAG 2.2, 1.4.3)
VISIBLE = 3.0  # focus rings, borders of controls and chips (WCAG 2.2, 1.4.11)


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """A colour between: `share` of `other`, the rest of `one`."""
    parts = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * share) for a, b in parts))


def readable_on(colour: QColor, background: QColor, wanted: float = READABLE) -> QColor:
    """`colour`, moved towards black or white as little as it takes to reach the wanted contrast."""
    goal = QColor("white") if _luminance(background) < 0.18 else QColor("black")
    for step in range(21):
        found = mixed(colour, goal, step / 20)
        if contrast(found, background) >= wanted:
            return found
    return goal


def _luminance(colour: QColor) -> float:
    red, green, blue = (_linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
