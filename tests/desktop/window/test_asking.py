"""Orders and answers: stale ones are dropped, a death fails what is open, and the next order starts afresh."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from desktop.asking import Asking, as_error
from sandbox.errors import Fault, ProcessDied, WrongPassphrase
from sandbox.reviewing.orders import Answered, Done, Progress, Refused
from sandbox.reviewing.orders.questions import ListQuestions, QuestionList
from sandbox.reviewing.orders.starting import Lock, Open, Standing


class Line:
    def __init__(self, heard: Any) -> None:
        self.heard = heard
        self.sent: list[Any] = []
        self.killed = self.ended = False

    def send(self, message: Any) -> None:
        self.sent.append(message)

    def end(self) -> None:
        self.ended = True

    def kill(self) -> None:
        self.killed = True


class Place:
    """An `Asking` with lines of ours."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.untold: list[Any] = []
        self.time = 0.0
        self.asking = Asking(self.start, self.untold.append, lambda: self.time)

    def start(self, heard: Any) -> Line:
        self.lines.append(Line(heard))
        return self.lines[-1]

    def answer(self, number: int, fact: Any) -> None:
        self.lines[-1].heard(Answered(id=number, fact=msgspec.Raw(msgspec.json.encode(fact))))


@pytest.fixture
def place() -> Place:
    return Place()


def test_an_answer_finds_whoever_asked(place: Place) -> None:
    got: list[Any] = []
    place.asking.ask(ListQuestions(), got.append)
    place.asking.ask(Lock(), got.append)
    place.answer(2, Done(sentence="locked"))
    place.answer(1, QuestionList(rows=()))
    assert got == [Done(sentence="locked"), QuestionList(rows=())]


def test_a_dropped_answer_is_told_to_nobody(place: Place) -> None:
    got: list[Any] = []
    place.asking.ask(ListQuestions(), got.append).drop()
    place.answer(1, QuestionList(rows=()))
    assert got == [] and place.untold == []


def test_a_refusal_is_an_error_of_its_own_class(place: Place) -> None:
    got: list[Any] = []
    place.asking.ask(Lock(), got.append, got.append)
    place.lines[-1].heard(Answered(id=1, refused=Refused(kind="WrongPassphrase", sentence="No.", advice="Again.")))
    assert type(got[0]) is WrongPassphrase and got[0].advice == "Again."
    assert type(as_error(Refused(kind="os", sentence="x", fault=True))) is Fault


def test_a_death_fails_everything_that_is_open_and_the_next_order_opens_again(place: Place) -> None:
    got: list[Any] = []
    place.asking.ask(Open(), got.append, got.append)
    place.answer(1, Standing(root="/w", exists=True, finished=True))
    place.asking.ask(Lock(), got.append, got.append)
    place.lines[-1].heard(ProcessDied("A session of Preceptor ended unexpectedly (status 1)."))
    assert isinstance(got[-1], ProcessDied)
    place.asking.ask(ListQuestions(), got.append)
    assert [type(line.order) for line in place.lines[-1].sent] == [Open, ListQuestions]


def test_a_death_with_nothing_open_is_told_all_the_same(place: Place) -> None:
    place.asking.ask(Lock(), lambda _: None)
    place.answer(1, Done())
    place.lines[-1].heard(ProcessDied("gone"))
    assert [problem.sentence for problem in place.untold] == ["gone"]


def test_progress_counts_as_a_sign_of_life(place: Place) -> None:
    told: list[Any] = []
    place.asking.ask(ListQuestions(), lambda _: None, progress=told.append)
    place.time = 30.0
    assert place.asking.waiting_longest() == ("ListQuestions", 30.0)
    place.lines[-1].heard(Answered(id=1, progress=Progress(sentence="Reading", done=1, of=2)))
    assert told and place.asking.waiting_longest() == ("ListQuestions", 0.0)


def test_giving_up_ends_the_session_and_says_so(place: Place) -> None:
    got: list[Any] = []
    place.asking.ask(ListQuestions(), got.append, got.append)
    place.asking.give_up()
    assert place.lines[0].killed and isinstance(got[0], Fault)
    place.asking.ask(Lock(), got.append)
    assert len(place.lines) == 2
