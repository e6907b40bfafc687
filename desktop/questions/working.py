"""The line that says what the agent is doing now. No Qt in here.

working_sentence(work, now)     # "The agent is working · 0:42 · request 3: 41 KB sent, checked and written down"
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, Protocol

from desktop.questions.drafting import Work
from desktop.words import size

if TYPE_CHECKING:
    from desktop.desk import Desk, Ticket


class WorkView(Protocol):
    def show_work(self, sentence: str, *, may_stop: bool) -> None:
        """What goes on; "": nothing, and the composer sends."""


class WorkLine:
    """Says it again every second while it goes on. `state` is where the turn of the open question is."""

    def __init__(self, view: WorkView, desk: Desk, state: Callable[[], Work]) -> None:
        self._view = view
        self._desk = desk
        self._state = state
        self._tick: Ticket | None = None

    def show(self) -> None:
        if self._tick is not None:
            self._tick.drop()
            self._tick = None
        work = self._state()
        sentence = working_sentence(work, self._desk.clock.now())
        self._view.show_work(sentence, may_stop=not work.is_idle and work.phase != "stopping")
        if sentence:
            self._tick = self._desk.clock.after(1.0, self._on_tick)

    def _on_tick(self) -> None:
        self._tick = None
        self.show()


def working_sentence(work: Work, now: float) -> str:
    """What goes on in one line; "" when nothing does."""
    elapsed = _elapsed(now - work.since)
    match work.phase:
        case "checking":
            return f"Checking what you wrote, before anything leaves · {elapsed}"
        case "working":
            sent = f"request {work.number}: {size(work.bytes)} sent, checked and written down"
            return f"The agent is working · {elapsed} · {sent}"
        case "waiting":
            return f"{work.reason.rstrip('.')}. {_again(work.again_at - now)} · {elapsed}"
        case "stopping":
            return f"Stopping the agent · {elapsed}"
    return ""


def _again(seconds: float) -> str:
    return f"Asking again in {ceil(seconds)} s" if seconds > 0 else "Asking again now"


def _elapsed(seconds: float) -> str:
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{rest:02}"
