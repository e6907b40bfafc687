"""Marks of what looks like a patient: asked for in a pause, in place while typing goes on, never stale."""

from __future__ import annotations

from fakes import FakeDesk
from hypothesis import given
from hypothesis import strategies as some

from desktop.questions.marking import PAUSE, WHAT_HAPPENS, Marking, sentence, shifted
from sandbox.errors import Fault
from sandbox.reviewing.orders.questions import InspectText, Mark, Marks

TEXT = "Why was Maria Lindqvist (MRN 00123456) readmitted?"
MRN = Mark(start=29, end=37, kind="medical record number")
NAME = Mark(start=8, end=23, kind="name")


class Shown:
    def __init__(self) -> None:
        self.marks: tuple[Mark, ...] = ()
        self.sentence = ""

    def __call__(self, marks: tuple[Mark, ...], sentence: str) -> None:
        self.marks, self.sentence = marks, sentence


def marking_of(*marks: Mark) -> tuple[FakeDesk, Shown, Marking]:
    desk, shown = FakeDesk(), Shown()
    desk.asks.answers[InspectText] = Marks(marks=marks, known=3)
    return desk, shown, Marking(desk, shown)


def test_the_checker_is_asked_once_typing_pauses() -> None:
    desk, shown, marking = marking_of(MRN)
    for end in range(1, len(TEXT) + 1):
        marking.typed(TEXT[:end])
        desk.clock.pass_by(PAUSE / 3)
    assert desk.asks.given == []
    desk.clock.pass_by(PAUSE)
    assert desk.asks.given == [InspectText(text=TEXT)]
    desk.asks.answer_all()
    assert shown.marks == (MRN,)
    assert shown.sentence == f"Looks like a patient: “00123456” (medical record number). {WHAT_HAPPENS}"


def test_an_answer_to_a_text_that_has_changed_is_dropped() -> None:
    desk, shown, marking = marking_of(MRN)
    marking.typed(TEXT)
    desk.clock.pass_by(PAUSE)
    marking.typed("How many stays?")
    desk.asks.answer_all()
    assert shown.marks == ()


def test_marks_stay_with_their_words_while_typing_goes_on() -> None:
    desk, shown, marking = marking_of(NAME, MRN)
    marking.typed(TEXT)
    desk.clock.pass_by(PAUSE)
    desk.asks.answer_all()
    longer = TEXT.replace("(MRN", "with 🫀 (MRN")
    marking.typed(longer)
    assert [longer[mark.start : mark.end] for mark in shown.marks] == ["Maria Lindqvist", "00123456"]


def test_a_mark_goes_when_its_words_change() -> None:
    desk, shown, marking = marking_of(NAME, MRN)
    marking.typed(TEXT)
    desk.clock.pass_by(PAUSE)
    desk.asks.answer_all()
    marking.typed(TEXT.replace("00123456", "00123"))
    assert [mark.kind for mark in shown.marks] == ["name"]


def test_an_empty_text_is_not_looked_at() -> None:
    desk, shown, marking = marking_of()
    marking.typed("x")
    marking.typed("  ")
    desk.clock.pass_by(1)
    assert desk.asks.given == []
    assert shown.sentence == ""


def test_without_the_checker_it_says_so() -> None:
    desk, shown, marking = marking_of()
    desk.asks.answers[InspectText] = Fault("The checker has ended.")
    marking.typed("x")
    desk.clock.pass_by(1)
    desk.asks.answer_all()
    assert "The checker has ended." in shown.sentence


def test_many_marks_are_counted() -> None:
    marks = tuple(Mark(start=n, end=n + 1, kind="name") for n in range(5))
    assert sentence("abcde", marks).endswith(f"“c” (name) and 2 more. {WHAT_HAPPENS}")


def test_marked_words_of_several_lines_are_told_in_one() -> None:
    assert "“a b\\u200b”" in sentence("a\nb\u200b", (Mark(start=0, end=4, kind="name"),))


@given(some.text(alphabet="ab ", max_size=20), some.data())
def test_a_mark_that_stays_marks_the_same_words(text: str, data: some.DataObject) -> None:
    start = data.draw(some.integers(0, len(text)))
    mark = Mark(start=start, end=data.draw(some.integers(start, len(text))), kind="name")
    first = data.draw(some.integers(0, len(text)))
    last = data.draw(some.integers(first, len(text)))
    after = text[:first] + data.draw(some.text(alphabet="ab ", max_size=5)) + text[last:]
    for kept in shifted((mark,), text, after):
        assert after[kept.start : kept.end] == text[mark.start : mark.end]
