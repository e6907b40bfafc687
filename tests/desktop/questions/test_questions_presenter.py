"""The screen Questions: the list, the pages, where the reviewer arrives."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from fakes import STANDING, FakeDesk
from questions_fakes import SIGNED, FakeQuestionsView, conversation, row, sent_request, sent_row

from desktop.questions.listing import STATES, listed
from desktop.questions.presenter import QuestionsPresenter
from desktop.questions.sent import COLOURED, EXACT, HEADERS, READABLE
from sandbox.errors import Fault
from sandbox.messages.desk import Sent, TurnOver
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.questions import (
    InspectText,
    KeepText,
    ListQuestions,
    ListSent,
    Marks,
    OpenQuestion,
    QuestionList,
    QuestionState,
    ReadConversation,
    ReadSent,
    SentList,
)
from sandbox.reviewing.orders.review import DraftList, ListDrafts

NEWEST, OLDER = row("q-2", "Median length of stay?", state="submitted"), row("q-1", "What share of stays?")


class Case:
    def __init__(self, *rows: Any, standing: Any = SIGNED) -> None:
        self.desk = FakeDesk(standing)
        self.view = FakeQuestionsView()
        self.presenter = QuestionsPresenter(self.view, self.desk)
        self.desk.asks.answers |= {
            ListQuestions: QuestionList(rows=rows),
            ReadConversation: lambda order: conversation(name=order.question),
            OpenQuestion: row("q-new", "", state="new"),
            KeepText: Done(),
            ListDrafts: DraftList(question="", text="", rows=()),
            InspectText: Marks(marks=(), known=3),
            ListSent: SentList(rows=(sent_row(1), sent_row(2)), whole=True, sentence="Whole: 2 requests."),
            ReadSent: lambda order: sent_request(order.n),
        }

    def arrived(self, **place: str) -> Case:
        self.presenter.arrive(place)
        self.desk.asks.answer_all()
        return self


@pytest.fixture
def case() -> Case:
    return Case(NEWEST, OLDER).arrived()


def test_the_newest_question_is_open_on_arrival(case: Case) -> None:
    assert [one.name for one in case.view.rows] == ["q-2", "q-1"]
    assert (case.view.chosen, case.view.page) == ("q-2", "conversation")


def test_a_question_that_holds_nothing_is_not_listed_unless_it_is_open() -> None:
    withheld = row("q-3", "", state="withheld")
    case = Case(withheld, NEWEST, OLDER).arrived()
    assert ([one.name for one in case.view.rows], case.view.chosen) == (["q-2", "q-1"], "q-2")
    opened = Case(withheld, NEWEST, OLDER).arrived(question="q-3")
    assert [one.name for one in opened.view.rows] == ["q-3", "q-2", "q-1"]
    assert opened.view.title == "A question that was not sent"


def test_a_question_that_holds_nothing_is_listed_while_words_for_it_are_written() -> None:
    case = Case(row("q-3", "", state="withheld"), NEWEST).arrived(question="q-3")
    case.presenter.talk.composing.typed("Is Maria Lindqvist well?")
    case.presenter.open("q-2")
    assert [one.name for one in case.view.rows] == ["q-3", "q-2"]


def test_a_new_question_takes_the_place_of_one_of_which_nothing_left() -> None:
    case = Case(row("q-3", "", state="withheld"), NEWEST).arrived()
    case.presenter.new()
    case.presenter.talk.composing.typed("How many stays?")
    case.presenter.talk.send()
    assert case.desk.asks.of(OpenQuestion) == [OpenQuestion(rather="q-3")]


def test_a_place_names_the_question_to_open() -> None:
    assert Case(NEWEST, OLDER).arrived(question="q-1").view.chosen == "q-1"


def test_coming_back_finds_the_same_question(case: Case) -> None:
    case.presenter.open("q-1")
    case.presenter.leave()
    case.arrived()
    assert case.view.chosen == "q-1"


def test_coming_back_reads_what_another_screen_may_have_added(case: Case) -> None:
    before = len(case.desk.asks.of(ReadConversation))
    case.presenter.leave()
    case.arrived()
    assert len(case.desk.asks.of(ReadConversation)) == before + 1


def test_a_new_question_that_is_being_written_is_not_left_by_a_list_that_arrives(case: Case) -> None:
    case.presenter.new()
    case.presenter.leave()
    case.arrived()
    assert (case.view.chosen, case.presenter.talk.question) == ("", "")
    assert case.view.composer_focused == 1


def test_without_a_question_one_can_be_written_at_once() -> None:
    case = Case().arrived()
    assert (case.view.page, case.view.chosen, case.view.sent_allowed) == ("conversation", "", False)


def test_without_a_signed_table_the_way_leads_to_the_data() -> None:
    case = Case(standing=STANDING).arrived()
    assert case.view.page == "no tables"
    case.presenter.go_to_data()
    assert case.desk.went == [("data", {})]
    case.desk.standing = SIGNED
    case.presenter.standing_changed()
    assert case.view.page == "conversation"


def test_old_questions_can_be_read_without_a_signed_table() -> None:
    case = Case(OLDER, standing=STANDING).arrived()
    assert (case.view.page, case.view.chosen) == ("conversation", "q-1")
    case.presenter.new()
    assert case.view.page == "no tables"


def test_a_question_joins_the_list_when_it_is_made(case: Case) -> None:
    case.presenter.new()
    case.presenter.talk.composing.typed("How many?")
    case.presenter.talk.send()
    case.desk.asks.answers[ListQuestions] = QuestionList(rows=(row("q-new", "", state="new"), NEWEST, OLDER))
    case.desk.asks.answer_all()
    assert case.view.chosen == "q-new"
    assert [one.name for one in case.view.rows] == ["q-new", "q-2", "q-1"]


def test_the_list_says_who_is_working(case: Case) -> None:
    case.presenter.talk.composing.typed("And?")
    case.presenter.talk.send()
    assert [one.state for one in case.view.rows] == ["the agent works", "answered"]
    case.presenter.open("q-1")
    case.desk.asks.answer_all()
    assert case.view.rows[0].state == "the agent works"
    case.desk.sessions.lines[0].hear(TurnOver(outcome="submitted"))
    assert case.view.rows[0].state == "to review"
    assert case.desk.sessions.lines[0].ended


def test_the_list_is_filtered_by_words(case: Case) -> None:
    case.presenter.filter("SHARE stays")
    assert [one.name for one in case.view.rows] == ["q-1"]
    case.presenter.filter("")
    assert len(case.view.rows) == 2


def test_every_state_has_words_and_an_icon() -> None:
    assert set(STATES) == set(get_args(QuestionState))
    assert all(words and icon and tone for words, icon, tone in STATES.values())


def test_the_title_is_the_question(case: Case) -> None:
    assert case.view.title == "Median length of stay?"
    case.presenter.new()
    assert case.view.title == "New question"


def test_hostile_text_is_one_visible_line_in_the_list() -> None:
    (one,) = listed((row(text="a\n\u202eb"),), ())
    assert one.text == "a \\u202eb"


def test_reviewing_goes_to_the_draft(case: Case) -> None:
    case.presenter.review(3)
    assert case.desk.went == [("review", {"question": "q-2", "draft": "3"})]


def test_a_list_that_cannot_be_read_is_told() -> None:
    case = Case()
    case.desk.asks.answers[ListQuestions] = Fault("It broke.")
    case.arrived()
    assert case.view.problem is not None


# What was sent.


def test_what_was_sent_is_read_when_it_is_looked_at(case: Case) -> None:
    assert case.desk.asks.of(ListSent) == []
    case.presenter.turn_page("sent")
    case.desk.asks.answer_all()
    assert case.view.page == "sent"
    assert (case.view.sent.sentence, case.view.sent.whole) == ("Whole: 2 requests.", True)
    assert case.view.sent.chosen == [2]
    assert [one.n for one in case.view.sent.rows] == [2, 1]


def test_a_request_is_shown_readable_or_to_the_byte(case: Case) -> None:
    case.presenter.turn_page("sent")
    case.desk.asks.answer_all()
    case.desk.asks.answers[ReadSent] = sent_request(2, "x" * 300, new_from=2)
    case.presenter.sent.chosen(sent_row(2))
    case.desk.asks.answer_all()
    assert case.view.sent.body[1:] == ('{\n "a": 1\n}', "json", 2)
    case.presenter.sent.mode(EXACT)
    says, text, language, _ = case.view.sent.body
    assert "88 letters" in says
    assert [len(line) for line in text.split("\n")] == [88, 88, 88, 36]
    assert language == "text"
    case.presenter.sent.mode(READABLE)
    assert case.view.sent.body[2] == "json"
    case.presenter.sent.mode(HEADERS)
    head, kind, _, digest = case.view.sent.body[1].split("\n")
    assert (head, kind) == ("POST https://model.example/v1/messages", "content-type: application/json")
    assert digest == f"SHA-256 of the body: {'0' * 64}"


def test_a_very_long_body_goes_without_colours(case: Case) -> None:
    case.presenter.turn_page("sent")
    case.desk.asks.answers[ReadSent] = sent_request(2, readable="x" * (COLOURED + 1))
    case.desk.asks.answer_all()
    case.presenter.sent.chosen(sent_row(2))
    case.desk.asks.answer_all()
    assert case.view.sent.body[2] == "text"


def test_a_request_that_leaves_joins_what_was_sent_while_it_is_looked_at(case: Case) -> None:
    case.presenter.turn_page("sent")
    case.desk.asks.answer_all()
    before = len(case.desk.asks.of(ListSent))
    case.presenter.talk.composing.typed("And?")
    case.presenter.talk.send()
    case.desk.sessions.lines[0].hear(Sent(number=3, bytes=1))
    assert len(case.desk.asks.of(ListSent)) > before


def test_another_question_shows_its_own_requests(case: Case) -> None:
    case.presenter.turn_page("sent")
    case.desk.asks.answer_all()
    case.presenter.open("q-1")
    assert case.view.sent.rows == ()
    case.desk.asks.answer_all()
    assert case.desk.asks.of(ListSent)[-1] == ListSent(question="q-1")
    case.presenter.new()
    assert case.view.page == "conversation"
