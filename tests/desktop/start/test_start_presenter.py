"""The first start goes from step to step by the standing, says what it does, and every failed step can be repeated."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from fakes import FakeDesk
from start_views import StartViews

from desktop.start.know import suggest
from desktop.start.presenter import StartPresenter
from desktop.start.steps import Step
from sandbox.errors import SourceUnavailable, WrongPassphrase
from sandbox.messages.desk import Indexed, IndexKnown, Look, Looked, Ready
from sandbox.reviewing.orders.data import (
    AddSource,
    ListTables,
    ReadTable,
    RemoveSource,
    SignTables,
    SourceList,
    TableList,
    TableRow,
    TableShown,
)
from sandbox.reviewing.orders.facts import Column, Table
from sandbox.reviewing.orders.starting import BuildDemo, DemoScript, SetUp, SourceStanding, Standing

NOTHING = Standing(root="/w", exists=False, finished=False)
SCRIPT = DemoScript(question="?", comment="", comment_on="", purpose="", tables=("patient", "stay"))
EHR = SourceStanding(name="ehr", location="/h/ehr.duckdb", login=True)
REGISTRY = SourceStanding(name="registry", location="/h/registry.duckdb", login=True)
PASSPHRASE = "four unrelated words"


class Walk:
    """A presenter on fakes; `stands` changes what the next refresh would read."""

    def __init__(self, standing: Standing) -> None:
        self.desk = FakeDesk(standing)
        self.view = StartViews()
        self.finished = 0
        self.presenter = StartPresenter(self.view, self.desk, self._finish)
        self.presenter.begin()

    @property
    def step(self) -> Step:
        step: Step = self.view.of("show_step")[-1][0]
        return step

    def stands(self, **changes: Any) -> None:
        self.desk.standing = msgspec.structs.replace(self.desk.standing, **changes)

    def _finish(self) -> None:
        self.finished += 1


def demo(*sources: SourceStanding) -> Standing:
    return Standing(root="/w", exists=True, finished=True, store="throwaway", sources=sources, demo=SCRIPT)


def own(*sources: SourceStanding) -> Standing:
    return Standing(root="/w", exists=True, finished=True, store="os", sources=sources)


def looked(source: SourceStanding, **changes: Any) -> SourceStanding:
    return msgspec.structs.replace(source, looked=True, **changes)


# Welcome.


def test_it_begins_with_two_sentences_and_a_choice() -> None:
    walk = Walk(NOTHING)
    assert walk.step is Step.WELCOME
    assert walk.view.last("show_welcome").root == "/w"


def test_ones_own_data_can_not_be_chosen_without_a_keyring() -> None:
    walk = Walk(msgspec.structs.replace(NOTHING, keyring="No keyring answers."))
    walk.presenter.choose("os")
    assert walk.step is Step.WELCOME
    assert walk.view.last("show_welcome").keyring == "No keyring answers."
    walk.presenter.choose("throwaway")
    assert walk.step is Step.WHO


def test_the_keyring_can_be_asked_again() -> None:
    walk = Walk(msgspec.structs.replace(NOTHING, keyring="No keyring answers."))
    walk.stands(keyring="")
    walk.presenter.look_again()
    walk.presenter.choose("os")
    assert (walk.desk.refreshed, walk.step) == (1, Step.WHO)


def test_back_is_possible_while_nothing_is_made() -> None:
    walk = Walk(NOTHING)
    walk.presenter.choose("throwaway")
    walk.presenter.back()
    assert walk.step is Step.WELCOME
    made = Walk(demo())
    made.presenter.back()
    assert made.step is Step.HOSPITAL


# Who you are.


def test_nothing_is_made_until_the_fields_are_complete() -> None:
    walk = Walk(NOTHING)
    walk.presenter.choose("throwaway")
    for name, passphrase, repeat in (
        ("", PASSPHRASE, PASSPHRASE),
        ("A Reviewer", "short", "short"),
        ("A Reviewer", PASSPHRASE, PASSPHRASE + "x"),
    ):
        walk.presenter.who.set_up(name, passphrase, repeat)
    assert not walk.desk.asks.given


def test_setting_up_keeps_to_what_was_chosen_and_goes_on() -> None:
    walk = Walk(NOTHING)
    walk.presenter.choose("throwaway")
    walk.presenter.who.set_up(" A Reviewer ", PASSPHRASE, PASSPHRASE)
    assert walk.desk.busy_with["start"]
    walk.presenter.who.set_up(" A Reviewer ", PASSPHRASE, PASSPHRASE)
    walk.stands(exists=True, finished=True, store="throwaway", demo=SCRIPT)
    walk.desk.asks.answers = {SetUp: walk.desk.standing, BuildDemo: walk.desk.standing}
    walk.desk.asks.answer_next()
    assert walk.desk.asks.of(SetUp) == [SetUp(name="A Reviewer", passphrase=PASSPHRASE, store="throwaway")]
    assert walk.view.who.of("clear_secrets")
    assert walk.step is Step.HOSPITAL


def test_a_refused_set_up_keeps_what_was_typed_and_can_be_repeated() -> None:
    walk = Walk(msgspec.structs.replace(NOTHING, exists=True, reviewer="A Reviewer"))
    who = walk.view.who.last("show_who")
    assert (who.name, who.interrupted, who.may_go_back) == ("A Reviewer", True, False)
    walk.desk.asks.answers = {SetUp: WrongPassphrase("This passphrase does not open the reviewer's key.")}
    for _ in range(2):
        walk.presenter.who.set_up("A Reviewer", PASSPHRASE, PASSPHRASE)
        walk.desk.asks.answer_all()
    assert len(walk.view.who.of("show_problem")) == 2
    assert not walk.view.who.of("clear_secrets")
    assert not walk.desk.busy_with


# The hospital, looking, indexing.


def test_the_hospital_is_made_at_once_and_says_how_far_it_is() -> None:
    walk = Walk(demo())
    from sandbox.reviewing.orders import Progress

    walk.desk.asks.tell_progress(Progress(sentence="Writing patients", done=3, of=9))
    assert walk.view.work.last("say_progress").done == 3
    walk.stands(sources=(EHR, REGISTRY))
    walk.desk.asks.answers = {BuildDemo: walk.desk.standing}
    walk.desk.asks.answer_all()
    assert walk.step is Step.LOOK


def test_sources_are_looked_at_one_after_the_other() -> None:
    walk = Walk(demo(EHR, REGISTRY))
    first = walk.desk.sessions.lines[0]
    assert first.sent == [Look(source="ehr")]
    first.hear(Ready(jails={}))
    first.hear(Looked(source="ehr", path="p", tables=24, columns=230, undecided=31))
    second = walk.desk.sessions.lines[1]
    assert first.ended
    assert second.sent == [Look(source="registry")]
    lines = walk.view.work.last("show_lines")
    assert [line.state for line in lines] == ["done", "now"]
    assert "24 tables" in lines[0].text
    assert "31" in lines[0].text
    walk.stands(sources=(looked(EHR), looked(REGISTRY)))
    second.hear(Looked(source="registry", path="p", tables=2, columns=9, undecided=0))
    assert walk.step is Step.KNOW


def test_what_was_looked_at_before_is_not_looked_at_again() -> None:
    walk = Walk(demo(looked(EHR, tables=24), REGISTRY))
    assert [line.sent for line in walk.desk.sessions.lines] == [[Look(source="registry")]]
    assert walk.view.work.last("show_lines")[0].state == "done"


def test_a_step_that_fails_says_why_and_goes_on_where_it_was() -> None:
    walk = Walk(demo(EHR, REGISTRY))
    walk.desk.sessions.lines[0].hear(Looked(source="ehr", path="p", tables=24, columns=230, undecided=31))
    walk.desk.sessions.lines[1].hear(SourceUnavailable("The file can't be opened."))
    assert walk.view.work.last("show_lines")[1].state == "failed"
    problem, may_disconnect = walk.view.work.of("show_failed")[-1]
    assert problem.sentence == "The file can't be opened."
    assert not may_disconnect
    assert not walk.desk.busy_with
    walk.stands(sources=(looked(EHR), REGISTRY))
    walk.presenter.work.again()
    assert walk.desk.sessions.lines[2].sent == [Look(source="registry")]


def test_a_source_of_ones_own_that_can_not_be_opened_can_be_taken_away() -> None:
    walk = Walk(own(EHR))
    walk.desk.sessions.lines[0].hear(SourceUnavailable("Its login is not right."))
    assert walk.view.work.of("show_failed")[-1][1]
    walk.desk.asks.answers = {RemoveSource: SourceList(rows=())}
    walk.presenter.work.disconnect()
    walk.stands(sources=())
    walk.desk.asks.answer_all()
    assert walk.desk.asks.of(RemoveSource) == [RemoveSource(name="ehr")]
    assert walk.step is Step.CONNECT


def test_only_signed_sources_are_indexed_and_then_it_goes_to_questions() -> None:
    walk = Walk(demo(looked(EHR, signed=2), looked(REGISTRY)))
    line = walk.desk.sessions.lines[0]
    assert line.sent == [IndexKnown(source="ehr")]
    walk.stands(sources=(looked(EHR, signed=2, known=True), looked(REGISTRY)))
    line.hear(Indexed(source="ehr", values=8123))
    assert "8,123 identifiers" in walk.view.work.last("show_lines")[0].text
    assert (walk.finished, walk.desk.went) == (1, [("questions", {})])


def test_leaving_the_rest_for_later_hears_nothing_more() -> None:
    walk = Walk(demo())
    walk.presenter.later("doctor")
    walk.desk.asks.answers = {BuildDemo: walk.desk.standing}
    walk.desk.asks.answer_all()
    assert (walk.finished, walk.desk.went) == (1, [("doctor", {})])
    assert not walk.desk.busy_with


# What an agent may know.


def tables(source: str, *names: str) -> TableList:
    rows = tuple(TableRow(name=name, columns=10, undecided=1, told=7, given=6, state="not signed") for name in names)
    return TableList(source=source, rows=rows)


def at_know() -> Walk:
    walk = Walk(demo(looked(REGISTRY), looked(EHR)))
    lists = {"registry": tables("registry", "patient"), "ehr": tables("ehr", "patient", "stay", "note")}
    walk.desk.asks.answers = {ListTables: lambda order: lists[order.source]}
    walk.desk.asks.answer_all()
    return walk


def test_the_source_that_has_all_suggested_tables_is_the_one_to_sign() -> None:
    suggested = at_know().view.know.last("show_tables")
    assert suggested.source == "ehr"
    assert [row.name for row in suggested.rows] == ["patient", "stay"]
    assert suggested.button == "Sign 2 tables"
    assert "told of 14 of the 20 columns" in suggested.sentence
    assert "given 12" in suggested.sentence


def test_tables_of_which_most_is_withheld_come_first() -> None:
    rows = [
        TableRow(name=name, columns=4, undecided=0, told=told, given=4, state="not signed")
        for name, told in (("ward", 4), ("stay", 4), ("patient", 1))
    ]
    assert [row.name for row in suggest("ehr", tuple(rows)).rows] == ["patient", "stay", "ward"]


def test_the_chosen_table_is_shown_column_by_column_what_is_withheld_first() -> None:
    walk = at_know()
    columns = (
        Column(name="pat_id", type="VARCHAR", column_class="patient_key", told="name", given="token"),
        Column(name="birth_date", type="DATE", column_class="date", told="name", given="derived", derivation="year"),
        Column(name="last_name", type="VARCHAR", column_class="direct_identifier", told="nothing", given="nothing"),
    )
    table = Table(source="ehr", name="patient", description="One row per patient.", columns=columns)
    walk.desk.asks.answers[ReadTable] = TableShown(table=table, state="not signed", choices=(), agent_text="")
    walk.presenter.know.choose(walk.view.know.last("show_tables").rows[0])
    walk.desk.asks.answer_all()
    shown = walk.view.know.last("show_columns")
    assert walk.desk.asks.of(ReadTable) == [ReadTable(source="ehr", table="patient")]
    assert (shown.title, shown.description) == ("patient: 3 columns, 1 withheld", "One row per patient.")
    assert [(one.name, one.told, one.given, one.withheld) for one in shown.columns] == [
        ("last_name", "nothing", "nothing", True),
        ("pat_id", "name", "token", False),
        ("birth_date", "name", "derived: year", False),
    ]


def test_without_a_passphrase_nothing_is_tried_and_it_says_so() -> None:
    walk = at_know()
    walk.presenter.know.sign("")
    assert not walk.desk.asks.of(SignTables)
    assert walk.view.know.last("set_missing") == "Still missing: your passphrase."
    walk.presenter.know.typed("w")
    assert walk.view.know.last("set_missing") == ""


def test_the_suggested_tables_are_signed_once() -> None:
    walk = at_know()
    walk.desk.asks.answers[SignTables] = tables("ehr", "patient", "stay")
    walk.presenter.know.sign(PASSPHRASE)
    walk.presenter.know.sign(PASSPHRASE)
    walk.stands(sources=(looked(REGISTRY), looked(EHR, signed=2)))
    walk.desk.asks.answer_all()
    assert walk.desk.asks.of(SignTables) == [
        SignTables(source="ehr", tables=("patient", "stay"), seen=("", ""), passphrase=PASSPHRASE)
    ]
    assert walk.step is Step.INDEX


def test_a_wrong_passphrase_signs_nothing_and_can_be_typed_again() -> None:
    walk = at_know()
    walk.desk.asks.answers[SignTables] = WrongPassphrase("This passphrase does not open the reviewer's key.")
    walk.presenter.know.sign("wrong")
    walk.desk.asks.answer_all()
    assert isinstance(walk.view.know.last("show_problem"), WrongPassphrase)
    assert walk.step is Step.KNOW
    walk.presenter.know.sign(PASSPHRASE)
    assert len(walk.desk.asks.of(SignTables)) == 2


def test_tables_that_are_nowhere_are_said_to_be() -> None:
    walk = Walk(demo(looked(REGISTRY), looked(EHR)))
    walk.desk.asks.answers = {ListTables: lambda order: tables(order.source, "patient")}
    walk.desk.asks.answer_all()
    assert "none of the sources" in walk.view.know.last("show_problem").sentence


# One's own data.


def test_connecting_goes_on_to_looking_and_then_to_data() -> None:
    walk = Walk(own())
    assert walk.step is Step.CONNECT
    walk.presenter.connect.connect("ehr", " /data/ehr.duckdb ", "")
    walk.stands(sources=(EHR,))
    walk.desk.asks.answers = {AddSource: SourceList(rows=(EHR,))}
    walk.desk.asks.answer_all()
    assert walk.desk.asks.of(AddSource) == [AddSource(name="ehr", location="/data/ehr.duckdb", login=None)]
    assert walk.step is Step.LOOK
    walk.stands(sources=(looked(EHR),))
    walk.desk.sessions.lines[0].hear(Looked(source="ehr", path="p", tables=4, columns=40, undecided=5))
    assert (walk.finished, walk.desk.went) == (1, [("data", {})])


def test_a_refused_connection_keeps_the_form() -> None:
    walk = Walk(own())
    walk.desk.asks.answers = {AddSource: SourceUnavailable("There is nothing at the place given for ehr.")}
    walk.presenter.connect.connect("ehr", "/nowhere", "")
    walk.desk.asks.answer_all()
    assert isinstance(walk.view.connecting.last("show_problem"), SourceUnavailable)
    assert walk.step is Step.CONNECT


@pytest.mark.parametrize(("name", "location"), [("", "/data/x"), ("ehr", " ")])
def test_an_empty_field_connects_nothing(name: str, location: str) -> None:
    walk = Walk(own())
    walk.presenter.connect.connect(name, location, "")
    walk.presenter.connect.typed(name, location)
    assert not walk.desk.asks.given
    assert name or walk.view.connecting.of("suggest_name")


def test_the_name_follows_the_place_until_another_is_typed() -> None:
    walk = Walk(own())
    connect = walk.presenter.connect
    connect.typed("", "/data/My Clinic (2024).duckdb")
    assert walk.view.connecting.last("suggest_name") == "my_clinic_2024"
    connect.typed("mine", "/data/other.duckdb")
    assert len(walk.view.connecting.of("suggest_name")) == 1
    assert walk.view.connecting.last("set_missing") == ""
