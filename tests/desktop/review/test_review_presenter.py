"""Which draft is shown, against what, and what happens when there is a newer one."""

from __future__ import annotations

import pytest
from fakes import FakeDesk
from review_facts import View, drafts, refusal, shown, warning

from desktop.review.presenter import ReviewPresenter
from desktop.review.program_presenter import NOTHING
from sandbox.errors import Refusal
from sandbox.messages.desk import DraftWritten, Submitted, TurnOver
from sandbox.reviewing.orders import Progress
from sandbox.reviewing.orders.questions import ListQuestions, QuestionList, QuestionRow
from sandbox.reviewing.orders.review import ListDrafts, LookAt

ONE = QuestionRow(name="q-1", asked_at="2026-01-02T03:04:05Z", text="How many?", state="submitted", drafts=2)
EMPTY = QuestionRow(name="q-2", asked_at="2026-01-02T03:04:05Z", text="And then?", state="new")


class Desk(FakeDesk):
    """A desk on which question q-1 has two drafts."""

    def __init__(self) -> None:
        super().__init__()
        self.asks.answers = {
            ListQuestions: QuestionList(rows=(EMPTY, ONE)),
            ListDrafts: drafts(1, 2),
            LookAt: lambda order: shown({"number": order.draft}, newest=order.draft == 2),
        }


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def view() -> View:
    return View()


@pytest.fixture
def presenter(view: View, desk: Desk) -> ReviewPresenter:
    return ReviewPresenter(view, desk)


def test_arriving_without_a_place_shows_the_newest_draft_of_the_newest_question_that_has_one(
    presenter: ReviewPresenter, view: View, desk: Desk
) -> None:
    presenter.arrive({})
    desk.asks.answer_all()
    assert desk.asks.of(LookAt) == [LookAt(question="q-1", draft=2)]
    assert [one.key for one in view.told["show_questions"][0]] == ["q-1"]
    assert view.told["show_facts"] == ("agent", "ab" * 32)


def test_arriving_at_a_place_shows_that_draft(presenter: ReviewPresenter, desk: Desk) -> None:
    presenter.arrive({"question": "q-1", "draft": "1"})
    desk.asks.answer_all()
    assert [order.draft for order in desk.asks.of(LookAt)] == [1]


def test_arriving_at_a_line_shows_it_once_also_in_a_draft_that_is_shown_already(
    presenter: ReviewPresenter, view: View, desk: Desk
) -> None:
    presenter.arrive({"question": "q-1", "draft": "1"})
    desk.asks.answer_all()
    assert "go_to_row" not in view.told
    for _ in range(2):
        presenter.arrive({"question": "q-1", "draft": "1", "line": "3"})
        desk.asks.answer_all()
        presenter.arrive({})
        desk.asks.answer_all()
    assert view.count["go_to_row"] == 2


def test_without_any_draft_the_screen_says_what_will_be_here(
    presenter: ReviewPresenter, view: View, desk: Desk
) -> None:
    desk.asks.answers[ListQuestions] = QuestionList(rows=(EMPTY,))
    presenter.arrive({})
    desk.asks.answer_all()
    assert view.told["show_nothing"][0] == "Nothing to review yet"


def test_coming_back_keeps_the_draft_and_changes_nothing_that_is_the_same(
    presenter: ReviewPresenter, view: View, desk: Desk
) -> None:
    presenter.arrive({"question": "q-1", "draft": "1"})
    desk.asks.answer_all()
    presenter.leave()
    presenter.arrive({})
    desk.asks.answer_all()
    assert [order.draft for order in desk.asks.of(LookAt)] == [1, 1]
    assert view.count["show_exhibits"] == 1


def test_it_is_compared_with_what_was_signed_last_else_with_the_draft_before(
    presenter: ReviewPresenter, view: View, desk: Desk
) -> None:
    desk.asks.answers[LookAt] = lambda order: shown({"number": 4}, comparable=(1, 2, 3), last_signed=2)
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    _, _, others, other = view.told["show_drafts"]
    assert other == "2"
    assert [one.words for one in others] == ["draft 3", "draft 2, signed last", "draft 1", "nothing"]


def test_another_comparison_asks_the_engine_and_nothing_shows_the_draft_by_itself(
    presenter: ReviewPresenter, view: View, desk: Desk
) -> None:
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    presenter.choose_other(str(NOTHING))
    desk.asks.answer_all()
    assert view.told["show_mode"] == ("program", False, False)
    presenter.choose_other("1")
    desk.asks.answer_all()
    assert desk.asks.of(LookAt)[-1] == LookAt(question="q-1", draft=2, against=1)
    assert view.told["show_mode"] == ("changes", True, False)


def test_a_draft_without_another_is_shown_as_a_program(presenter: ReviewPresenter, view: View, desk: Desk) -> None:
    desk.asks.answers[LookAt] = shown({"against": ""}, comparable=())
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    assert view.told["show_mode"] == ("program", False, False)


def test_checking_again_tells_how_far_it_is(presenter: ReviewPresenter, view: View, desk: Desk) -> None:
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    presenter.check_again()
    desk.asks.tell_progress(Progress(sentence="Trying it", done=2, of=4))
    assert view.told["show_looking"] == ("Trying it…", 2, 4)
    desk.asks.answer_all()
    assert desk.asks.of(LookAt)[-1].again
    assert view.told["show_looking"] == ("",)


def test_a_refused_look_says_why(presenter: ReviewPresenter, view: View, desk: Desk) -> None:
    desk.asks.answers[LookAt] = Refusal("The program was edited.", "Bring it in.")
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    assert view.told["show_problem"][0].sentence == "The program was edited."
    assert view.told["show_looking"] == ("",)


def test_a_newer_draft_is_offered_not_shown(presenter: ReviewPresenter, view: View, desk: Desk) -> None:
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    desk.asks.answers[ListDrafts] = drafts(1, 2, 3)
    desk.drafting.listen("q-1", lambda message: None)
    presenter._heard(Submitted(draft=3))
    desk.asks.answer_all()
    tone, sentence, action, do = view.told["offer"]
    assert (tone, sentence, action) == ("info", "Draft 3 is handed in.", "Look at it")
    assert desk.asks.of(LookAt)[-1].draft == 2
    do()
    desk.asks.answer_all()
    assert desk.asks.of(LookAt)[-1].draft == 3


def test_a_draft_that_comes_while_another_screen_is_shown_waits_for_the_return(
    presenter: ReviewPresenter, view: View, desk: Desk
) -> None:
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    presenter.leave()
    presenter._heard(DraftWritten(draft=3, sha256="cd" * 32, refusals=0, warnings=0))
    assert not desk.asks.waiting
    desk.asks.answers[ListDrafts] = drafts(1, 2, 3)
    presenter.arrive({})
    desk.asks.answer_all()
    assert view.told["offer"][1] == "Draft 3 is handed in."


def test_the_session_of_a_question_is_let_go_with_the_screen(presenter: ReviewPresenter, desk: Desk) -> None:
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    presenter.leave()
    assert desk.drafting.state("q-1").is_idle
    assert not desk.drafting._talks


def test_another_question_forgets_the_answers_that_still_come(
    presenter: ReviewPresenter, view: View, desk: Desk
) -> None:
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    presenter.check_again()
    presenter.choose_question("q-2")
    desk.asks.answer_next()
    assert view.count["show_exhibits"] == 1


def test_the_verdict_says_refused_and_where(presenter: ReviewPresenter, view: View, desk: Desk) -> None:
    desk.asks.answers[LookAt] = shown({"flags": (refusal(30), refusal(31))})
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    (verdict,) = view.told["show_verdict"]
    assert not verdict.may_sign
    assert verdict.detail == "Line 30: os can't be imported. And 1 more refusal."


def test_the_verdict_names_what_is_left_to_weigh(presenter: ReviewPresenter, view: View, desk: Desk) -> None:
    desk.asks.answers[LookAt] = shown({"flags": (warning(), warning()), "never_run": (12, 13)})
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    (verdict,) = view.told["show_verdict"]
    assert verdict.may_sign
    assert verdict.detail == "1 flag to look at, 2 lines never executed, 1 column newly read."


def test_a_turn_that_ends_is_no_draft(presenter: ReviewPresenter, desk: Desk) -> None:
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    presenter._heard(TurnOver(outcome="answered"))
    assert not desk.asks.waiting


def test_after_signing_an_older_draft_running_it_stays_offered(
    presenter: ReviewPresenter, view: View, desk: Desk
) -> None:
    presenter.arrive({"question": "q-1", "draft": "1"})
    desk.asks.answer_all()
    view.told.pop("offer", None)
    presenter._read_drafts(offers=False)
    desk.asks.answer_all()
    assert "offer" not in view.told


def test_a_draft_that_is_signed_says_so(presenter: ReviewPresenter, view: View, desk: Desk) -> None:
    presenter.run("a-7")
    assert desk.went[-1] == ("runs", {"approval": "a-7"})
    desk.asks.answers[LookAt] = shown(approval="a-7")
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    (verdict,) = view.told["show_verdict"]
    assert (verdict.title, verdict.action, verdict.may_sign) == ("Draft 2 is signed", "Sign again…", True)
    assert "Approval a-7 is on these exact bytes." in verdict.detail


def test_a_draft_that_can_not_be_shown_leaves_the_choice_where_it_was(
    presenter: ReviewPresenter, view: View, desk: Desk
) -> None:
    presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    desk.asks.answers[LookAt] = Refusal("Draft 1 was edited.")
    presenter.choose_draft("1")
    desk.asks.answer_all()
    assert view.told["show_drafts"][1] == "2"


def test_another_draft_is_compared_with_its_own_predecessor(presenter: ReviewPresenter, desk: Desk) -> None:
    desk.asks.answers[LookAt] = lambda order: shown(
        {"number": order.draft, "against": f"draft {order.draft - 1}"}, newest=False, comparable=(1,)
    )
    presenter.arrive({"question": "q-1", "draft": "2"})
    desk.asks.answer_all()
    presenter.choose_other("1")
    desk.asks.answer_all()
    presenter.arrive({"question": "q-1", "draft": "1"})
    desk.asks.answer_all()
    assert [order.against for order in desk.asks.of(LookAt)][-1] == 0
