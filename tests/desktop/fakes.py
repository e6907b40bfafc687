"""Small stand-ins of ours for what a presenter is given: a desk whose answers the test decides.

desk = FakeDesk()
desk.asks.answers[ListRuns] = RunList(ready=(), runs=())     # or a function of the order, or an error
desk.asks.answer_all()                                       # answers arrive when the test says so
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.errors import PreceptorError
from sandbox.reviewing.orders import Order, Progress
from sandbox.reviewing.orders.starting import Standing

STANDING = Standing(root="/workspace", exists=True, finished=True, store="os", reviewer="A Reviewer", has_pin=False)


class FakeTicket:
    def __init__(self) -> None:
        self.dropped = False

    def drop(self) -> None:
        self.dropped = True


class FakeAsks:
    """Keeps every order; answers in order when told to. `given` is all that was ever asked."""

    def __init__(self) -> None:
        self.answers: dict[type[Order[Any]], Any] = {}
        self.given: list[Order[Any]] = []
        self.waiting: list[
            tuple[Order[Any], Callable[[Any], None], Callable[[PreceptorError], None] | None, Any, FakeTicket]
        ] = []
        self.untold: list[PreceptorError] = []

    def ask(self, order: Any, done: Any, failed: Any = None, progress: Any = None) -> FakeTicket:
        ticket = FakeTicket()
        self.given.append(order)
        self.waiting.append((order, done, failed, progress, ticket))
        return ticket

    def tell_progress(self, progress: Progress) -> None:
        """The newest open order makes progress."""
        *_, tell, ticket = self.waiting[-1]
        if tell is not None and not ticket.dropped:
            tell(progress)

    def answer_all(self) -> None:
        """Answer what is open, and what that leads to, until nothing is open."""
        while self.waiting:
            self.answer_next()

    def answer_next(self) -> None:
        order, done, failed, _, ticket = self.waiting.pop(0)
        answer = self.answers[type(order)]
        if callable(answer) and not isinstance(answer, type):
            answer = answer(order)
        if ticket.dropped:
            return
        if isinstance(answer, PreceptorError):
            (failed or self.untold.append)(answer)
        else:
            done(answer)

    def of(self, kind: type[Any]) -> list[Any]:
        """The orders of that kind that were given."""
        return [order for order in self.given if isinstance(order, kind)]


class FakeLine:
    """One session: what was sent to it, and `hear` to say something from it."""

    def __init__(self, kind: str, heard: Callable[[Any], None], question: str = "") -> None:
        self.kind = kind
        self.question = question
        self.hear = heard
        self.sent: list[Any] = []
        self.ended = False
        self.killed = False

    def send(self, message: Any) -> None:
        self.sent.append(message)

    def end(self) -> None:
        self.ended = True

    def kill(self) -> None:
        self.killed = True


class FakeSessions:
    def __init__(self) -> None:
        self.lines: list[FakeLine] = []

    def drafting(self, question: str, heard: Callable[[Any], None]) -> FakeLine:
        return self._started(FakeLine("drafting", heard, question))

    def running(self, heard: Callable[[Any], None]) -> FakeLine:
        return self._started(FakeLine("running", heard))

    def looking(self, heard: Callable[[Any], None]) -> FakeLine:
        return self._started(FakeLine("looking", heard))

    def _started(self, line: FakeLine) -> FakeLine:
        self.lines.append(line)
        return line


class FakeClock:
    """Time stands still until `pass_by`."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._due: list[tuple[float, Callable[[], None], FakeTicket]] = []

    def now(self) -> float:
        return self._now

    def after(self, seconds: float, do: Callable[[], None]) -> FakeTicket:
        ticket = FakeTicket()
        self._due.append((self._now + seconds, do, ticket))
        return ticket

    def pass_by(self, seconds: float) -> None:
        end = self._now + seconds
        while due := sorted((one for one in self._due if one[0] <= end), key=lambda one: one[0]):
            self._due.remove(due[0])
            self._now, do, ticket = due[0]
            if not ticket.dropped:
                do()
        self._now = end


class FakeDesk:
    """A desk without a window."""

    def __init__(self, standing: Standing = STANDING) -> None:
        from desktop.questions.drafting import Drafting

        self.asks = FakeAsks()
        self.sessions = FakeSessions()
        self.clock = FakeClock()
        self.standing = standing
        self.root = Path(standing.root)
        self.drafting = Drafting(self)
        self.went: list[tuple[str, dict[str, str]]] = []
        self.told: list[str] = []
        self.failures: list[PreceptorError] = []
        self.refreshed = 0
        self.busy_with: dict[str, str] = {}

    def go(self, screen: str, **place: str) -> None:
        self.went.append((screen, place))

    def tell(self, sentence: str) -> None:
        self.told.append(sentence)

    def fail(self, problem: PreceptorError) -> None:
        self.failures.append(problem)

    def refresh(self, then: Callable[[], None] | None = None) -> None:
        self.refreshed += 1
        if then is not None:
            then()

    def busy(self, what: str, sentence: str) -> None:
        if sentence:
            self.busy_with[what] = sentence
        else:
            self.busy_with.pop(what, None)
