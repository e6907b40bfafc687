"""One conversation: words leave only when a request has, nothing that was written is lost, every end is told."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import FakeDesk, FakeLine
from questions_fakes import DEMO as DEMO_STANDING
from questions_fakes import SIGNED, FakeTalkView, conversation, row

from desktop.questions.blocks import Block
from desktop.questions.composing import BY_SHAPE, DEMO
from desktop.questions.drafting import SECONDS_TO_STOP
from desktop.questions.marking import PAUSE
from desktop.questions.talking import Talk
from desktop.questions.telling import CUT_OFF
from sandbox.errors import BadInput, Fault, PatientRecognised, ProcessDied, Refusal
from sandbox.messages.desk import (
    LONGEST_TEXT,
    Acted,
    AgentAsked,
    Answer,
    Ask,
    Cancel,
    Comments,
    DraftWritten,
    Dropped,
    LineComment,
    Ready,
    Sent,
    Streamed,
    Submitted,
    TurnOver,
    Withheld,
)
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.questions import (
    InspectText,
    KeepText,
    Mark,
    Marks,
    OpenQuestion,
    QuestionRow,
    ReadConversation,
    Turn,
)
from sandbox.reviewing.orders.review import DraftList, DraftRow, ListDrafts

ASKED = Turn(kind="you", text="What share of stays?")
SAID = Turn(kind="agent", text="I look.")


class Case:
    """A talk with its view and desk, and the question that it was opened with."""

    def __init__(self, standing: Any = SIGNED) -> None:
        self.desk = FakeDesk(standing)
        self.view = FakeTalkView()
        self.made: list[QuestionRow] = []
        self.spare = ""
        self.talk = Talk(self.view, self.desk, self.made.append, lambda: self.spare)
        self.on_disk(ASKED, SAID)
        self.desk.asks.answers |= {
            KeepText: Done(),
            ListDrafts: DraftList(question="q-1", text="", rows=()),
            OpenQuestion: row("q-new", "", state="new"),
            InspectText: Marks(marks=(), known=3),
        }

    def on_disk(self, *turns: Turn, **more: Any) -> None:
        self.desk.asks.answers[ReadConversation] = conversation(*turns, **more)

    def opened(self, question: str = "q-1") -> Case:
        self.talk.open(question)
        self.desk.asks.answer_all()
        return self

    def type(self, text: str) -> None:
        self.view.text = text
        self.talk.composing.typed(text)

    def sent(self, text: str = "And by ward?") -> FakeLine:
        """Words were sent and a request with them has left."""
        self.type(text)
        self.talk.send()
        self.desk.asks.answer_all()
        self.line.hear(Sent(number=2, bytes=41_000))
        return self.line

    @property
    def line(self) -> FakeLine:
        return self.desk.sessions.lines[-1]


@pytest.fixture
def case() -> Case:
    return Case()


# Sending.


def test_a_conversation_is_read_from_the_disk(case: Case) -> None:
    case.opened()
    assert case.view.kinds() == ["you", "agent"]
    assert case.desk.sessions.lines == []


def test_words_stay_in_the_composer_until_a_request_with_them_has_left(case: Case) -> None:
    case.opened().type("And by ward?")
    case.talk.send()
    assert case.line.sent == [Ask(text="And by ward?")]
    assert (case.view.text, case.view.held) == ("And by ward?", True)
    assert case.view.work.startswith("Checking what you wrote")
    case.line.hear(Sent(number=2, bytes=41_000))
    assert (case.view.text, case.view.held) == ("", False)
    assert case.view.blocks[-1] == Block("you", "And by ward?")
    assert "request 2: 41" in case.view.work


def test_nothing_is_sent_without_words_or_twice(case: Case) -> None:
    case.opened().type("  \n")
    case.talk.send()
    assert case.desk.sessions.lines == []
    case.type("And by ward?")
    case.talk.send()
    case.talk.send()
    assert case.line.sent == [Ask(text="And by ward?")]


def test_a_new_question_is_made_when_its_first_words_are_sent(case: Case) -> None:
    case.talk.new()
    assert case.view.is_new
    case.type("How many stays?")
    assert case.desk.asks.of(OpenQuestion) == []
    case.talk.send()
    assert case.view.held
    case.desk.asks.answer_all()
    assert case.talk.question == "q-new"
    assert [one.name for one in case.made] == ["q-new"]
    assert case.line.question == "q-new"
    assert case.line.sent == [Ask(text="How many stays?")]


def test_a_question_of_which_nothing_left_takes_the_next_words(case: Case) -> None:
    case.spare = "q-withheld"
    case.desk.asks.answers[OpenQuestion] = lambda order: row(order.rather, "", state="withheld")
    case.talk.new()
    case.type("How many stays?")
    case.talk.send()
    case.desk.asks.answer_all()
    assert case.desk.asks.of(OpenQuestion) == [OpenQuestion(rather="q-withheld")]
    assert (case.talk.question, case.line.sent) == ("q-withheld", [Ask(text="How many stays?")])


def test_what_is_too_long_is_refused_at_once_with_the_limit_and_stays(case: Case) -> None:
    case.opened().type("a" * (LONGEST_TEXT + 1))
    assert "at most 50,000 can be told" in case.view.mark_sentence
    case.desk.clock.pass_by(PAUSE)
    assert case.desk.asks.of(InspectText) == []
    case.talk.send()
    assert case.view.trouble is not None and "50,001 characters" in case.view.trouble.sentence
    assert case.desk.sessions.lines == [] and not case.view.held and case.talk.composing.text


def test_a_refused_new_question_keeps_the_words(case: Case) -> None:
    case.desk.asks.answers[OpenQuestion] = BadInput("No table is signed yet.")
    case.talk.new()
    case.type("How many stays?")
    case.talk.send()
    case.desk.asks.answer_all()
    assert (case.view.text, case.view.held) == ("How many stays?", False)
    assert case.view.trouble is not None
    case.desk.asks.answers[OpenQuestion] = row("q-new", "", state="new")
    case.talk.send()
    case.desk.asks.answer_all()
    assert case.line.sent == [Ask(text="How many stays?")]


def test_leaving_while_a_new_question_is_made_sends_nothing_and_keeps_the_words(case: Case) -> None:
    case.talk.new()
    case.type("How many stays?")
    case.talk.send()
    case.talk.open("q-1")
    case.desk.asks.answer_all()
    assert case.talk.question == "q-1"
    assert case.desk.sessions.lines == []
    case.talk.open("q-new")
    assert case.view.text == "How many stays?"
    case.talk.new()
    assert case.view.text == ""


def test_each_question_keeps_what_was_being_written(case: Case) -> None:
    case.opened().type("And by ward?")
    case.talk.open("q-2")
    assert case.view.text == ""
    case.talk.open("q-1")
    assert case.view.text == "And by ward?"


# What comes.


def test_what_the_agent_says_and_does_is_told_in_order(case: Case) -> None:
    line = case.opened().sent()
    line.hear(Streamed(text="I look at "))
    line.hear(Streamed(text="stays."))
    line.hear(Acted(tool="describe_tables", summary="Read about 2 tables"))
    line.hear(Acted(tool="put_draft", summary="Wrote draft 3"))
    line.hear(DraftWritten(draft=3, sha256="0", refusals=0, warnings=2))
    assert case.view.blocks[-3:] == [
        Block("agent", "I look at stays."),
        Block("act", "Read about 2 tables"),
        Block("draft", "Nothing refused, 2 places to look at.", 3),
    ]


def test_a_draft_that_could_not_be_written_is_told_as_what_the_agent_did(case: Case) -> None:
    line = case.opened().sent()
    line.hear(Acted(tool="put_draft", summary="put draft: The program is too long.", ok=False))
    line.hear(Streamed(text="I shorten it."))
    assert case.view.blocks[-1] == Block("act", "put draft: The program is too long.", ok=False)


def test_what_was_found_in_earlier_drafts_stands_on_their_cards(case: Case) -> None:
    drafts = (
        DraftRow(number=1, author="agent", sha256="0", refusals=2),
        DraftRow(number=2, author="agent", sha256="0", warnings=1, submitted=True),
        DraftRow(number=3, author="reviewer", sha256="0"),
    )
    case.desk.asks.answers[ListDrafts] = DraftList(question="q-1", text="", rows=drafts)
    turns = (
        Turn(kind="draft", text="Wrote draft 1", draft=1, ok=False),
        Turn(kind="draft", text="Wrote draft 2", draft=2),
    )
    case.on_disk(ASKED, *turns, state="submitted")
    case.opened()
    assert [block.text for block in case.view.blocks[1:]] == ["2 refusals.", "Nothing refused, 1 place to look at."]
    assert (case.view.next.kind, case.view.next.draft) == ("review", 3)


def test_a_signed_question_leads_to_its_run(case: Case) -> None:
    case.on_disk(ASKED, state="signed")
    assert case.opened().view.next.kind == "run"


def test_a_dropped_answer_is_forgotten_and_the_next_try_counted_down(case: Case) -> None:
    line = case.opened().sent()
    line.hear(Streamed(text="Half an ans"))
    line.hear(Dropped(reason="The model is overloaded.", wait=3.0))
    assert case.view.streaming == ""
    assert case.view.work.startswith("The model is overloaded. Asking again in 3 s")
    case.desk.clock.pass_by(2.0)
    assert case.view.work.startswith("The model is overloaded. Asking again in 1 s")


def test_the_time_goes_on_while_the_agent_works_and_stands_when_it_waits(case: Case) -> None:
    line = case.opened().sent()
    case.desk.clock.pass_by(65.0)
    assert "1:05" in case.view.work
    assert case.view.may_stop
    line.hear(TurnOver(outcome="ended"))
    assert (case.view.work, case.view.may_stop) == ("", False)
    case.desk.clock.pass_by(5.0)
    assert case.view.work == ""


def test_a_submitted_draft_waits_for_review(case: Case) -> None:
    line = case.opened().sent()
    line.hear(Acted(tool="submit_for_review", summary="Submitted draft 3"))
    line.hear(Submitted(draft=3))
    line.hear(TurnOver(outcome="submitted", sentence="Among inpatient stays …"))
    assert (case.view.next.kind, case.view.next.draft) == ("review", 3)
    assert case.view.blocks[3:] == [Block("agent", "Among inpatient stays …"), Block("act", "Submitted draft 3")]


def test_what_the_agent_asks_is_answered_by_an_option_or_in_words(case: Case) -> None:
    line = case.opened().sent()
    line.hear(AgentAsked(question="By admission or discharge?", options=("Admission", "Discharge")))
    line.hear(TurnOver(outcome="asked"))
    assert (case.view.next.kind, case.view.next.options) == ("answer", ("Admission", "Discharge"))
    case.talk.choose("Discharge")
    assert line.sent[-1] == Answer(text="Discharge")
    line.hear(Sent(number=3, bytes=1))
    assert case.view.blocks[-1] == Block("you", "Discharge")
    line.hear(AgentAsked(question="Sure?"))
    line.hear(TurnOver(outcome="asked"))
    case.type("Yes, by day of discharge")
    case.talk.send()
    assert line.sent[-1] == Answer(text="Yes, by day of discharge")


def test_what_was_asked_before_can_be_answered_after_opening(case: Case) -> None:
    case.on_disk(ASKED, Turn(kind="asked", text="Which?", options=("A", "B")), state="asked")
    case.opened()
    assert (case.view.next.kind, case.view.next.options) == ("answer", ("A", "B"))
    assert case.view.blocks[-1] == Block("asked", "Which?", options=("A", "B"))


def test_what_the_checker_knows_nothing_of_is_said(case: Case) -> None:
    case.opened().sent().hear(Ready(jails={}, known=0))
    assert case.view.hint == BY_SHAPE


# Trouble.


def test_withheld_words_are_marked_where_they_were_written(case: Case) -> None:
    case.opened().type("Why was Maria Lindqvist back?")
    case.talk.send()
    case.line.hear(Withheld(sentence="Withheld: 1 place looks like a patient's (name).", hits=((8, 23, "name"),)))
    assert (case.view.text, case.view.held) == ("Why was Maria Lindqvist back?", False)
    assert case.view.marks == (Mark(start=8, end=23, kind="name"),)
    assert "“Maria Lindqvist” (name)" in case.view.mark_sentence
    assert isinstance(case.view.trouble, PatientRecognised)
    assert case.view.blocks == [Block("you", ASKED.text), Block("agent", SAID.text)]


def test_what_was_withheld_from_the_agents_side_marks_nothing_of_the_reviewers(case: Case) -> None:
    line = case.opened().sent()
    case.type("Next I would")
    line.hear(Withheld(sentence="The agent was stopped. Withheld: 1 place."))
    assert (case.view.text, case.view.marks) == ("Next I would", ())
    assert isinstance(case.view.trouble, PatientRecognised)
    assert case.view.blocks[-1].kind == "note"


def test_a_dead_session_is_told_with_what_is_safe_and_can_be_gone_on_with(case: Case) -> None:
    case.opened().sent().hear(ProcessDied("A session of Preceptor ended unexpectedly (status -9)."))
    assert isinstance(case.view.trouble, ProcessDied)
    assert "kept on the disk" in case.view.trouble.advice
    assert case.view.next.kind == "go on"
    case.talk.go_on()
    assert len(case.desk.sessions.lines) == 2
    assert case.line.sent == [Ask(text="")]
    assert case.view.trouble is None


def test_words_that_were_cut_off_are_told_from_those_that_are_kept(case: Case) -> None:
    line = case.opened().sent()
    line.hear(Streamed(text="Half an ans"))
    line.hear(ProcessDied("It ended."))
    assert case.view.blocks[-2:] == [Block("agent", "Half an ans"), CUT_OFF]
    case.talk.go_on()
    case.line.hear(Sent(number=3, bytes=1))
    case.line.hear(Streamed(text="A whole answer"))
    assert case.view.streaming == "A whole answer"


def test_a_session_that_dies_before_anything_has_left_keeps_the_words(case: Case) -> None:
    case.opened().type("And by ward?")
    case.talk.send()
    case.line.hear(ProcessDied("It ended."))
    case.desk.asks.answer_all()
    assert (case.view.text, case.view.held) == ("And by ward?", False)
    assert case.view.trouble is not None
    assert "still here" in case.view.trouble.advice


def test_words_that_reached_the_disk_without_a_request_are_not_sent_twice(case: Case) -> None:
    case.opened().type("And by ward?")
    case.talk.send()
    case.on_disk(ASKED, SAID, Turn(kind="you", text="And by ward?"), state="drafting")
    case.line.hear(Fault("The model can't be reached."))
    case.desk.asks.answer_all()
    assert case.view.text == ""
    assert case.view.blocks[-1] == Block("you", "And by ward?")
    assert case.view.next.kind == "go on"


def test_a_refusal_offers_no_going_on(case: Case) -> None:
    case.opened().sent().hear(Refusal("This question is closed for the agent.", "Ask a new question."))
    assert case.view.next.kind == "nothing"
    assert case.view.trouble is not None


def test_a_stopped_turn_can_be_gone_on_with(case: Case) -> None:
    line = case.opened().sent()
    case.talk.stop()
    assert line.sent[-1] == Cancel()
    assert case.view.work.startswith("Stopping")
    assert not case.view.may_stop
    line.hear(TurnOver(outcome="cancelled"))
    assert case.view.next.kind == "go on"
    assert case.view.blocks[-1] == Block("note", "You stopped the agent.")


def test_a_session_that_does_not_stop_is_told_of(case: Case) -> None:
    line = case.opened().sent()
    case.talk.stop()
    case.desk.clock.pass_by(SECONDS_TO_STOP)
    assert line.killed
    assert case.view.trouble is not None
    assert case.view.next.kind == "go on"
    assert case.view.work == ""


# Coming and going.


def test_a_turn_that_goes_on_is_joined_where_it_is(case: Case) -> None:
    line = case.opened().sent()
    case.talk.open("q-2")
    line.hear(Streamed(text="I look "))
    case.on_disk(ASKED, SAID, Turn(kind="you", text="And by ward?"))
    case.talk.open("q-1")
    line.hear(Streamed(text="at wards."))
    case.desk.asks.answer_all()
    assert case.view.kinds() == ["you", "agent", "you"]
    assert case.view.streaming == "I look at wards."
    assert "request 2" in case.view.work


def test_a_request_that_leaves_while_the_disk_is_read_makes_it_read_again(case: Case) -> None:
    line = case.opened().sent()
    case.talk.open("q-2")
    case.talk.open("q-1")
    line.hear(Sent(number=3, bytes=1))
    before = len(case.desk.asks.of(ReadConversation))
    case.desk.asks.answer_all()
    assert len(case.desk.asks.of(ReadConversation)) == before + 2
    assert case.view.kinds().count("you") == 1


def test_words_that_left_while_another_question_was_open_do_not_stand_there_again(case: Case) -> None:
    case.opened().type("And by ward?")
    case.talk.send()
    case.talk.open("q-2")
    case.line.hear(Sent(number=2, bytes=1))
    case.on_disk(ASKED, SAID, Turn(kind="you", text="And by ward?"))
    case.talk.open("q-1")
    case.desk.asks.answer_all()
    assert case.view.text == ""


def test_joining_while_words_are_being_checked_holds_them(case: Case) -> None:
    case.opened().type("And by ward?")
    case.talk.send()
    case.talk.open("q-2")
    case.talk.open("q-1")
    case.desk.asks.answer_all()
    assert case.view.held
    case.line.hear(Sent(number=2, bytes=1))
    assert (case.view.text, case.view.held) == ("", False)
    assert case.view.blocks[-1] == Block("you", "And by ward?")


def test_comments_sent_from_the_review_are_seen_here_too(case: Case) -> None:
    case.opened().type("Half a thought")
    comment = LineComment(id="c1", first=4, last=6, text="Leave hospice out.")
    case.desk.drafting.send("q-1", Comments(draft=2, comments=(comment,)))
    case.line.hear(Sent(number=2, bytes=1))
    assert case.view.blocks[-1] == Block("comments", "Lines 4 to 6: Leave hospice out.", 2)
    assert case.view.text == "Half a thought"


def test_how_a_turn_ends_is_told_when_another_screen_is_shown(case: Case) -> None:
    line = case.opened().sent()
    case.talk.is_seen = False
    line.hear(TurnOver(outcome="answered", sentence="About 12 %."))
    assert case.desk.told == ["The agent has answered."]


def test_the_demos_question_stands_ready_in_a_new_one() -> None:
    case = Case(DEMO_STANDING)
    case.talk.new()
    assert (case.view.text, case.view.hint) == ("What share?", DEMO)
    case.opened()
    assert (case.view.text, case.view.hint) == ("", "")


def test_a_question_whose_words_were_withheld_says_so(case: Case) -> None:
    case.on_disk(text="", state="withheld")
    case.opened()
    assert case.view.kinds() == ["note"]
    assert "kept nowhere" in case.view.blocks[0].text
