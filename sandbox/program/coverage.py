"""Which lines of a program ran, without slowing down what it calls.

    coverage = Coverage(code, events=EVENTS)
    with coverage: ...
    coverage.ran, coverage.executable, coverage.whole

From Python 3.12 on `sys.monitoring` reports each line once and is then switched off for it: free, also in a real
run. Before, a trace function removes itself when no line is left to see. Until then it makes Python code 20 times
slower (a loop of 5 million with a branch that is never taken: 0.3 s became 7 s), also that of libraries, whose
frames are slowed where nothing is asked of them. A trial, on few rows, is watched all the same; a real run until so
many events were seen, whosever code they are of. No other bound holds: a library's loop makes no other event.
"""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import Any

EVENTS = 5_000  # calls and lines until a real run is no longer watched before Python 3.12: 2 to 3 ms


class Coverage:
    """Lines of one compiled program, seen while the `with` block runs (before Python 3.12: in its own thread).

    `events`: how many may be looked at where each costs something, 0 for any number. `whole`: it saw all there was.
    """

    def __init__(self, code: CodeType, *, events: int = 0) -> None:
        self._parts = parts_of(code)  # kept alive, so that their ids stay theirs
        self._left = {id(part): lines_of(part) for part in self._parts}
        self.executable = tuple(sorted(set().union(*self._left.values())))
        self._ran: set[int] = set()
        self._events = events
        self.whole = True

    @property
    def ran(self) -> tuple[int, ...]:
        return tuple(sorted(self._ran))

    def __enter__(self) -> Coverage:
        if sys.version_info >= (3, 12):
            self._monitor()
        else:
            sys.settrace(self._on_counted if self._events else self._on_call)
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

        def _on_counted(self, frame: FrameType, event: str, argument: object) -> Any:
            """Every call and line of anybody counts; all lines seen, or one event too many, and nothing costs more."""
            self._events -= 1
            if self._events < 0:
                self.whole = False
                sys.settrace(None)
                return None
            left = self._left.get(id(frame.f_code))
            if left and event == "line" and frame.f_lineno in left:
                self._ran.add(frame.f_lineno)
                left.discard(frame.f_lineno)
                if not any(self._left.values()):
                    sys.settrace(None)
            return self._on_counted

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
