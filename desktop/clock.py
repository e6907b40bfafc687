"""Time for presenters, by Qt's timers (`desk.Clock`)."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

# A clock that goes on while the computer sleeps: Linux has one beside its monotonic one, macOS's monotonic one does,
# and Python's own of that name stops on both.
_THROUGH_SLEEP: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


class Due(QTimer):
    """One call that is due later, also when nobody keeps it. Dropping it twice, or after it was made, does no harm."""

    def __init__(self, seconds: float, do: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)  # which keeps it
        self._do = do
        self._is_over = False
        self.setSingleShot(True)
        self.timeout.connect(self._on_due)
        self.start(max(0, round(seconds * 1000)))

    def drop(self) -> None:
        if not self._is_over:
            self._is_over = True
            self.stop()
            self.deleteLater()

    def _on_due(self) -> None:
        if not self._is_over:
            self.drop()
            self._do()


class QtClock(QObject):
    """The clock of one window; what is due after the window has gone is not called."""

    def now(self) -> float:
        """Seconds that also pass while the computer sleeps: a desk that was left is idle then as well."""
        return time.monotonic() if _THROUGH_SLEEP is None else time.clock_gettime(_THROUGH_SLEEP)

    def after(self, seconds: float, do: Callable[[], None]) -> Due:
        return Due(seconds, do, self)
