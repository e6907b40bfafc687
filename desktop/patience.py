"""Says so when the reviewing session does not answer, and offers to end it. No Qt in here.

A workspace on a network drive that has gone away makes its reader wait in the kernel, for minutes; the window stays
usable, and the reviewer hears what is going on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from desktop.desk import Clock
from desktop.words import plural

LOOK_EVERY = 2.0  # seconds
PATIENT_FOR = 10.0  # seconds without an answer or a sign of progress
# Orders that take long by their nature and tell progress, or compute in one piece.
LONG = frozenset({"BuildDemo", "RunDoctor", "LookAt", "TryPatients", "MakeBundle", "SetUp", "SignDraft", "Export"})
LONGER = 120.0


class Waits(Protocol):
    def waiting_longest(self) -> tuple[str, float]: ...


class Patience:
    """Calls `slow(sentence)` when something is late, again each minute, and with "" when it has come."""

    def __init__(self, waits: Waits, clock: Clock, slow: Callable[[str], None]) -> None:
        self._waits = waits
        self._clock = clock
        self._slow = slow
        self._said = ""

    def watch(self) -> None:
        self._look()

    def _look(self) -> None:
        order, seconds = self._waits.waiting_longest()
        late = seconds >= (LONGER if order in LONG else PATIENT_FOR)
        sentence = _sentence(seconds) if late else ""
        if sentence != self._said:
            self._said = sentence
            self._slow(sentence)
        self._clock.after(LOOK_EVERY, self._look)


def _sentence(seconds: float) -> str:
    """The same within one minute: it is read out, and who closed it has read it."""
    waited = plural(int(seconds // 60), "minute") if seconds >= 60 else plural(round(PATIENT_FOR), "second")
    return (
        f"The workspace has not answered for more than {waited}. If it is on a network drive, that may be gone. "
        "What was signed and logged is on its disk; nothing of it is lost."
    )
