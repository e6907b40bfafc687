"""Buttons that say in words what they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton

from desktop.theme import ICON, RADIUS, colours, icon

Kind = Literal["primary", "plain", "quiet", "danger"]

_ICON_COLOURS = {"primary": "on_accent", "plain": "text", "quiet": "accent", "danger": "danger"}


class Button(QPushButton):
    """A button. `do` is called without arguments; `shortcut` ("Ctrl+R") is shown in the tool tip."""

    def __init__(
        self,
        text: str,
        do: Callable[[], object] | None = None,
        *,
        kind: Kind = "plain",
        icon: str = "",
        name: str = "",
        shortcut: str = "",
    ) -> None:
        super().__init__(text)
        self._do = do
        self._kind = kind
        self.setProperty("kind", kind)
        self.setAccessibleName(name or text.replace("&", ""))
        self.setAutoDefault(False)
        self.setIconSize(QSize(ICON, ICON))
        if icon:
            self.set_icon(icon)
        if shortcut:
            self.setShortcut(QKeySequence(shortcut))
            self.setToolTip(
                f"{self.accessibleName()} ({self.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})"
            )
        if do is not None:
            self.clicked.connect(self._on_clicked)

    def set_icon(self, name: str) -> None:
        self.setIcon(icon(name, _ICON_COLOURS[self._kind]))

    def _on_clicked(self) -> None:
        assert self._do is not None
        self._do()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is this button while it has the keyboard, and never the default one instead."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A filled button shows the focus by a ring inside it; the others by their border (style sheet)."""
        super().paintEvent(event)
        if self._kind == "primary" and self.hasFocus() and self.isEnabled():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colours().on_accent, 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 4, -4, -4), RADIUS - 3, RADIUS - 3)
