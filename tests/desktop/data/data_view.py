"""A screen of ours without a window: it keeps what it was told to show, and the last of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from data_facts import shown, source, table_row
from fakes import FakeDesk

from desktop.data.presenter import DataPresenter
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.data import (
    AddSource,
    AgentText,
    Decide,
    Derive,
    FindTables,
    ForgetKnown,
    FormsShown,
    FoundTables,
    ListSources,
    ListTables,
    PageWritten,
    ReadAgentText,
    ReadForms,
    ReadTable,
    RemoveSource,
    SignTables,
    SourceList,
    TableList,
    TakeBack,
    WritePage,
)


class FakeDataView:
    """Everything at once: the screen, its panes and its dialogs. `last["show_columns"]` are the newest arguments."""

    def __init__(self) -> None:
        self.last: dict[str, Any] = {}
        self.counted: Counter[str] = Counter()
        self.problems: list[PreceptorError] = []
        self.asked_first: list[tuple[str, str, Callable[[], None]]] = []
        self.notices: list[tuple[str, str, str, Callable[[], None] | None]] = []
        self.refused: list[PreceptorError] = []
        self.finished: list[str] = []
        self.went_to: list[str] = []
        self.closed = 0
        self.in_list: tuple[str, ...] = ()  # the tables that a search left; empty: all
        self.sources = self.tables = self.columns = self.told = self.dialogs = self.catalog = self

    def show_problem(self, problem: PreceptorError) -> None:
        self.problems.append(problem)

    def clear_problem(self) -> None:
        self.last["clear_problem"] = ()

    def ask_first(self, title: str, sentence: str, action: str, danger: bool, do: Callable[[], None]) -> None:
        self.asked_first.append((title, sentence, do))

    def tell_good(self, sentence: str, advice: str, action: str, do: Callable[[], None] | None) -> None:
        self.notices.append((sentence, advice, action, do))

    def tell_instead(self, sentence: str, advice: str) -> None:
        if self.notices and self.notices[-1][0] == sentence:
            self.notices[-1] = (sentence, advice, *self.notices[-1][2:])

    def connect_refused(self, problem: PreceptorError) -> None:
        self.refused.append(problem)

    def signing_refused(self, problem: PreceptorError) -> None:
        self.refused.append(problem)

    def page_refused(self, problem: PreceptorError) -> None:
        self.refused.append(problem)

    def page_busy(self, sentence: str) -> None:
        self.last["page_busy"] = (sentence,)

    def page_done(self) -> None:
        self.finished.append("page")

    def connect_done(self) -> None:
        self.finished.append("connect")

    def signing_done(self) -> None:
        self.finished.append("signing")

    def close_all(self) -> None:
        self.closed += 1

    def names_in_list(self) -> tuple[str, ...]:
        return self.in_list or tuple(row.name for row in self.last["show_tables"][1])

    def go_to_column(self, name: str) -> None:
        self.went_to.append(name)
        self.presenter.deciding.choose(name, (name,))

    def __getattr__(self, name: str) -> Callable[..., None]:
        if not name.startswith(("show_", "open_")):
            raise AttributeError(name)

        def keep(*arguments: Any, **named: Any) -> None:
            self.last[name] = (*arguments, *named.values())
            self.counted[name] += 1

        return keep

    @property
    def stage(self) -> str:
        return str(self.last["show_stage"][0])

    @property
    def column_names(self) -> list[str]:
        return [row.name for row in self.last["show_columns"][0]]


def data_desk() -> FakeDesk:
    """A source with three tables: one signed, one changed, one with an undecided column."""
    desk = FakeDesk()
    rows = (table_row("enc_adm", undecided=1), table_row("patient", "signed"), table_row("ward", "changed"))
    desk.asks.answers = {
        ListSources: SourceList(rows=(source(),)),
        ListTables: TableList(source="ehr", rows=rows),
        ReadTable: lambda order: shown(name=order.table),
        ReadAgentText: AgentText(text="Source ehr: 1 tables.\n"),
        Decide: lambda order: shown(name=order.table),
        TakeBack: lambda order: shown(name=order.table),
        Derive: lambda order: shown(name=order.table),
        ReadForms: lambda order: FormsShown(source=order.source, table=order.table, column=order.column, open=()),
        FindTables: lambda order: FoundTables(
            source=order.source, words=order.words, rows=(), tables=9000, columns=200_000, opened=3
        ),
        WritePage: lambda order: PageWritten(path=order.to, tables=1),
        SignTables: TableList(source="ehr", rows=rows),
        AddSource: SourceList(rows=(source(),)),
        RemoveSource: SourceList(rows=()),
        ForgetKnown: Done(sentence="The index of ehr is wiped."),
    }
    return desk


def data_screen(desk: FakeDesk, **place: str) -> FakeDataView:
    """The screen after it was arrived at and everything was answered."""
    view = FakeDataView()
    view.presenter = DataPresenter(view, desk)
    view.presenter.arrive(place)
    desk.asks.answer_all()
    return view
