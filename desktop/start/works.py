"""The steps in which Preceptor works and a person watches: make the hospital, look, index. No Qt in here.

A step that fails says why and can be repeated; what was made before stays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Protocol

from desktop import words
from desktop.desk import Desk, Latest, Line
from desktop.start.steps import Step
from sandbox.errors import PreceptorError
from sandbox.messages.desk import Indexed, IndexKnown, Look, Looked
from sandbox.reviewing.orders import Progress
from sandbox.reviewing.orders.data import RemoveSource, SourceList
from sandbox.reviewing.orders.starting import BuildDemo, SourceStanding, Standing

LineState = Literal["done", "now", "to come", "failed"]

_HOSPITAL = "Making the hospital"

LEADS = {
    Step.HOSPITAL: (
        "People who never lived, with stays, diagnoses, laboratory values and notes, "
        "are invented and written to two encrypted files on this computer."
    ),
    Step.LOOK: (
        "The catalog is read here, by a process without network. "
        "It proposes, column by column, what an agent may be told and what a program may be given."
    ),
    Step.INDEX: (
        "Names and record numbers are turned into an encrypted index. From then on, "
        "a text that holds one of them is stopped before it leaves this computer."
    ),
}


class WorkLine(NamedTuple):
    """One thing that is done in a step."""

    state: LineState
    text: str


class WorkView(Protocol):
    def show_work(self, step: Step, lead: str) -> None: ...

    def show_lines(self, lines: tuple[WorkLine, ...]) -> None: ...

    def say_progress(self, progress: Progress | None) -> None: ...

    def show_failed(self, problem: PreceptorError, may_disconnect: bool) -> None: ...


class WorkPresenter:
    """One step at a time: `enter` begins it, `again` repeats it; `done` hears that it is finished."""

    def __init__(self, view: WorkView, desk: Desk, done: Callable[[], None]) -> None:
        self._view = view
        self._desk = desk
        self._done = done
        self._asks = Latest(desk.asks)
        self._step = Step.HOSPITAL
        self._line: Line | None = None
        self._left: list[SourceStanding] = []
        self._finished: list[WorkLine] = []

    def enter(self, step: Step) -> None:
        """Begin, with what is not done yet according to the standing."""
        if self._line is not None:
            return
        self._step = step
        self._view.show_work(step, LEADS[step])
        self.again()

    def again(self) -> None:
        """Do what is not done yet."""
        self._finished, self._left = [], []
        if self._step is Step.HOSPITAL:
            self._busy(_HOSPITAL, "Inventing patients")
            self._asks.ask(BuildDemo(), self._built, self._failed, self._view.say_progress)
            return
        sources = self._desk.standing.sources
        if self._step is Step.LOOK:
            self._finished = [looked_line(source) for source in sources if source.looked]
            self._left = [source for source in sources if not source.looked]
        else:
            self._left = [source for source in sources if source.signed and not source.known]
        self._next_source()

    def disconnect(self) -> None:
        """Take away the source that can't be looked at, so that it can be connected another way."""
        if self._left:
            self._asks.ask(RemoveSource(name=self._left[0].name), self._disconnected, self._failed)

    def stop(self) -> None:
        """The page is left: hear no more of what is still going on."""
        self._asks.drop()
        if self._line is not None:
            self._line.end()
            self._line = None
        self._desk.busy("start", "")

    def _next_source(self) -> None:
        if not self._left:
            self._over()
            return
        name = self._left[0].name
        if self._step is Step.LOOK:
            self._busy(f"Looking at {name}", "Reading its catalog")
        else:
            self._busy(f"Indexing {name}", "Reading its identifier columns")
        self._line = self._desk.sessions.looking(self._heard)
        self._line.send(Look(source=name) if self._step is Step.LOOK else IndexKnown(source=name))

    def _heard(self, message: Any) -> None:
        if isinstance(message, PreceptorError):
            self._line = None
            self._failed(message)
        elif isinstance(message, Looked | Indexed):
            self._end_line()
            self._left.pop(0)
            self._finished.append(_line_of(message))
            self._next_source()

    def _built(self, _: Standing) -> None:
        self._over()

    def _disconnected(self, _: SourceList) -> None:
        self._over()

    def _over(self) -> None:
        self._view.say_progress(None)
        self._view.show_lines(tuple(self._finished))
        self._desk.busy("start", "")
        self._done()

    def _failed(self, problem: PreceptorError) -> None:
        self._desk.busy("start", "")
        self._view.say_progress(None)
        self._show_lines("failed")
        may_disconnect = self._step is Step.LOOK and self._desk.standing.store == "os"
        self._view.show_failed(problem, may_disconnect)

    def _busy(self, what: str, sentence: str) -> None:
        self._desk.busy("start", f"{what}…")
        self._view.say_progress(Progress(sentence=f"{sentence}…"))
        self._show_lines("now")

    def _show_lines(self, state: LineState) -> None:
        names = [source.name for source in self._left] or [_HOSPITAL]
        text = f"{names[0]}: not done yet" if state == "failed" else names[0]
        rest = tuple(WorkLine("to come", name) for name in names[1:])
        self._view.show_lines((*self._finished, WorkLine(state, text), *rest))

    def _end_line(self) -> None:
        assert self._line is not None
        self._line.end()
        self._line = None


def looked_line(source: SourceStanding) -> WorkLine:
    return WorkLine("done", _looked(source.name, source.tables, source.columns, source.undecided))


def _line_of(message: Looked | Indexed) -> WorkLine:
    if isinstance(message, Indexed):
        return WorkLine("done", f"{message.source}: {words.plural(message.values, 'identifier')} recognised")
    return WorkLine("done", _looked(message.source, message.tables, message.columns, message.undecided))


def _looked(name: str, tables: int, columns: int, undecided: int) -> str:
    size = f"{words.plural(tables, 'table')}, {words.plural(columns, 'column')}"
    return f"{name}: {size}, {undecided:,} for you to decide"
