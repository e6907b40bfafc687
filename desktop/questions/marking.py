"""Live marks in what is being written: asked for when typing pauses, kept in place while it goes on. No Qt in here.

    marking = Marking(desk, show)
    marking.typed("How is Maria Lindqvist doing?")     # 300 ms later the checker is asked
    show(marks, "Looks like a patient: “Maria Lindqvist” (known name). It would not be sent: …")

Places are Python's (code points), as the checker's are. An answer to a text that has changed since is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from desktop.desk import Latest
from sandbox.errors import PreceptorError
from sandbox.messages.desk import LONGEST_TEXT, too_long
from sandbox.reviewing.orders.questions import InspectText, Mark, Marks
from sandbox.visible import visible

if TYPE_CHECKING:
    from desktop.desk import Desk, Ticket

PAUSE = 0.3
WHAT_HAPPENS = "It would not be sent: “Send” has it checked again, and what is found then stays on this computer."
_SPOKEN_OF = 3
_LONGEST_WORDS = 60

Show = Callable[[tuple[Mark, ...], str], None]


class Marking:
    """The marks of one composer."""

    def __init__(self, desk: Desk, show: Show) -> None:
        self._desk = desk
        self._inspecting = Latest(desk.asks)
        self._show = show
        self._pause: Ticket | None = None
        self._text = ""
        self._marks: tuple[Mark, ...] = ()
        self.known = -1

    def typed(self, text: str) -> None:
        """The text is this now."""
        if text == self._text:
            return
        self._inspecting.drop()
        self._stop_waiting()
        marks, self._text = shifted(self._marks, self._text, text), text
        self._tell(marks)
        if len(text) > LONGEST_TEXT:
            self._show((), too_long(len(text)).sentence)
        elif text.strip():
            self._pause = self._desk.clock.after(PAUSE, self._inspect)

    def set(self, text: str, marks: tuple[Mark, ...]) -> None:
        """The text with marks that are known already."""
        self._inspecting.drop()
        self._stop_waiting()
        self._text = text
        self._tell(marks)

    def _stop_waiting(self) -> None:
        if self._pause is not None:
            self._pause.drop()
            self._pause = None

    def _inspect(self) -> None:
        self._pause = None
        self._inspecting.ask(InspectText(text=self._text), self._inspected, self._not_inspected)

    def _inspected(self, found: Marks) -> None:
        self.known = found.known
        self._tell(found.marks)

    def _not_inspected(self, problem: PreceptorError) -> None:
        """Without marks it can still be sent: the gate looks again, and there a missing checker is a refusal."""
        self._marks = ()
        self._show((), f"What you write can't be looked at while you type: {problem.sentence}")

    def _tell(self, marks: tuple[Mark, ...]) -> None:
        self._marks = marks
        self._show(marks, sentence(self._text, marks))


def shifted(marks: tuple[Mark, ...], before: str, after: str) -> tuple[Mark, ...]:
    """The marks where their words are now; those whose words were changed are gone."""
    if not marks:
        return ()
    first = _common_start(before, after)
    rest = min(len(before), len(after)) - first
    last = len(before) - _common_start(before[::-1][:rest], after[::-1][:rest])
    grown = len(after) - len(before)
    found = []
    for mark in marks:
        if mark.end <= first:
            found.append(mark)
        elif mark.start >= last:
            found.append(msgspec.structs.replace(mark, start=mark.start + grown, end=mark.end + grown))
    return tuple(found)


def sentence(text: str, marks: tuple[Mark, ...]) -> str:
    """The marks in words, "" without any."""
    if not marks:
        return ""
    said = [f"“{_short(text[mark.start : mark.end])}” ({mark.kind})" for mark in islice(marks, _SPOKEN_OF)]
    more = f" and {len(marks) - _SPOKEN_OF} more" if len(marks) > _SPOKEN_OF else ""
    return f"Looks like a patient: {', '.join(said)}{more}. {WHAT_HAPPENS}"


def _short(words: str) -> str:
    line = visible(" ".join(words.split()))
    return line if len(line) <= _LONGEST_WORDS else f"{line[: _LONGEST_WORDS - 1]}…"


def _common_start(one: str, other: str) -> int:
    """How many letters both begin with, by halving: pasted texts can be long."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
