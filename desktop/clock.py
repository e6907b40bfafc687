"""Time for presenters, by Qt's timers (`desk.Clock`)."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

# A clock that goes on while the computer sleeps: Linux has one beside its monotonic one, macOS's monotonic one does,
# and Python's own of that name stops on both.
_THROUGH_SLEEP: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


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
        """Seconds that also pass while the computer sleeps: a desk that was left is idle then as well."""
        return time.monotonic() if _THROUGH_SLEEP is None else time.clock_gettime(_THROUGH_SLEEP)

    def after(self, seconds: float, do: Callable[[], None]) -> Due:
        return Due(seconds, do, self)
