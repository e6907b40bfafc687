"""The screen *Data*: puts sources, tables, columns, the agent's text and signing together. No Qt in here."""

from __future__ import annotations

from typing import Literal, Protocol

from desktop.data.catalog import Catalog, CatalogView
from desktop.data.deciding import ColumnsView, Deciding
from desktop.data.page import PageDialogs, PrivacyPage
from desktop.data.signing import Signing, SigningDialogs
from desktop.data.source_actions import ActionDialogs, ActionsView, SourceActions
from desktop.data.sources import Sources, SourcesView
from desktop.data.tables import Tables, TablesView
from desktop.data.told import ToldText, ToldView
from desktop.data.working import Doing
from desktop.desk import Desk, Place
from desktop.words import plural
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.data import TableList, TableShown
from sandbox.reviewing.orders.starting import SourceStanding
from sandbox.visible import visible

Stage = Literal["reading", "no source", "not looked", "looking", "no table", "catalog", "tables"]
WHY_INDEX = "Index its identifiers next, so that no patient's name slips into a question."


class Dialogs(ActionDialogs, SigningDialogs, PageDialogs, Protocol):
    """The dialogs of the screen."""

    def close_all(self) -> None: ...


class DataView(ActionsView, Protocol):
    """The whole screen: its panes, its dialogs, and which page is there."""

    @property
    def sources(self) -> SourcesView: ...

    @property
    def tables(self) -> TablesView: ...

    @property
    def columns(self) -> ColumnsView: ...

    @property
    def catalog(self) -> CatalogView: ...

    @property
    def told(self) -> ToldView: ...

    @property
    def dialogs(self) -> Dialogs: ...

    def open_file(self, path: str) -> None:
        """In the program that the system has for it."""

    def show_stage(self, stage: Stage, source: SourceStanding | None) -> None:
        """Which page is there: an empty state with its next step, or the tables."""


class DataPresenter:
    """Decides everything that the screen shows. Its parts are reached by name: `sources`, `actions`, `tables`,
    `catalog`, `deciding`, `told`, `signing` and `page`."""

    def __init__(self, view: DataView, desk: Desk) -> None:
        self._view = view
        self._desk = desk
        self._wanted_table = ""
        self._source = ""
        self._afresh = False
        self._read = False
        self._signs = self._finds = False
        failed = view.show_problem
        self.sources = Sources(view.sources, desk, self._on_source, failed)
        self.told = ToldText(view.told, desk, failed)
        self.deciding = Deciding(view.columns, desk, shows=self.told.table, decided=self._on_decided, failed=failed)
        self.actions = SourceActions(
            view,
            view.dialogs,
            desk,
            self.sources,
            settled=self.deciding.decisions.when_settled,
            began=self._on_job_began,
            ended=self._on_job_over,
        )
        self.catalog = Catalog(view.catalog, desk, opens=self.actions.open, goes=self._go_to_table, failed=failed)
        self.page = PrivacyPage(view.dialogs, desk, view.tell_good, view.open_file)
        self.tables = Tables(view.tables, desk, self._on_table, failed)
        self.signing = Signing(view.dialogs, desk, self._on_signed, self._on_read_again, failed)

    def arrive(self, place: Place) -> None:
        """Read the sources afresh; `source` and `table` of the place are opened."""
        self._wanted_table = place.get("table", "")
        self._afresh = True
        if not self._read:
            self._view.show_stage("reading", None)
        self.sources.read(place.get("source", ""))

    def leave(self) -> None:
        """Decisions were kept as they were made; nothing is open that another screen could spoil."""
        self._signs = False
        self.signing.give_up()

    def lock(self) -> None:
        """No result is shown here; a dialog may hold a passphrase."""
        self.leave()
        self._view.dialogs.close_all()

    def standing_changed(self) -> None:
        if self._read:
            self.sources.show(self._desk.standing.sources)

    def sign(self) -> None:
        """Open the dialog for the chosen tables, after the last decision has arrived."""
        self._signs = True
        self.deciding.decisions.when_settled(self._begin_signing)

    def find_tables(self) -> None:
        """Show the catalog, to open tables of it."""
        if self._has_catalog():
            self._finds = True
            self._show_stage()

    def leave_catalog(self) -> None:
        """Back to the tables that are open."""
        self._finds = False
        self._show_stage()

    def _begin_signing(self) -> None:
        wanted, self._signs = self._signs, False
        if wanted and self._stage() == "tables":
            self._view.clear_problem()
            self.signing.begin(self.tables.source, self.tables.to_sign().tables)

    def _on_source(self) -> None:
        """Another source is chosen, or the chosen one is in another state."""
        self._read = True
        source = self.sources.chosen
        if source is not None and source.name != self._source:
            self._source = source.name
            self._finds = False
            self._view.clear_problem()
        self.catalog.of(source.name if source is not None and self._has_catalog() else "")
        self._show_stage()
        if source is None or not source.looked:
            self.tables.forget()
        elif source.name != self.tables.source or self._afresh:
            self.tables.read(source.name, self._wanted_table)
            self._wanted_table, self._afresh = "", False

    def _on_job_began(self) -> None:
        """A look reads the decisions and writes the proposal: those that are made meanwhile wait for its end."""
        if self.actions.doing is not None and self.actions.doing.job != "index":
            self.deciding.decisions.hold()
        self._show_stage()

    def _on_job_over(self, doing: Doing, looked: bool) -> None:
        """A look, an opening or an indexing ended; after the first two every table may be another."""
        self.deciding.decisions.go()
        if looked and doing.job == "open":
            self._finds = False
            self._wanted_table = self.catalog.called(doing.tables[0])
        if looked:
            self.tables.forget()
        else:
            self._show_stage()
        self._desk.refresh()

    def _go_to_table(self, name: str) -> None:
        """A table of the catalog that is open already."""
        self._finds = False
        self.tables.show_open(name)
        self._show_stage()

    def _on_table(self, source: str, table: str) -> None:
        """A table is open in the list; it is read when it is another, or another than when it was read."""
        row = next((row for row in self.tables.rows if row.name == table), None)
        self.deciding.open(source, table, again=row is not None and self.deciding.is_outdated(row))

    def _on_decided(self, shown: TableShown) -> None:
        self.tables.decided(shown)
        if shown.table.source == self.tables.source:
            self.actions.count_undecided(self.tables.source, sum(row.undecided for row in self.tables.rows))

    def _on_signed(self, listed: TableList, names: tuple[str, ...]) -> None:
        """Go on with the next table that waits; say what makes the source complete."""
        self.tables.signed(listed, names[-1])
        self.told.signed()
        source = self.sources.chosen
        one = f"Table {names[0]}" if len(names) == 1 else plural(len(names), "table")
        sentence = f"{visible(one)} of {listed.source} {'is' if len(names) == 1 else 'are'} signed."
        if source is not None and (not source.known or source.known_is_old):
            self._view.tell_good(sentence, WHY_INDEX, "Index identifiers", self.actions.index)
        else:
            self._view.tell_good(sentence, "", "", None)
        self._desk.refresh()

    def _on_read_again(self, listed: TableList, problem: PreceptorError) -> None:
        """What was to be signed is not what is there: now the screen shows what is."""
        if listed.source == self.tables.source:
            self.tables.show(listed)
        self._view.show_problem(problem)

    def _show_stage(self) -> None:
        self._view.show_stage(self._stage(), self.sources.chosen)

    def _stage(self) -> Stage:
        source, doing = self.sources.chosen, self.actions.doing
        if source is None:
            return "no source"
        if doing is not None and doing.job == "look" and doing.source == source.name:
            return "looking"
        if not source.looked:
            return "not looked"
        if self._has_catalog() and (self._finds or not source.tables):
            return "catalog"
        return "tables" if source.tables else "no table"

    def _has_catalog(self) -> bool:
        """Whether there are tables that are not open."""
        source = self.sources.chosen
        return source is not None and source.looked and source.catalog_tables > source.tables
