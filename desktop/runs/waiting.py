"""A session that has prepared what is on offer, so that a run begins when it is asked for. No Qt in here.

    waiting.offer(approval)          # the reviewer looks at it: soon a session prepares its run
    line = waiting.take(approval)    # the reviewer runs it: the session, or a fresh one
    waiting.drop()                   # the reviewer looks elsewhere

Nothing about it is shown. A session that comes to nothing is forgotten: the run starts a fresh one, which says why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.errors import PreceptorError
from sandbox.messages.desk import Prepare, Ready

if TYPE_CHECKING:
    from desktop.desk import Desk, Heard, Line, Ticket

LOOKED_AT = 0.3  # seconds; who walks through the list wants none of it prepared
KEPT = 600.0  # seconds; then the memory is worth more


class Waiting:
    """At most one session, for the approval that is on offer."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._approval = ""
        self._due: Ticket | None = None
        self._one: _One | None = None

    def offer(self, approval: str) -> None:
        """This approval is on offer, and nothing stands in the way of running it."""
        if approval == self._approval:
            return
        self.drop()
        self._approval = approval
        self._due = self._desk.clock.after(LOOKED_AT, self._start)

    def drop(self) -> None:
        """Nothing is on offer any more."""
        self._forget_time()
        if self._one is not None and not self._one.is_over:
            self._one.line.kill()
        self._approval, self._one = "", None

    def take(self, approval: str, heard: Heard) -> tuple[Line, bool]:
        """The line to run it with, whose messages now go to `heard`, and whether its session is ready already."""
        one = self._one if approval == self._approval else None
        if one is None or one.is_over:
            self.drop()
            return self._desk.sessions.running(heard), False
        self._forget_time()
        self._approval, self._one = "", None
        one.pass_on = heard
        return one.line, one.is_ready

    def _start(self) -> None:
        self._one = _One(self._desk, self._approval)
        self._due = self._desk.clock.after(KEPT, self.drop)

    def _forget_time(self) -> None:
        if self._due is not None:
            self._due.drop()
            self._due = None


class _One:
    """One session while nobody has asked for its run."""

    def __init__(self, desk: Desk, approval: str) -> None:
        self._approval = approval
        self.is_ready = self.is_over = False
        self.pass_on: Callable[[Any], None] | None = None
        self.line: Line = desk.sessions.running(self._heard)

    def _heard(self, message: Any) -> None:
        if self.pass_on is not None:
            self.pass_on(message)
        elif isinstance(message, Ready):
            self.is_ready = True
            self.line.send(Prepare(approval=self._approval))
        elif isinstance(message, PreceptorError):
            self.is_over = True
