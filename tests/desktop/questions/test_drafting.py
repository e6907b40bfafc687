"""The drafting sessions of the window: begun, heard, cancelled and ended at the right time."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import FakeDesk

from desktop.questions.drafting import SECONDS_TO_STOP, Drafting
from sandbox.errors import BadInput, Fault, PatientRecognised, ProcessDied
from sandbox.messages.desk import (
    Acted,
    Answer,
    Ask,
    Cancel,
    Comments,
    Dropped,
    FailureReport,
    LineComment,
    Ready,
    Sent,
    Streamed,
    TurnOver,
    Withheld,
)
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.questions import KeepText

Q = "q-1"


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk()
    desk.asks.answers[KeepText] = Done()
    return desk


@pytest.fixture
def drafting(desk: FakeDesk) -> Drafting:
    return desk.drafting


def test_a_session_is_started_when_something_is_sent_and_not_before(desk: FakeDesk, drafting: Drafting) -> None:
    drafting.listen(Q, list[Any]().append)
    assert desk.sessions.lines == []
    drafting.send(Q, Ask(text="What?"))
    assert [(line.question, line.sent) for line in desk.sessions.lines] == [(Q, [Ask(text="What?")])]


@pytest.mark.parametrize(
    "message",
    [
        Ask(text="What?"),
        Answer(text="Yes"),
        Comments(draft=1, comments=(LineComment(id="c1", first=1, last=2, text="Why?"),)),
        FailureReport(draft=1, exception="KeyError", line=3),
    ],
)
def test_everything_of_the_closed_list_can_be_sent(desk: FakeDesk, drafting: Drafting, message: Any) -> None:
    drafting.send(Q, message)
    assert desk.sessions.lines[0].sent == [message]
    assert drafting.state(Q).message == message


def test_two_turns_of_one_question_at_once_are_refused(drafting: Drafting) -> None:
    drafting.send(Q, Ask(text="What?"))
    with pytest.raises(BadInput):
        drafting.send(Q, Ask(text="And?"))


def test_two_questions_can_be_worked_on_at_once(desk: FakeDesk, drafting: Drafting) -> None:
    drafting.send(Q, Ask(text="What?"))
    drafting.send("q-2", Ask(text="And?"))
    assert drafting.working() == (Q, "q-2")
    assert len(desk.sessions.lines) == 2


def test_the_state_follows_the_messages(desk: FakeDesk, drafting: Drafting) -> None:
    drafting.listen(Q, list[Any]().append)
    drafting.send(Q, Ask(text="What?"))
    (line,) = desk.sessions.lines
    assert drafting.state(Q).phase == "checking"
    line.hear(Ready(jails={}, known=12))
    line.hear(Sent(number=4, bytes=41_000))
    working = drafting.state(Q)
    assert (working.phase, working.requests, working.number, working.bytes, working.known) == (
        "working",
        1,
        4,
        41_000,
        12,
    )
    line.hear(Dropped(reason="The model is overloaded.", wait=7.0))
    assert drafting.state(Q).phase == "waiting"
    assert drafting.state(Q).again_at == desk.clock.now() + 7.0
    line.hear(Sent(number=5, bytes=41_000))
    assert drafting.state(Q).phase == "working"
    line.hear(TurnOver(outcome="ended"))
    assert drafting.state(Q).is_idle
    assert drafting.state(Q).known == 12


def test_the_desk_is_busy_as_long_as_a_turn_goes_on(desk: FakeDesk, drafting: Drafting) -> None:
    drafting.send(Q, Ask(text="What?"))
    assert list(desk.busy_with) == [f"drafting {Q}"]
    desk.sessions.lines[0].hear(TurnOver(outcome="ended"))
    assert desk.busy_with == {}


def test_the_first_words_are_kept_once_a_request_with_them_has_left(desk: FakeDesk, drafting: Drafting) -> None:
    drafting.send(Q, Ask(text="What?"))
    desk.sessions.lines[0].hear(Ready(jails={}))
    assert desk.asks.of(KeepText) == []
    desk.sessions.lines[0].hear(Sent(number=1, bytes=10))
    desk.sessions.lines[0].hear(Sent(number=2, bytes=10))
    assert desk.asks.of(KeepText) == [KeepText(question=Q, text="What?")]


def test_going_on_without_words_keeps_no_text(desk: FakeDesk, drafting: Drafting) -> None:
    drafting.send(Q, Ask(text=""))
    desk.sessions.lines[0].hear(Sent(number=1, bytes=10))
    assert desk.asks.of(KeepText) == []


def test_a_session_is_kept_between_the_turns_of_an_open_question(desk: FakeDesk, drafting: Drafting) -> None:
    drafting.listen(Q, list[Any]().append)
    drafting.send(Q, Ask(text="What?"))
    desk.sessions.lines[0].hear(TurnOver(outcome="ended"))
    drafting.send(Q, Ask(text="And?"))
    assert len(desk.sessions.lines) == 1
    assert not desk.sessions.lines[0].ended


def test_an_idle_session_ends_when_nobody_listens_any_more(desk: FakeDesk, drafting: Drafting) -> None:
    heard: list[Any] = []
    drafting.listen(Q, heard.append)
    others: list[Any] = []
    drafting.listen(Q, others.append)
    drafting.send(Q, Ask(text="What?"))
    desk.sessions.lines[0].hear(TurnOver(outcome="ended"))
    drafting.unlisten(Q, heard.append)
    assert not desk.sessions.lines[0].ended
    drafting.unlisten(Q, others.append)
    assert desk.sessions.lines[0].ended


def test_a_turn_that_was_left_goes_on_to_its_end_and_is_told_by_the_desk(desk: FakeDesk, drafting: Drafting) -> None:
    heard: list[Any] = []
    drafting.listen(Q, heard.append)
    drafting.send(Q, Ask(text="What?"))
    drafting.unlisten(Q, heard.append)
    assert not desk.sessions.lines[0].ended
    desk.sessions.lines[0].hear(TurnOver(outcome="submitted"))
    assert desk.sessions.lines[0].ended
    assert desk.told == ["A draft is ready for your review."]
    assert heard == []


@pytest.mark.parametrize(
    ("message", "kind"), [(Fault("It broke."), Fault), (Withheld(sentence="Withheld."), PatientRecognised)]
)
def test_trouble_of_a_turn_that_was_left_is_told_by_the_desk(
    desk: FakeDesk, drafting: Drafting, message: Any, kind: type[Exception]
) -> None:
    drafting.send(Q, Ask(text="What?"))
    desk.sessions.lines[0].hear(message)
    assert [type(problem) for problem in desk.failures] == [kind]


def test_after_an_error_the_next_words_start_a_new_session(desk: FakeDesk, drafting: Drafting) -> None:
    heard: list[Any] = []
    drafting.listen(Q, heard.append)
    drafting.send(Q, Ask(text="What?"))
    desk.sessions.lines[0].hear(ProcessDied("It ended."))
    assert isinstance(heard[-1], ProcessDied)
    assert desk.busy_with == {}
    drafting.send(Q, Ask(text=""))
    assert [line.sent for line in desk.sessions.lines] == [[Ask(text="What?")], [Ask(text="")]]


def test_a_session_that_dies_while_nothing_was_asked_of_it_troubles_nobody(desk: FakeDesk, drafting: Drafting) -> None:
    heard: list[Any] = []
    drafting.listen(Q, heard.append)
    drafting.send(Q, Ask(text="What?"))
    desk.sessions.lines[0].hear(TurnOver(outcome="ended"))
    desk.sessions.lines[0].hear(ProcessDied("It ended."))
    assert not any(isinstance(one, ProcessDied) for one in heard)
    assert desk.failures == []
    drafting.send(Q, Ask(text="And?"))
    assert len(desk.sessions.lines) == 2


def test_what_an_ended_session_still_says_is_not_heard(desk: FakeDesk, drafting: Drafting) -> None:
    heard: list[Any] = []
    drafting.listen(Q, heard.append)
    drafting.send(Q, Ask(text="What?"))
    desk.sessions.lines[0].hear(Fault("It broke."))
    drafting.send(Q, Ask(text=""))
    desk.sessions.lines[0].hear(TurnOver(outcome="ended"))
    assert drafting.state(Q).phase == "checking"


def test_cancelling_is_polite_first(desk: FakeDesk, drafting: Drafting) -> None:
    drafting.listen(Q, list[Any]().append)
    drafting.send(Q, Ask(text="What?"))
    drafting.cancel(Q)
    drafting.cancel(Q)
    assert desk.sessions.lines[0].sent == [Ask(text="What?"), Cancel()]
    assert drafting.state(Q).phase == "stopping"
    desk.sessions.lines[0].hear(TurnOver(outcome="cancelled"))
    desk.clock.pass_by(60)
    assert not desk.sessions.lines[0].killed


def test_a_session_that_does_not_stop_is_ended_with_a_sentence(desk: FakeDesk, drafting: Drafting) -> None:
    heard: list[Any] = []
    drafting.listen(Q, heard.append)
    drafting.send(Q, Ask(text="What?"))
    desk.sessions.lines[0].hear(Sent(number=1, bytes=1))
    drafting.cancel(Q)
    desk.sessions.lines[0].hear(Streamed(text="still talking"))
    desk.clock.pass_by(SECONDS_TO_STOP)
    assert desk.sessions.lines[0].killed
    assert isinstance(heard[-1], Fault)
    assert "did not stop" in heard[-1].sentence
    assert "kept" in heard[-1].advice
    assert drafting.state(Q).is_idle


def test_recent_is_what_the_disk_can_not_have_yet(desk: FakeDesk, drafting: Drafting) -> None:
    drafting.send(Q, Ask(text="What?"))
    (line,) = desk.sessions.lines
    line.hear(Sent(number=1, bytes=1))
    line.hear(Streamed(text="I look"))
    acted = Acted(tool="describe_tables", summary="Read about 2 tables")
    line.hear(acted)
    assert drafting.recent(Q) == (Streamed(text="I look"), acted)
    line.hear(Sent(number=2, bytes=1))
    assert drafting.recent(Q) == ()
    line.hear(Streamed(text="Half an ans"))
    line.hear(Dropped(reason="Overloaded.", wait=1.0))
    assert Streamed(text="Half an ans") not in drafting.recent(Q)


def test_watchers_hear_when_a_list_would_change(desk: FakeDesk, drafting: Drafting) -> None:
    seen: list[str] = []
    drafting.watch(seen.append)
    drafting.send(Q, Ask(text="What?"))
    assert seen == [Q]
    desk.sessions.lines[0].hear(Sent(number=1, bytes=1))
    desk.sessions.lines[0].hear(Streamed(text="x"))
    assert seen == [Q, Q]
    desk.asks.answer_all()  # its text was kept
    desk.sessions.lines[0].hear(TurnOver(outcome="ended"))
    assert seen == [Q] * 4
