"""Whether somebody is at the desk: keys, buttons, wheel and mouse, in any of its windows.

    touches = Touches(window, touched=lock.touched)
    touches.watch()

It listens where the system hands input to a window. Listening at the application would call Python for each event of
each widget, which is a third of the time that a screen takes to be made.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication, QWindow

_TOUCHES = frozenset((QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel))


class Touches(QObject):
    """Calls `touched` for each of them, from `watch` on for as long as `parent` lives."""

    def __init__(self, parent: QObject, touched: Callable[[], None]) -> None:
        super().__init__(parent)
        self._touched = touched
        self._watching = False

    def watch(self) -> None:
        """Windows that are there, and every one that is turned to from now on; more calls change nothing."""
        if not self._watching:
            self._watching = True
            application().focusWindowChanged.connect(self._on_turned_to)
            for window in QGuiApplication.topLevelWindows():
                window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self._touched()
        return False

    def _on_turned_to(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)  # a second time is as good as once


def application() -> QGuiApplication:
    """The one of this process."""
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    return app
