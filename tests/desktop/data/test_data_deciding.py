"""Deciding what is told and given of the columns of a table."""

from __future__ import annotations

from typing import Any

import pytest
from data_facts import FREE, KEY_COLUMN, PLAIN_COLUMN, UNKNOWN_COLUMN, shown, table_row
from data_view import FakeDataView, data_desk, data_screen
from fakes import FakeDesk

from desktop.data.told_lines import LinesChanged
from sandbox.errors import BadInput
from sandbox.reviewing.orders.data import AgentText, Decide, ListTables, ReadAgentText, ReadTable, TableList
from sandbox.reviewing.orders.facts import Column

UNKNOWN_8 = Column(name="flag_8", type="INTEGER")
DECIDED_7 = Column(name="flag_7", type="VARCHAR", told="name", given="full", evidence=("a person decided on it",))


@pytest.fixture
def desk() -> FakeDesk:
    return data_desk()


def choose(view: FakeDataView, *names: str) -> None:
    view.presenter.deciding.choose(names[0], names)


def decided(desk: FakeDesk) -> list[dict[str, Any]]:
    return [
        {"columns": one.columns, "told": one.told, "given": one.given}
        for one in desk.asks.of(Decide)
        if one.source == "ehr" and one.table == "enc_adm"
    ]


def test_the_table_with_undecided_columns_is_opened_first(desk: FakeDesk) -> None:
    data_screen(desk)
    assert desk.asks.of(ReadTable) == [ReadTable(source="ehr", table="enc_adm")]


def test_a_place_names_the_table_that_is_wanted(desk: FakeDesk) -> None:
    data_screen(desk, source="ehr", table="patient")
    assert desk.asks.of(ReadTable) == [ReadTable(source="ehr", table="patient")]


def test_undecided_columns_stand_first_and_the_first_is_chosen(desk: FakeDesk) -> None:
    view = data_screen(desk)
    assert view.column_names == ["flag_7", "pat_id", "enc_class"]
    assert view.went_to == ["flag_7"]
    assert view.last["show_chosen"][0].column.name == "flag_7"


def test_one_key_decides_told_and_given_at_once(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.take_offer("2")
    assert decided(desk) == [{"columns": ("flag_7",), "told": "name", "given": "full"}]


def test_deciding_nothing_is_a_decision_too(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.take_offer("1")
    assert decided(desk) == [{"columns": ("flag_7",), "told": "nothing", "given": "nothing"}]


def test_after_an_undecided_column_the_next_undecided_one_is_chosen(desk: FakeDesk) -> None:
    desk.asks.answers[ReadTable] = shown(KEY_COLUMN, UNKNOWN_COLUMN, UNKNOWN_8)
    view = data_screen(desk)
    view.presenter.deciding.take_offer("2")
    assert view.went_to == ["flag_7", "flag_8"]


def test_changing_a_decided_column_leaves_the_keyboard_where_it_is(desk: FakeDesk) -> None:
    view = data_screen(desk)
    choose(view, "pat_id")
    view.presenter.deciding.take_offer("1")
    assert view.went_to == ["flag_7"]


def test_each_of_several_columns_is_given_what_may_be_given_of_it(desk: FakeDesk) -> None:
    view = data_screen(desk)
    choose(view, "flag_7", "pat_id", "enc_class")
    view.presenter.deciding.take_offer("2")
    desk.asks.answer_all()
    assert decided(desk) == [
        {"columns": ("pat_id",), "told": "name", "given": "token"},
        {"columns": ("flag_7", "enc_class"), "told": "name", "given": "full"},
    ]


def test_what_may_not_be_decided_for_all_is_not_sent(desk: FakeDesk) -> None:
    view = data_screen(desk)
    choose(view, "flag_7", "pat_id")
    view.presenter.deciding.take_offer("3")
    assert not decided(desk)


def test_told_alone_leaves_given_as_it_is(desk: FakeDesk) -> None:
    view = data_screen(desk)
    choose(view, "pat_id", "enc_class")
    view.presenter.deciding.decide(told="nothing")
    assert decided(desk) == [{"columns": ("pat_id", "enc_class"), "told": "nothing", "given": None}]


def test_a_decision_is_shown_at_once_and_marked_as_on_its_way(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.take_offer("2")
    row = view.last["show_columns"][0][0]
    assert (row.name, row.told, row.given, row.waits) == ("flag_7", "name", "full", True)


def test_decisions_go_one_after_the_other_so_that_the_last_word_counts(desk: FakeDesk) -> None:
    view = data_screen(desk)
    for told in ("name", "nothing", "name"):
        view.presenter.deciding.decide(told=told)  # type: ignore[arg-type]
    assert len(desk.asks.waiting) == 1
    assert view.last["show_columns"][0][0].told == "name"
    desk.asks.answer_all()
    assert [one["told"] for one in decided(desk)] == ["name", "nothing", "name"]


def test_decisions_that_are_alike_and_wait_go_together(desk: FakeDesk) -> None:
    view = data_screen(desk)
    for name in ("flag_7", "enc_class", "pat_id"):
        choose(view, name)
        view.presenter.deciding.decide(told="name")
    choose(view, "enc_class")
    view.presenter.deciding.decide(told="nothing")
    desk.asks.answer_all()
    assert [(one["columns"], one["told"]) for one in decided(desk)] == [
        (("flag_7",), "name"),
        (("enc_class", "pat_id"), "name"),
        (("enc_class",), "nothing"),
    ]


def test_quick_decisions_show_the_text_once(desk: FakeDesk) -> None:
    view = data_screen(desk)
    before = view.counted["show_told"]
    for _ in range(5):
        view.presenter.deciding.decide(told="name")
        desk.asks.answer_all()
    assert view.counted["show_told"] == before
    desk.clock.pass_by(0.1)
    assert view.counted["show_told"] == before + 1


def test_a_decided_row_stays_where_it_is(desk: FakeDesk) -> None:
    view = data_screen(desk)
    desk.asks.answers[Decide] = shown(KEY_COLUMN, PLAIN_COLUMN, DECIDED_7, choices=(FREE,) * 3)
    view.presenter.deciding.take_offer("2")
    desk.asks.answer_all()
    assert view.column_names == ["flag_7", "pat_id", "enc_class"]
    assert not view.last["show_columns"][0][0].waits


def test_a_refused_decision_is_told_and_the_column_is_as_before(desk: FakeDesk) -> None:
    view = data_screen(desk)
    desk.asks.answers[Decide] = BadInput("flag_7 is no key, so there is no token for it.")
    view.presenter.deciding.decide(given="token")
    desk.asks.answer_all()
    assert [one.sentence for one in view.problems] == ["flag_7 is no key, so there is no token for it."]
    row = view.last["show_columns"][0][0]
    assert (row.given, row.waits) == ("nothing", False)


def test_a_refused_decision_does_not_hold_up_the_next(desk: FakeDesk) -> None:
    view = data_screen(desk)
    desk.asks.answers[Decide] = lambda order: BadInput("No.") if order.given == "token" else shown()
    view.presenter.deciding.decide(given="token")
    view.presenter.deciding.decide(told="name")
    desk.asks.answer_all()
    assert len(desk.asks.of(Decide)) == 2
    assert not view.presenter.deciding.decisions.waiting("ehr", "enc_adm")


def test_an_answer_about_another_table_changes_the_list_only(desk: FakeDesk) -> None:
    view = data_screen(desk)
    desk.asks.answers[Decide] = shown(KEY_COLUMN, name="enc_adm", state="changed")
    view.presenter.deciding.take_offer("2")
    view.presenter.tables.choose("patient", ("patient",))
    desk.asks.answer_all()
    assert view.last["show_table"][0].table.name == "patient"
    rows = {row.name: row for row in view.last["show_tables"][1]}
    assert (rows["enc_adm"].state, rows["enc_adm"].columns) == ("changed", 1)


def test_only_undecided_columns_can_be_shown_and_stay_once_decided(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.show_which("undecided")
    assert view.column_names == ["flag_7"]
    view.presenter.deciding.take_offer("2")
    assert view.column_names == ["flag_7"]
    view.presenter.deciding.show_which("all")
    assert len(view.column_names) == 3


def test_a_table_without_undecided_columns_shows_all_of_them(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.show_which("undecided")
    desk.asks.answers[ReadTable] = shown(KEY_COLUMN, PLAIN_COLUMN, name="patient")
    view.presenter.tables.choose("patient", ("patient",))
    desk.asks.answer_all()
    assert view.last["show_columns"][1] == "all"
    assert view.column_names == ["pat_id", "enc_class"]


def test_while_a_table_is_read_nothing_of_the_one_before_is_decided(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.tables.choose("patient", ("patient",))
    view.presenter.deciding.take_offer("2")
    assert view.last["show_reading"] == ("patient",)
    assert not decided(desk)


def test_a_table_that_cannot_be_read_can_be_chosen_again(desk: FakeDesk) -> None:
    view = data_screen(desk)
    desk.asks.answers[ReadTable] = BadInput("ehr has no table 'patient'.")
    view.presenter.tables.choose("patient", ("patient",))
    desk.asks.answer_all()
    assert len(view.problems) == 1
    view.presenter.deciding.open("ehr", "patient")
    assert len(desk.asks.of(ReadTable)) == 3


def test_the_agents_text_follows_each_decision_with_the_changed_lines(desk: FakeDesk) -> None:
    view = data_screen(desk)
    before = view.last["show_told"][1]
    desk.asks.answers[Decide] = shown(KEY_COLUMN, PLAIN_COLUMN, DECIDED_7, choices=(FREE,) * 3)
    view.presenter.deciding.take_offer("2")
    desk.asks.answer_all()
    desk.clock.pass_by(0.1)
    _, text, changed, newest = view.last["show_told"]
    assert text != before and text.endswith("  flag_7 VARCHAR\n")
    assert (changed, newest) == (LinesChanged(new=(4,)), 4)


def test_the_whole_text_that_an_agent_starts_from_can_be_read(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.told.show_whole(True)
    desk.asks.answer_all()
    assert view.last["show_told"][1] == "Source ehr: 1 tables.\n"
    view.presenter.told.show_whole(False)
    assert view.last["show_told"][1].startswith("ehr.enc_adm")


def test_without_a_signed_table_the_start_says_so(desk: FakeDesk) -> None:
    desk.asks.answers[ReadAgentText] = AgentText(text="\n")
    view = data_screen(desk)
    view.presenter.told.show_whole(True)
    desk.asks.answer_all()
    assert view.last["show_told"][0] == "Nothing: no table is signed yet."


def test_coming_back_to_a_table_that_changed_meanwhile_reads_it_again(desk: FakeDesk) -> None:
    view = data_screen(desk)
    rows = (table_row("enc_adm", undecided=1, told=2, given=2),)
    desk.asks.answers[ListTables] = TableList(source="ehr", rows=rows)
    view.presenter.arrive({})
    desk.asks.answer_all()
    assert len(desk.asks.of(ReadTable)) == 1
    desk.asks.answers[ListTables] = TableList(source="ehr", rows=(table_row("enc_adm", "signed"),))
    view.presenter.arrive({})
    desk.asks.answer_all()
    assert len(desk.asks.of(ReadTable)) == 2
