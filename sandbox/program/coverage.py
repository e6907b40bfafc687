"""Which lines of a program ran, without slowing down what it calls.

    coverage = Coverage(code)
    with coverage: ...
    coverage.ran, coverage.executable

From Python 3.12 on `sys.monitoring` reports each line once and is then switched off for it. Before, a
trace function looks at the program's own frames only, leaves a frame once all its lines were seen, and
removes itself when nothing is left to see. Used in trials; a real run is not traced at all.
"""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import Any


class Coverage:
    """Lines of one compiled program, seen while the `with` block runs (before Python 3.12: in its own thread)."""

    def __init__(self, code: CodeType) -> None:
        self._parts = parts_of(code)  # kept alive, so that their ids stay theirs
        self._left = {id(part): lines_of(part) for part in self._parts}
        self.executable = tuple(sorted(set().union(*self._left.values())))
        self._ran: set[int] = set()

    @property
    def ran(self) -> tuple[int, ...]:
        return tuple(sorted(self._ran))

    def __enter__(self) -> Coverage:
        if sys.version_info >= (3, 12):
            self._monitor()
        else:
            sys.settrace(self._on_call)
        return self

    def __exit__(self, *_: object) -> None:
        if sys.version_info >= (3, 12):
            self._stop_monitoring()
        else:
            sys.settrace(None)

    if sys.version_info >= (3, 12):

        def _monitor(self) -> None:
            tool, events = sys.monitoring.COVERAGE_ID, sys.monitoring.events
            sys.monitoring.use_tool_id(tool, "preceptor")
            sys.monitoring.register_callback(tool, events.LINE, self._on_line)
            for part in self._parts:
                sys.monitoring.set_local_events(tool, part, events.LINE)
            sys.monitoring.restart_events()  # lines that an earlier block saw were switched off for good

        def _stop_monitoring(self) -> None:
            """Before Python 3.14 freeing the id leaves both the events and the callback where they are."""
            tool, events = sys.monitoring.COVERAGE_ID, sys.monitoring.events
            for part in self._parts:
                sys.monitoring.set_local_events(tool, part, events.NO_EVENTS)
            sys.monitoring.register_callback(tool, events.LINE, None)
            sys.monitoring.free_tool_id(tool)

        def _on_line(self, code: CodeType, line: int) -> Any:
            self._ran.add(line)
            return sys.monitoring.DISABLE

    else:

        def _on_call(self, frame: FrameType, event: str, argument: object) -> Any:
            return self._on_event if self._left.get(id(frame.f_code)) else None

        def _on_event(self, frame: FrameType, event: str, argument: object) -> Any:
            if event == "line":
                self._ran.add(frame.f_lineno)
                left = self._left[id(frame.f_code)]
                left.discard(frame.f_lineno)
                if not left:
                    self._leave(frame)
            return self._on_event

        def _leave(self, frame: FrameType) -> None:
            frame.f_trace_lines = False
            if not any(self._left.values()):
                sys.settrace(None)


def parts_of(code: CodeType) -> list[CodeType]:
    """The code object and every function, class and comprehension compiled inside it."""
    found = [code]
    for part in found:
        found += [constant for constant in part.co_consts if isinstance(constant, CodeType)]
    return found


def lines_of(code: CodeType) -> set[int]:
    """Lines on which this code object can stop; its own `def` line belongs to the code around it."""
    own = {line for _, _, line in code.co_lines() if line}
    return own - {code.co_firstlineno} if code.co_name != "<module>" else own
