"""A run that failed: what is shown, and what the agent may be told of it."""

from __future__ import annotations

import msgspec
import pytest
from runs_parts import APPROVAL, FAILED, FINISHED, LIST, Screen

from sandbox.errors import BadInput
from sandbox.messages.desk import Ask, FailureReport
from sandbox.reviewing.orders.runs import ListRuns, ReportFailure, RunList, RunRow

REPORT = FailureReport(draft=3, exception="KeyError", line=14, name="admit_dt")


def with_runs(screen: Screen, *runs: RunRow) -> None:
    screen.desk.asks.answers[ListRuns] = msgspec.structs.replace(LIST, runs=runs)


def test_a_failure_is_shown_with_its_line_and_the_whole_report(screen: Screen) -> None:
    screen.arrive(run=FAILED.id)
    ended = screen.view.last("show_ended")
    assert ended.sentence == "The program stopped at line 14 with KeyError."
    assert ended.report == (
        ("Draft", "3"),
        ("Exception", "KeyError"),
        ("Line", "14"),
        ("Name in the program", "admit_dt"),
    )
    assert ended.report_refused == ""
    assert ("review", "Open in review at line 14") in ended.actions


def test_reading_the_report_spends_nothing(screen: Screen) -> None:
    screen.arrive(run=FAILED.id)
    assert not screen.desk.asks.of(ReportFailure)


def test_what_is_sent_is_what_was_shown(screen: Screen) -> None:
    screen.desk.asks.answers[ReportFailure] = REPORT
    screen.arrive(run=FAILED.id)
    screen.presenter.act("report")
    screen.desk.asks.answer_next()
    assert screen.desk.sessions.lines[-1].sent == [REPORT]
    assert screen.desk.went == [("questions", {"question": APPROVAL.question})]


def test_another_report_than_the_one_shown_is_not_sent(screen: Screen) -> None:
    screen.desk.asks.answers[ReportFailure] = msgspec.structs.replace(REPORT, line=99)
    screen.arrive(run=FAILED.id)
    screen.presenter.act("report")
    screen.desk.asks.answer_next()
    assert not screen.desk.sessions.lines
    assert "not the report you read" in screen.view.problem.sentence


def test_a_report_that_was_spent_can_not_be_sent_again(screen: Screen) -> None:
    with_runs(screen, msgspec.structs.replace(FAILED, may_report=False))
    screen.arrive(run=FAILED.id)
    assert "reported already" in screen.view.last("show_ended").report_refused
    screen.presenter.act("report")
    assert not screen.desk.asks.of(ReportFailure)


def test_only_the_newest_failure_of_a_draft_can_be_reported(screen: Screen) -> None:
    newer = msgspec.structs.replace(FAILED, id="r-20260102-333333", ended_at="2026-01-02T12:00:00Z")
    with_runs(screen, newer, FAILED)
    screen.arrive(run=FAILED.id)
    assert "later run" in screen.view.last("show_ended").report_refused
    screen.presenter.choose_run(newer.id)
    assert screen.view.last("show_ended").report_refused == ""


def test_no_report_is_spent_while_the_agent_still_works(screen: Screen) -> None:
    screen.desk.drafting.send(APPROVAL.question, Ask(text="How many?"))
    screen.arrive(run=FAILED.id)
    assert "still working" in screen.view.last("show_ended").report_refused
    screen.presenter.act("report")
    assert not screen.desk.asks.of(ReportFailure)


def test_a_refused_report_is_a_problem_on_the_screen(screen: Screen) -> None:
    screen.desk.asks.answers[ReportFailure] = BadInput("A failure of this approval was reported already.")
    screen.arrive(run=FAILED.id)
    screen.presenter.act("report")
    screen.desk.asks.answer_next()
    assert "already" in screen.view.problem.sentence


def test_review_opens_at_the_line_where_it_failed(screen: Screen) -> None:
    screen.arrive(run=FAILED.id)
    screen.presenter.act("review")
    assert screen.desk.went == [("review", {"question": APPROVAL.question, "draft": "3", "line": "14"})]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("limit", "raise the limit"), ("cancelled", "counts as a run"), ("cut off", "left no record")],
)
def test_every_other_end_says_what_it_means(screen: Screen, outcome: str, words: str) -> None:
    with_runs(screen, msgspec.structs.replace(FAILED, outcome=outcome, exception="", may_report=False))
    screen.arrive(run=FAILED.id)
    ended = screen.view.last("show_ended")
    assert words in ended.advice
    assert ended.report == ()


def test_a_finished_run_whose_results_are_gone_says_so(screen: Screen) -> None:
    screen.desk.asks.answers[ListRuns] = RunList(ready=(), runs=(msgspec.structs.replace(FINISHED, has_results=False),))
    screen.arrive(run=FINISHED.id)
    assert "not kept any more" in screen.view.last("show_ended").advice


def test_a_failed_program_can_run_again_where_runs_are_left(screen: Screen) -> None:
    screen.arrive(run=FAILED.id)
    assert ("run", "Run again") in screen.view.last("show_ended").actions
    screen.presenter.act("run")
    assert screen.session.kind == "running"
