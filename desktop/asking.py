"""Orders to the reviewing session and their answers, by number. No Qt in here.

An answer names the order that it answers; one whose ticket was dropped is not told. When the session dies, every
open order fails with a sentence, and the next order starts a new session.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

import sandbox.errors
from desktop.desk import Failed, Heard, Line
from sandbox.errors import Fault, PreceptorError, Refusal
from sandbox.reviewing.orders import Answered, Numbered, Order, Progress, Refused, answer_type
from sandbox.reviewing.orders.starting import Open

A = TypeVar("A")


class Asked:
    """One open order: who is told, and since when."""

    def __init__(
        self,
        order: Order[Any],
        done: Callable[[Any], None],
        failed: Failed,
        progress: Callable[[Progress], None] | None,
        since: float,
    ) -> None:
        self.order = order
        self.done = done
        self.failed = failed
        self.progress = progress
        self.since = since
        self.dropped = False

    def drop(self) -> None:
        self.dropped = True


class Asking:
    """Keeps one reviewing session alive and hands out its answers.

    `start` makes a session; `untold` hears problems that nobody else takes; `now` is a clock in seconds.
    """

    def __init__(self, start: Callable[[Heard], Line], untold: Failed, now: Callable[[], float]) -> None:
        self._start = start
        self._untold = untold
        self._now = now
        self._line: Line | None = None
        self._open: dict[int, Asked] = {}
        self._count = 0
        self._opened_before = False

    def ask(
        self,
        order: Order[A],
        done: Callable[[A], None],
        failed: Failed | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> Asked:
        if self._line is None:
            self._line = self._start(self._heard)
            if self._opened_before and not isinstance(order, Open):
                self._give(Open(), _nothing, self._untold, None)
        self._opened_before = self._opened_before or isinstance(order, Open)
        return self._give(order, done, failed or self._untold, progress)

    def waiting_longest(self) -> tuple[str, float]:
        """The name of the order that waits longest for its answer, and for how many seconds; "" when none does."""
        waiting = [asked for asked in self._open.values() if not asked.dropped]
        if not waiting:
            return "", 0.0
        oldest = min(waiting, key=lambda asked: asked.since)
        return type(oldest.order).__name__, self._now() - oldest.since

    def give_up(self) -> None:
        """End the session that does not answer. Open orders fail with a sentence; the next order starts another."""
        if self._line is not None:
            self._line.kill()
        self._over(Fault("The part of Preceptor that reads the workspace did not answer and was ended.", _TRY_AGAIN))

    def end(self) -> None:
        """No more answers; the session ends politely."""
        self._open.clear()
        if self._line is not None:
            self._line.send(Numbered(id=0))
            self._line.end()
            self._line = None

    def _give(
        self,
        order: Order[Any],
        done: Callable[[Any], None],
        failed: Failed,
        progress: Callable[[Progress], None] | None,
    ) -> Asked:
        assert self._line is not None
        self._count += 1
        asked = Asked(order, done, failed, progress, self._now())
        self._open[self._count] = asked
        self._line.send(Numbered(id=self._count, order=order))
        return asked

    def _heard(self, message: Any) -> None:
        if isinstance(message, PreceptorError):
            self._over(message)
        elif isinstance(message, Answered):
            self._answered(message)

    def _answered(self, answer: Answered) -> None:
        asked = self._open.get(answer.id)
        if asked is None:
            return
        if answer.progress is not None:
            asked.since = self._now()
            if asked.progress is not None and not asked.dropped:
                asked.progress(answer.progress)
            return
        del self._open[answer.id]
        if asked.dropped:
            return
        if answer.refused is not None:
            asked.failed(as_error(answer.refused))
        elif answer.fact:
            asked.done(msgspec.json.decode(answer.fact, type=answer_type(type(asked.order))))

    def _over(self, problem: PreceptorError) -> None:
        waiting, self._open, self._line = list(self._open.values()), {}, None
        told = False
        for asked in waiting:
            if not asked.dropped:
                asked.failed(problem)
                told = True
        if not told:
            self._untold(problem)


_TRY_AGAIN = "Try again. What was signed and logged is on the disk; nothing of it is lost."


def as_error(refused: Refused) -> PreceptorError:
    """The error that the session refused with, of its own class."""
    kind: type[PreceptorError] = Fault if refused.fault else Refusal
    with contextlib.suppress(AttributeError):
        named = getattr(sandbox.errors, refused.kind)
        if isinstance(named, type) and issubclass(named, PreceptorError):
            kind = named
    return kind(refused.sentence, refused.advice)


def _nothing(_: object) -> None:
    """The answer is not needed."""
