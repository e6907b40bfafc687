"""Sources: what is there, connecting and disconnecting, looking, indexing, stopping."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from data_facts import new_source, shown, source
from data_view import FakeDataView, data_desk, data_screen
from fakes import FakeDesk

from desktop.data.presenter import DataPresenter
from desktop.data.view import DataScreen
from desktop.data.wording import indexed_words
from sandbox.errors import BadInput, ProcessDied, SourceUnavailable
from sandbox.messages.desk import Indexed, IndexKnown, Look, Looked, Ready
from sandbox.reviewing.orders.data import (
    AddSource,
    Decide,
    ForgetKnown,
    ListSources,
    ListTables,
    RemoveSource,
    SourceList,
    TableList,
)

Open = Callable[..., DataScreen]
LOOKED = Looked(source="registry", path="p", tables=4, columns=27, undecided=1)


@pytest.fixture
def desk() -> FakeDesk:
    return data_desk()


def with_sources(desk: FakeDesk, *rows: object) -> FakeDataView:
    desk.asks.answers[ListSources] = SourceList(rows=rows)  # type: ignore[arg-type]
    return data_screen(desk)


def test_without_a_source_the_screen_says_how_to_connect_one(desk: FakeDesk) -> None:
    view = with_sources(desk)
    assert view.stage == "no source"
    assert not desk.asks.of(ListTables)


def test_a_source_that_nobody_looked_at_offers_to_look_and_lists_nothing(desk: FakeDesk) -> None:
    view = with_sources(desk, new_source())
    assert view.stage == "not looked"
    assert not desk.asks.of(ListTables)


def test_a_source_without_tables_says_so(desk: FakeDesk) -> None:
    desk.asks.answers[ListTables] = TableList(source="ehr", rows=())
    assert with_sources(desk, source(tables=0)).stage == "no table"


def test_the_first_source_that_was_looked_at_is_chosen(desk: FakeDesk) -> None:
    view = with_sources(desk, new_source("a"), source("ehr"))
    assert view.last["show_sources"][1] == "ehr"
    assert view.stage == "tables"


def test_a_place_names_the_source_that_is_wanted(desk: FakeDesk) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=(source("ehr"), new_source("registry")))
    assert data_screen(desk, source="registry").stage == "not looked"


def test_sources_that_cannot_be_read_are_a_problem_on_the_screen(desk: FakeDesk) -> None:
    desk.asks.answers[ListSources] = ProcessDied("A session of Preceptor ended unexpectedly.")
    assert data_screen(desk).problems


def test_what_connects_is_chosen_and_the_whole_window_hears_of_it(desk: FakeDesk) -> None:
    view = with_sources(desk)
    desk.asks.answers[AddSource] = SourceList(rows=(source("a"), new_source("registry")))
    view.presenter.actions.connect(" registry ", "/hospital/registry.duckdb ", "")
    desk.asks.answer_all()
    assert desk.asks.of(AddSource) == [AddSource(name="registry", location="/hospital/registry.duckdb")]
    assert view.finished == ["connect"]
    assert view.last["show_sources"][1] == "registry"
    assert desk.refreshed == 1


def test_a_refused_connection_leaves_the_dialog_with_what_was_typed(desk: FakeDesk) -> None:
    view = with_sources(desk)
    desk.asks.answers[AddSource] = SourceUnavailable("There is nothing at the place given for registry.")
    view.presenter.actions.connect("registry", "/nowhere", "a login")
    desk.asks.answer_all()
    assert [type(one) for one in view.refused] == [SourceUnavailable]
    assert not view.finished


def test_disconnecting_says_what_is_lost_and_waits_for_the_word(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.actions.disconnect()
    title, sentence, do = view.asked_first[0]
    assert title == "Disconnect ehr?"
    assert "signed" in sentence and "database itself stays" in sentence
    assert not desk.asks.of(RemoveSource)
    do()
    desk.asks.answer_all()
    assert desk.asks.of(RemoveSource) == [RemoveSource(name="ehr")]
    assert view.stage == "no source"


def test_forgetting_the_index_says_what_is_no_longer_recognised(desk: FakeDesk) -> None:
    view = with_sources(desk, source(known=True))
    view.presenter.actions.forget_index()
    assert "not recognised" in view.asked_first[0][1]
    view.asked_first[0][2]()
    desk.asks.answer_all()
    assert desk.asks.of(ForgetKnown) == [ForgetKnown(source="ehr")]
    assert desk.told[-1] == "The index of ehr is wiped."


def test_an_index_that_is_not_there_cannot_be_forgotten(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.actions.forget_index()
    assert not view.asked_first


def test_looking_runs_in_a_session_of_its_own_and_shows_the_time(desk: FakeDesk) -> None:
    view = with_sources(desk, new_source())
    view.presenter.actions.look()
    line = desk.sessions.lines[0]
    assert (line.kind, line.sent) == ("looking", [Look(source="registry")])
    assert view.stage == "looking"
    desk.clock.pass_by(65)
    assert view.last["show_working"][1] == "Looking at registry… 1 min 5 s"
    assert desk.busy_with["data"]


def test_what_was_looked_at_is_counted_and_read_afresh(desk: FakeDesk) -> None:
    view = with_sources(desk, new_source())
    view.presenter.actions.look()
    line = desk.sessions.lines[0]
    line.hear(Ready(jails={}))
    line.hear(LOOKED)
    assert line.ended
    assert view.notices[0][:2] == (
        "registry was looked at: 4 tables, 27 columns.",
        "1 column could not be classified and needs your decision.",
    )
    assert desk.refreshed == 1
    assert not desk.busy_with
    desk.standing = type(desk.standing)(root="/w", exists=True, finished=True, sources=(source("registry", tables=4),))
    view.presenter.standing_changed()
    assert view.stage == "tables"
    assert desk.asks.of(ListTables) == [ListTables(source="registry")]


def test_looking_again_asks_first_and_says_what_becomes_of_the_decisions(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.actions.look()
    assert not desk.sessions.lines
    assert "your decisions are kept" in view.asked_first[0][1]
    view.asked_first[0][2]()
    assert desk.sessions.lines[0].sent == [Look(source="ehr")]


def test_a_look_that_fails_is_told_and_leaves_everything_as_it_was(desk: FakeDesk) -> None:
    view = with_sources(desk, new_source())
    view.presenter.actions.look()
    desk.sessions.lines[0].hear(SourceUnavailable("registry can't be opened."))
    assert [one.sentence for one in view.problems] == ["registry can't be opened."]
    assert view.stage == "not looked"
    assert view.last["show_working"] == (None, "")


def test_stopping_ends_the_session_and_says_that_nothing_changed(desk: FakeDesk) -> None:
    view = with_sources(desk, new_source())
    view.presenter.actions.look()
    view.presenter.actions.stop()
    assert desk.sessions.lines[0].killed
    assert desk.told[-1] == "Looking at registry was stopped; nothing was changed."
    assert view.stage == "not looked"
    desk.clock.pass_by(5)
    assert view.last["show_working"] == (None, "")


def test_one_job_at_a_time(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.actions.index()
    view.presenter.actions.index()
    view.presenter.actions.disconnect()
    assert len(desk.sessions.lines) == 1
    assert not view.asked_first


def test_indexing_leaves_the_tables_usable_and_says_how_many_values(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.actions.index()
    assert desk.sessions.lines[0].sent == [IndexKnown(source="ehr")]
    assert view.stage == "tables"
    desk.sessions.lines[0].hear(Indexed(source="ehr", values=1200))
    assert view.notices[0][0] == "1,200 values of ehr will be recognised from now on."


def test_an_index_that_is_older_than_what_a_look_found_says_so() -> None:
    assert indexed_words(source(known=True, known_is_old=True)) == "look changed since"
    assert (indexed_words(source(known=True)), indexed_words(source())) == ("yes", "no")


def test_the_index_is_offered_again_when_the_look_changed_since(desk: FakeDesk, open_screen: Open) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=(source(known=True), source("registry", known=True)))
    screen = open_screen()
    assert screen.sources._index.isHidden()
    screen.presenter.sources.show((source(known=True, known_is_old=True), source("registry", known=True)))
    assert not screen.sources._index.isHidden()


def stands_again(presenter: DataPresenter, desk: FakeDesk) -> None:
    """Where things stand was read again, as the desk does after a look."""
    desk.standing = type(desk.standing)(root="/w", exists=True, finished=True, sources=(source(),))
    presenter.standing_changed()
    desk.asks.answer_all()


def test_the_notice_counts_the_undecided_as_they_are_decided(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.actions.open(("enc_adm",))
    desk.sessions.lines[0].hear(Looked(source="ehr", path="p", tables=3, columns=9, undecided=1, opened=1))
    stands_again(view.presenter, desk)
    assert view.notices[-1][1] == "1 column of all open tables needs your decision."
    desk.asks.answers[Decide] = shown(undecided=("flag_7", "enc_class"))
    view.presenter.deciding.take_offer("2")
    desk.asks.answer_all()
    assert view.notices[-1][1] == "2 columns of all open tables need your decision."
    desk.asks.answers[Decide] = lambda order: msgspec.structs.replace(shown(name=order.table), undecided=())
    view.presenter.deciding.take_offer("2")
    desk.asks.answer_all()
    assert view.notices[-1][1] == ""


def test_a_notice_that_is_closed_stays_closed_when_columns_are_decided(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    screen.presenter.actions.open(("enc_adm",))
    desk.sessions.lines[0].hear(Looked(source="ehr", path="p", tables=3, columns=9, undecided=4, opened=1))
    stands_again(screen.presenter, desk)
    assert screen.notice.advice == "4 columns of all open tables need your decision."
    screen.presenter.deciding.take_offer("2")
    desk.asks.answer_all()
    assert screen.notice.advice == "1 column of all open tables needs your decision."
    screen.notice.clear()
    screen.presenter.deciding.take_offer("1")
    desk.asks.answer_all()
    assert screen.notice.isHidden()


def test_a_source_that_was_not_looked_at_cannot_be_indexed(desk: FakeDesk) -> None:
    view = with_sources(desk, new_source())
    view.presenter.actions.index()
    assert not desk.sessions.lines


def test_a_job_goes_on_while_another_screen_is_shown(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.actions.index()
    view.presenter.leave()
    view.presenter.lock()
    assert not desk.sessions.lines[0].killed
    assert view.closed == 1


def test_another_source_brings_its_own_tables(desk: FakeDesk) -> None:
    view = with_sources(desk, source("ehr"), source("registry"))
    view.presenter.sources.choose("registry")
    assert view.last["show_tables"][:2] == ("registry", ())
    assert desk.asks.of(ListTables)[-1] == ListTables(source="registry")


def test_tables_that_cannot_be_listed_are_a_problem_on_the_screen(desk: FakeDesk) -> None:
    desk.asks.answers[ListTables] = BadInput("The proposal for ehr is damaged.")
    assert [one.sentence for one in data_screen(desk).problems] == ["The proposal for ehr is damaged."]
