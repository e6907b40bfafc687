"""The outermost edge of the window: an unexpected error is told by class, file and line, once, never by its text.

    bugs.catch(window.fail)

Qt calls an override again for every repaint, so one mistake can arrive fifteen times in a second: each place is told
once.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

from sandbox.errors import Fault, PreceptorError

Told = Callable[[PreceptorError], None]


class _Edge(QObject):
    """Carries a bug from whatever thread it happened on to the GUI thread."""

    happened = Signal(str)

    def __init__(self, tell: Told) -> None:
        super().__init__()
        self._tell = tell
        self._told: set[str] = set()
        self.happened.connect(self._on_happened, Qt.ConnectionType.QueuedConnection)

    def _on_happened(self, place: str) -> None:
        if place not in self._told:
            self._told.add(place)
            self._tell(
                Fault(f"Something unexpected happened ({place}).", "What was signed is safe. Please report this line.")
            )


class Catching:
    """Catches from `catch` on until `stop`."""

    def __init__(self, tell: Told) -> None:
        self._edge = _Edge(tell)
        self._before = sys.excepthook, threading.excepthook
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread

    def stop(self) -> None:
        sys.excepthook, threading.excepthook = self._before

    def _caught(self, kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, bug, trace)
            return
        place = where(kind, trace)
        sys.stderr.write(f"{place}\n")
        self._edge.happened.emit(place)

    def _caught_in_thread(self, arguments: threading.ExceptHookArgs) -> None:
        self._edge.happened.emit(where(arguments.exc_type, arguments.exc_traceback))


def where(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Class, file and line: the innermost place in our own code."""
    place = "unknown place"
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if {"desktop", "sandbox", "resources"} & set(path.parts):
            place = f"{path.name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{kind.__name__} in {place}"
