"""The results of one run: opened, shown window by window, exported, closed. No Qt in here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from desktop.runs.facts import Action, Block, StepLine, attrition, blocks
from desktop.runs.words import left, title_of
from desktop.words import plural, size, when
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.runs import (
    CloseResults,
    Export,
    Exported,
    Figure,
    LinesShown,
    OpenResults,
    ReadFigure,
    ReadRows,
    ResultKind,
    ResultsShown,
    Rows,
    RunRow,
)
from sandbox.visible import visible

if TYPE_CHECKING:
    from desktop.desk import Desk, Failed, Ticket
    from sandbox.reviewing.orders import Done
    from sandbox.reviewing.orders.review import ApprovalRow

COPYING = "Copying is an export. Choose Export… beside the table or figure: then it is signed for and labelled."
AUDIENCES = ("care team", "internal", "research", "public")


@dataclass(frozen=True)
class Stretch:
    """Neighbouring lines that did not run: `name` to be read, `line` to go to."""

    name: str
    line: int


@dataclass(frozen=True)
class LinesRan:
    """How many lines of the program ran, and the first stretches of those that did not."""

    sentence: str
    never: tuple[Stretch, ...]


@dataclass(frozen=True)
class ResultsPage:
    """Everything of the results that is shown at once; rows and pictures are asked for when they come into view."""

    run: str
    title: str
    sentence: str
    blocks: tuple[Block, ...]
    steps: tuple[StepLine, ...]
    actions: tuple[tuple[Action, str], ...]
    export_refused: str
    lines: LinesRan | None = None


@dataclass(frozen=True)
class ExportOffer:
    """What is said before one table or figure leaves."""

    kind: Literal["table", "figure"]
    label: str
    name: str
    hides: str
    labelled: str
    ending: str


@dataclass(frozen=True)
class Release:
    """What the reviewer said of an export."""

    to: str
    title: str
    audience: str
    recipient: str
    authority: str
    passphrase: str


class ResultsView(Protocol):
    """The right side while results are opened and shown."""

    def show_opening(self, sentence: str) -> None: ...

    def show_results(self, page: ResultsPage) -> None: ...

    def clear_results(self) -> None:
        """Forget every result, and close what could show one."""

    def show_export(self, offer: ExportOffer) -> None: ...

    def show_exported(self, sentence: str) -> None: ...

    def show_export_problem(self, problem: PreceptorError) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...

    def say(self, sentence: str) -> None:
        """Something worth knowing that is no problem."""


class ResultsPresenter:
    """Keeps at most one run's results open. Answers that belong to another run are dropped."""

    def __init__(self, view: ResultsView, desk: Desk) -> None:
        self._view = view
        self._desk = desk
        self._run = ""
        self._again: ApprovalRow | None = None
        self._shown: ResultsShown | None = None
        self._open: list[Ticket] = []

    def open(self, row: RunRow, again: ApprovalRow | None) -> None:
        """Show the results of a run; `again` is its approval when it may run once more."""
        self._again = again
        if self._run == row.id and self._shown is not None:
            self._view.show_results(self._page(self._shown))
            return
        self.close()
        self._run = row.id
        self._view.show_opening("Opening the results …")
        self._ask(self._desk.asks.ask(OpenResults(run=row.id), self._on_opened, self._on_not_opened))

    def close(self) -> None:
        """Forget the results, on the screen and in the session."""
        for ticket in self._open:
            ticket.drop()
        self._open.clear()
        if self._run:
            self._desk.asks.ask(CloseResults(run=self._run), _nothing, _nothing)
        self._run, self._shown = "", None
        self._view.clear_results()

    def read_rows(self, order: ReadRows, done: Callable[[Rows], None], failed: Failed) -> None:
        """A window of one of the tables that are shown."""
        if self._run and order.run == self._run:
            self._ask(self._desk.asks.ask(order, done, failed))

    def read_figure(self, label: str, done: Callable[[Figure], None], failed: Failed) -> None:
        if self._run:
            self._ask(self._desk.asks.ask(ReadFigure(run=self._run, label=label), done, failed))

    def export(self, kind: ResultKind, label: str) -> None:
        """Ask what has to be said of it before it leaves, unless nothing may."""
        if self._shown is None or self._shown.export_refused or kind not in ("table", "figure"):
            return
        self._view.show_export(export_offer(kind, label, self._shown.minimum))

    def sign_export(self, offer: ExportOffer, release: Release) -> None:
        order = Export(
            run=self._run,
            kind=offer.kind,
            label=offer.label,
            to=release.to,
            title=release.title,
            audience=release.audience,  # type: ignore[arg-type]
            recipient=release.recipient,
            authority=release.authority,
            passphrase=release.passphrase,
        )
        self._desk.asks.ask(order, self._on_exported, lambda problem: self._on_not_exported(order.run, problem))

    def review(self, line: int) -> None:
        """Open the draft that ran at one of its lines."""
        if self._shown is not None:
            run = self._shown.run
            self._desk.go("review", question=run.question, draft=str(run.draft), line=str(line))

    def copy_wanted(self) -> None:
        """Copying was tried: results leave by an export, or not at all."""
        refused = self._shown.export_refused if self._shown is not None else ""
        self._view.say(f"Copying is an export. {refused}" if refused else COPYING)

    def _on_opened(self, found: ResultsShown) -> None:
        self._shown = found
        self._view.show_results(self._page(found))

    def _on_not_opened(self, problem: PreceptorError) -> None:
        self._run = ""
        self._view.clear_results()
        self._view.show_problem(problem)

    def _on_exported(self, exported: Exported) -> None:
        self._view.show_exported(f"{exported.file} was written, with its label beside it. {exported.sentence}")
        self._desk.tell(f"Exported {exported.file}.")

    def _on_not_exported(self, run: str, problem: PreceptorError) -> None:
        tell = self._view.show_export_problem if run == self._run else self._desk.fail
        tell(problem)

    def _page(self, found: ResultsShown) -> ResultsPage:
        read = f"It read {plural(found.rows_read, 'row')} ({size(found.bytes_read)})."
        again: tuple[tuple[Action, str], ...] = ()
        if self._again is not None:
            again = (("run", f"Run again ({left(self._again)})"),)
        return ResultsPage(
            run=found.run.id,
            title=title_of(found.run.title, found.run.draft),
            sentence=f"Finished {when(found.run.ended_at)}. {read}",
            blocks=blocks(found.results),
            steps=attrition(found.steps),
            actions=(*again, ("records", "Show its record")),
            export_refused=found.export_refused,
            lines=lines_ran(found.lines),
        )

    def _ask(self, ticket: Ticket) -> None:
        """Remember what is open, so that closing drops it; old tickets are let go now and then."""
        self._open = [*self._open[-_TICKETS:], ticket]


_TICKETS = 256


def export_offer(kind: Literal["table", "figure"], label: str, minimum: int) -> ExportOffer:
    """What is said of an export before it is signed."""
    hides = (
        f"Counts below {minimum} are hidden, and whatever would give them away. The table here stays as it is."
        if kind == "table"
        else "A picture leaves as the program drew it: small numbers in it are not hidden. Look at it once more."
    )
    labelled = (
        "A label is written beside it: aggregate, with title, audience, recipient and authority. "
        "The export is signed with your key and stands in the audit log."
    )
    return ExportOffer(kind, label, visible(label), hides, labelled, ".csv" if kind == "table" else ".png")


def lines_ran(lines: LinesShown | None) -> LinesRan | None:
    """What is said of the lines that ran; None for a run of before they were kept."""
    if lines is None:
        return None
    if not lines.whole:
        sentence = f"At least {lines.ran:,} of {lines.could:,}: before Python 3.12 only the beginning is watched."
        return LinesRan(sentence, ())
    stretches = [
        Stretch(f"Line {first}" if first == last else f"Lines {first}–{last}", first) for first, last in lines.never
    ]
    more = len(stretches) - _STRETCHES
    rest = f" The first {_STRETCHES} places that did not run are named; there are {more:,} more." if more > 0 else ""
    return LinesRan(f"{lines.ran:,} of {lines.could:,}.{rest}", tuple(stretches[:_STRETCHES]))


_STRETCHES = 12  # buttons; a program that mostly did not run is read from its first line


def _nothing(_: Done | PreceptorError) -> None:
    """Results that are closed need no answer; a session that is gone holds none."""
