"""What a program reports, taken in piece by piece under limits, each piece checked before it is kept."""

from __future__ import annotations

import secrets

from sandbox.errors import LimitReached
from sandbox.messages.data_door import Began, Finished, Reported, Stepped
from sandbox.messages.frames import BadFrame

from .limits import RunLimits
from .lines_run import LinesRun, checked_lines
from .results import Item, Report, StepTaken, checked_label, checked_value, packed_table
from .untrusted_arrow import checked_table
from .untrusted_png import checked_png


class Collected:
    """The report of one run while it grows."""

    def __init__(self, run: str, limits: RunLimits) -> None:
        self._run = run
        self._limits = limits
        self._items: list[Item] = []
        self._steps: list[StepTaken] = []
        self._bytes = 0
        self._could_run: tuple[int, ...] = ()
        self._lines: LinesRun | None = None

    def begin(self, untrusted: Began, program: str) -> None:
        """Keep which lines can run; the process says it before the program can say anything."""
        self._could_run = checked_lines(untrusted.lines, program)

    def finish(self, untrusted: Finished) -> None:
        """Keep which of them ran, by the program's own word."""
        self._lines = LinesRun.checked(untrusted.lines, self._could_run, whole=untrusted.whole)

    def add_step(self, untrusted: Stepped) -> StepTaken:
        """Keep an attrition step; `BadFrame` when it is none, `LimitReached` when there are too many."""
        if not -1 <= untrusted.patients < 2**53 or not 0 <= untrusted.rows < 2**53:
            raise BadFrame("a step counts what can't be counted")
        step = StepTaken(checked_label(untrusted.label), untrusted.rows, untrusted.patients)
        self._steps.append(step)
        self._check_count()
        return step

    def add_result(self, untrusted: Reported, payload: bytes) -> None:
        """Keep a value, text, table or figure, rebuilt from what could be vouched for."""
        item = _checked(untrusted, payload)
        self._bytes += len(item.data) + len(item.label)
        if self._bytes > self._limits.result_bytes:
            raise LimitReached(
                f"The program reported more than {self._limits.result_bytes // 2**20} MB.", "Report fewer rows."
            )
        self._items.append(item)
        self._check_count()

    def report(self) -> Report:
        return Report(
            run=self._run,
            salt=secrets.token_bytes(32),
            items=tuple(self._items),
            steps=tuple(self._steps),
            lines=self._lines,
        )

    def steps_taken(self) -> int:
        return len(self._steps)

    def _check_count(self) -> None:
        if len(self._items) + len(self._steps) > self._limits.reports:
            raise LimitReached(
                f"The program reported more than {self._limits.reports:,} entries.",
                "Put what belongs together in a table.",
            )


def _checked(untrusted: Reported, payload: bytes) -> Item:
    label = checked_label(untrusted.label)
    match untrusted.kind:
        case "value" if not payload:
            return Item("value", label, checked_value(untrusted.text))
        case "text" if not payload:
            data = checked_value(untrusted.text)
            if not data.startswith(b'"'):
                raise BadFrame("a text is no text")
            return Item("text", label, data)
        case "table" if not untrusted.text:
            return Item("table", label, packed_table(checked_table(payload)))
        case "figure" if not untrusted.text:
            return Item("figure", label, checked_png(payload))
    raise BadFrame("a report of an unknown kind")
