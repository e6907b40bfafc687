"""Time for presenters, by Qt's timers (`desk.Clock`)."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Due:
    """One call that is due later. Dropping it twice, or after it was made, does no harm."""

    def __init__(self, seconds: float, do: Callable[[], None], parent: QObject) -> None:
        self._do = do
        self._timer: QTimer | None = QTimer(parent)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_due)
        self._timer.start(max(0, round(seconds * 1000)))

    def drop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer.deleteLater()
            self._timer = None

    def _on_due(self) -> None:
        if self._timer is not None:
            self.drop()
            self._do()


class QtClock(QObject):
    """The clock of one window; what is due after the window has gone is not called."""

    def now(self) -> float:
        return time.monotonic()

    def after(self, seconds: float, do: Callable[[], None]) -> Due:
        return Due(seconds, do, self)
