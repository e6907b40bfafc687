"""Icons: one-colour SVG drawings out of resources/icons, tinted when they are painted.

An icon asks for the colours of the moment each time, so it is right after the theme changed, and for the exact
number of device pixels, so it is crisp at every scale.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap

from ._theme import colours
from .drawings import DRAWINGS
from .sizes import ICON

_KEPT = 400  # pixmaps
_pixmaps: dict[tuple[str, str, int, int, float], QPixmap] = {}


def icon(name: str, colour: str = "text") -> QIcon:
    """The icon of that name. `colour`: text, muted, accent, on_accent, or a tone (good, warn, bad, info)."""
    _drawing(name)  # a wrong name is told here, not when painting
    return QIcon(_Tinted(name, colour))


def pixmap(name: str, size: int = ICON, colour: str = "text", scale: float = 1.0) -> QPixmap:
    """The icon as a picture of `size` logical pixels for a screen of that scale."""
    return _tinted(name, _colour(colour), QSize(size, size), scale)


class _Tinted(QIconEngine):
    """Paints one drawing in one named colour; disabled it is faint."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name, self._named = name, colour

    def clone(self) -> QIconEngine:
        return _Tinted(self._name, self._named)

    def isNull(self) -> bool:
        return False

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        painter.drawPixmap(rect, self.scaledPixmap(rect.size(), mode, state, painter.device().devicePixelRatioF()))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        """`size` is in logical pixels (Qt 6.11 asks so)."""
        return _tinted(self._name, _colour(self._named_in(mode)), size, scale)

    def _named_in(self, mode: QIcon.Mode) -> str:
        if mode is QIcon.Mode.Disabled:
            return "faint"
        return "on_selection" if mode is QIcon.Mode.Selected and colours().high_contrast else self._named


def _colour(named: str) -> QColor:
    now = colours()
    if named in ("good", "warn", "bad", "info"):
        return now.tone(named).text
    found = getattr(now, named)
    assert isinstance(found, QColor)
    return found


def _tinted(name: str, colour: QColor, size: QSize, scale: float) -> QPixmap:
    pixels = size * scale
    key = (name, colour.name(), pixels.width(), pixels.height(), scale)
    found = _pixmaps.get(key)
    if found is None:
        if len(_pixmaps) >= _KEPT:
            _pixmaps.clear()
        found = _pixmaps[key] = _draw(name, colour, pixels)
        found.setDevicePixelRatio(scale)
    return found


def _draw(name: str, colour: QColor, pixels: QSize) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    picture = QPixmap(pixels)
    picture.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(_drawing(name).replace(b"currentColor", colour.name().encode())))
    side = min(pixels.width(), pixels.height())
    corner = QPoint((pixels.width() - side) // 2, (pixels.height() - side) // 2)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(corner, QSize(side, side)))
    painter.end()
    return picture


@cache
def _drawing(name: str) -> bytes:
    return (DRAWINGS / f"{name}.svg").read_bytes()
