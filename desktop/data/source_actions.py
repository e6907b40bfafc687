"""What is done to a source: connect, disconnect, look, index, forget the index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from desktop.data.sources import Sources
from desktop.data.working import Doing, Job, Outcome, SourceWork
from desktop.desk import Desk
from desktop.words import plural
from sandbox.errors import PreceptorError
from sandbox.messages.desk import Indexed, Looked
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.data import AddSource, ForgetKnown, RemoveSource, SourceList
from sandbox.visible import visible

FEW = 3  # tables that are named
LOSES = (
    "What was signed for it, and its index of identifiers, are deleted here. Questions can't use it any more, and "
    "approvals that read it can't run. The database itself stays as it is; the log keeps what was signed."
)
AGAIN = (
    "This reads its tables and columns afresh and proposes anew. What is signed stays signed, and your decisions are "
    "kept as far as the new proposal allows them; they can no longer be undone one by one."
)


class ActionDialogs(Protocol):
    """The dialog in which a source is connected, and the question before something is lost."""

    def connect_refused(self, problem: PreceptorError) -> None:
        """The dialog stays, with what was typed."""

    def connect_done(self) -> None: ...

    def ask_first(self, title: str, sentence: str, action: str, danger: bool, do: Callable[[], None]) -> None:
        """Say what will be lost; `do` is called when the reviewer wants it all the same."""


class ActionsView(Protocol):
    """What is told of what is done."""

    def show_working(self, doing: Doing | None, sentence: str) -> None:
        """What is being done to a source, with the time it takes; None: nothing."""

    def tell_good(self, sentence: str, advice: str, action: str, do: Callable[[], None] | None) -> None:
        """Something was done; the next step may be offered."""

    def tell_instead(self, sentence: str, advice: str) -> None:
        """The notice that begins with the sentence advises this now; another notice, or none, stays as it is."""

    def show_problem(self, problem: PreceptorError) -> None: ...

    def clear_problem(self) -> None: ...


class SourceActions:
    """`began` hears that a job has begun; `ended` that it is over, and whether the proposal is another one. A look
    writes the proposal, as a decision does: `settled` calls once no decision is on its way."""

    def __init__(
        self,
        view: ActionsView,
        dialogs: ActionDialogs,
        desk: Desk,
        sources: Sources,
        *,
        settled: Callable[[Callable[[], None]], None],
        began: Callable[[], None],
        ended: Callable[[Doing, bool], None],
    ) -> None:
        self._view = view
        self._dialogs = dialogs
        self._desk = desk
        self._sources = sources
        self._settled = settled
        self._began = began
        self._ended = ended
        self._looked: tuple[Doing, Looked] | None = None  # the newest, of which a notice tells
        self._work = SourceWork(desk, self._on_tick, self._on_ended)

    @property
    def doing(self) -> Doing | None:
        return self._work.doing

    def connect(self, name: str, location: str, login: str) -> None:
        """What the dialog holds; an empty login is none."""
        order = AddSource(name=name.strip(), location=location.strip(), login=login or None)

        def connected(listed: SourceList) -> None:
            self._dialogs.connect_done()
            self._sources.show(listed.rows, order.name)
            self._desk.tell(f"{order.name} is connected. Look at it next.")
            self._desk.refresh()

        self._desk.asks.ask(order, connected, self._dialogs.connect_refused)

    def disconnect(self) -> None:
        source = self._sources.chosen
        if source is not None and self.doing is None:
            name = source.name
            self._dialogs.ask_first(f"Disconnect {name}?", LOSES, "Disconnect", True, lambda: self._disconnect(name))

    def forget_index(self) -> None:
        source = self._sources.chosen
        if source is not None and source.known and self.doing is None:
            name = source.name
            words = (
                f"From then on the names and numbers of patients in {name} are not recognised in what you write; "
                "only the shapes of identifiers are."
            )
            self._dialogs.ask_first(
                f"Forget the index of {name}?", words, "Forget the index", True, lambda: self._forget(name)
            )

    def look(self) -> None:
        """Look at the chosen source; first a word, when it was looked at before."""
        source = self._sources.chosen
        if source is None or self.doing is not None:
            return
        name = source.name
        if not source.looked:
            self._start_look(name)
            return
        self._dialogs.ask_first(f"Look at {name} again?", AGAIN, "Look again", False, lambda: self._start_look(name))

    def index(self) -> None:
        """Index the identifiers of the chosen source."""
        source = self._sources.chosen
        if source is not None and source.looked and self.doing is None:
            self._start("index", source.name)

    def open(self, tables: tuple[str, ...]) -> None:
        """Open tables of the chosen source; what is open stays so."""
        source = self._sources.chosen
        if source is not None and source.looked and self.doing is None:
            name = source.name
            self._settled(lambda: self._start("open", name, tables))

    def stop(self) -> None:
        self._work.stop()

    def count_undecided(self, source: str, undecided: int) -> None:
        """So many columns wait for a decision now: the notice of what was looked at doesn't go on with what it said."""
        if self._looked is not None and self._looked[0].source == source:
            doing, outcome = self._looked
            self._view.tell_instead(*_done_words(doing, msgspec.structs.replace(outcome, undecided=undecided)))

    def _start_look(self, name: str) -> None:
        self._settled(lambda: self._start("look", name))

    def _start(self, job: Job, name: str, tables: tuple[str, ...] = ()) -> None:
        if self.doing is None:
            self._view.clear_problem()
            self._work.start(job, name, tables)
            self._began()

    def _disconnect(self, name: str) -> None:
        def gone(listed: SourceList) -> None:
            self._sources.show(listed.rows)
            self._desk.tell(f"{name} is disconnected and its login is forgotten.")
            self._desk.refresh()

        self._desk.asks.ask(RemoveSource(name=name), gone, self._view.show_problem)

    def _forget(self, name: str) -> None:
        def forgotten(done: Done) -> None:
            self._desk.tell(done.sentence or f"The index of {name} is gone.")
            self._desk.refresh()

        self._desk.asks.ask(ForgetKnown(source=name), forgotten, self._view.show_problem)

    def _on_tick(self, doing: Doing, sentence: str) -> None:
        self._view.show_working(doing, sentence)

    def _on_ended(self, doing: Doing, outcome: Outcome) -> None:
        self._view.show_working(None, "")
        if isinstance(outcome, PreceptorError):
            self._view.show_problem(outcome)
        elif outcome is None:
            self._desk.tell(f"{doing.sentence} was stopped; nothing was changed.")
        else:
            self._looked = (doing, outcome) if isinstance(outcome, Looked) else None
            self._view.tell_good(*_done_words(doing, outcome), "", None)
        self._ended(doing, isinstance(outcome, Looked))


def _done_words(doing: Doing, outcome: Looked | Indexed) -> tuple[str, str]:
    """What was done, and what follows."""
    if isinstance(outcome, Indexed):
        values = plural(outcome.values, "value")
        return f"{values} of {outcome.source} will be recognised from now on.", "The index is encrypted."
    need = "needs" if outcome.undecided == 1 else "need"
    if doing.job == "open":
        opened = ", ".join(doing.tables) if len(doing.tables) <= FEW else plural(len(doing.tables), "table")
        words = f"{visible(opened)} {'is' if len(doing.tables) == 1 else 'are'} open."
        of_all = f"{plural(outcome.undecided, 'column')} of all open tables {need} your decision."
        return words, of_all if outcome.undecided else ""
    if not outcome.tables and outcome.catalog_tables:
        catalog = f"{plural(outcome.catalog_tables, 'table')}, {plural(outcome.catalog_columns, 'column')}"
        return f"The catalog of {outcome.source} was read: {catalog}.", "Open the tables that your question needs."
    words = f"{outcome.source} was looked at: {plural(outcome.tables, 'table')}, {plural(outcome.columns, 'column')}."
    if outcome.undecided:
        return words, f"{plural(outcome.undecided, 'column')} could not be classified and {need} your decision."
    return words, "Every column has a proposal. Read it table by table, then sign what your question needs."
