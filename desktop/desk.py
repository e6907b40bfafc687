"""What a presenter can do: ask, start sessions, go to another screen, tell the reviewer. No Qt in here.

    class RunsPresenter:
        def __init__(self, view: RunsView, desk: Desk) -> None:
            self._runs = Latest(desk.asks)
            ...
        def arrive(self) -> None:
            self._runs.ask(ListRuns(), self._view.show_runs, self._view.show_problem)

Presenters take this and a view, both protocols, so that their tests need no window.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sandbox.errors import PreceptorError

if TYPE_CHECKING:
    from pathlib import Path

    import msgspec

    from desktop.questions.drafting import Drafting
    from sandbox.reviewing.orders import Order, Progress
    from sandbox.reviewing.orders.starting import Standing

A = TypeVar("A")
Failed = Callable[[PreceptorError], None]
Place = dict[str, str]


class Ticket(Protocol):
    """An order that was given. Its answer can be dropped, which does not take the order back."""

    def drop(self) -> None: ...


class Asks(Protocol):
    """Orders to the reviewing session. Exactly one of `done` and `failed` is called, later, on this thread."""

    def ask(
        self,
        order: Order[A],
        done: Callable[[A], None],
        failed: Failed | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> Ticket:
        """Without `failed` the desk tells the problem itself."""
        ...


class Line(Protocol):
    """One drafting, running or looking session. Messages are those of `sandbox.messages.desk`."""

    def send(self, message: msgspec.Struct) -> None: ...

    def end(self) -> None:
        """End it politely; nothing more arrives from it."""

    def kill(self) -> None:
        """End it at once; nothing more arrives from it."""


Heard = Callable[[Any], None]


class Sessions(Protocol):
    """Starts child processes. `heard` gets each message (streamed pieces that came together are one), at most
    thirty times a second; a `Stopped` or a dead child comes as a `PreceptorError` and is the last."""

    def drafting(self, question: str, heard: Heard) -> Line: ...

    def running(self, heard: Heard) -> Line: ...

    def looking(self, heard: Heard) -> Line: ...


class Clock(Protocol):
    """Time for presenters: `after(seconds, do)` calls once, later, on this thread."""

    def now(self) -> float: ...

    def after(self, seconds: float, do: Callable[[], None]) -> Ticket: ...


class Desk(Protocol):
    """The whole window, as a presenter sees it."""

    @property
    def asks(self) -> Asks: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def drafting(self) -> Drafting:
        """The drafting sessions of the questions that are open, shared by the screens that talk to an agent."""
        ...

    @property
    def standing(self) -> Standing:
        """Where things stood when last read."""
        ...

    @property
    def root(self) -> Path: ...

    def go(self, screen: str, **place: str) -> None:
        """Show a screen: questions, review, runs, data, records, settings, doctor; `place` is for its `arrive`."""

    def tell(self, sentence: str) -> None:
        """One sentence in the status line; read out by a screen reader."""

    def fail(self, problem: PreceptorError) -> None:
        """A problem that belongs to no screen: in the notice above the screen that is shown."""

    def refresh(self, then: Callable[[], None] | None = None) -> None:
        """Read the standing again, tell every screen that is built (`standing_changed`), then go on."""

    def busy(self, what: str, sentence: str) -> None:
        """Work goes on that closing the window would end; an empty sentence: over. Shown in the status line."""


class Latest:
    """Orders of one kind of which only the newest answer counts: earlier ones are dropped."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks
        self._ticket: Ticket | None = None

    def ask(
        self,
        order: Order[A],
        done: Callable[[A], None],
        failed: Failed | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.drop()
        self._ticket = self._asks.ask(order, done, failed, progress)

    def drop(self) -> None:
        """The newest answer does not count any more either."""
        if self._ticket is not None:
            self._ticket.drop()
            self._ticket = None
