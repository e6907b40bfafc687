"""Screenshots: each moment in light and in dark, a dialog over the window that it belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop import theme

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Album:
    """Pictures are numbered in the order in which they are taken: `light/03-review.png`, `dark/03-review.png`."""

    def __init__(self, folder: Path, window: QWidget) -> None:
        self._folder = folder
        self._window = window
        self.taken: list[str] = []
        for scheme in SCHEMES:
            (folder / scheme).mkdir(parents=True, exist_ok=True)

    def take(self, name: str, of: QWidget | None = None) -> None:
        """One picture in each scheme, of the window or of another one."""
        self.taken.append(f"{len(self.taken) + 1:02}-{name}")
        for scheme in SCHEMES:
            theme.use(scheme)
            QApplication.processEvents()
            QApplication.processEvents()
            self._picture(of or self._window).save(str(self._folder / scheme / f"{self.taken[-1]}.png"))
        theme.use("light")
        QApplication.processEvents()

    def _picture(self, window: QWidget) -> QPixmap:
        picture = window.grab()
        dialogs = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
        if not dialogs:
            return picture
        painter = QPainter(picture)
        colours = theme.colours()
        shade = (colours.window if colours.dark else colours.text).darker(100)  # a copy
        shade.setAlphaF(0.55 if colours.dark else 0.35)
        painter.fillRect(window.rect(), shade)
        for dialog in dialogs:
            grabbed = dialog.grab()
            place = QPoint(
                max(0, (window.width() - dialog.width()) // 2),
                max(0, (window.height() - dialog.height()) // 2),
            )
            painter.drawPixmap(place, grabbed)
        painter.end()
        return picture
