"""Results: opened once, read window by window, exported with everything said, closed when they must be."""

from __future__ import annotations

import msgspec
import pytest
from runs_parts import FAILED, FINISHED, RESULTS, Screen

from desktop.runs.facts import attrition, blocks, clock
from desktop.runs.results_presenter import LinesRan, Release, Stretch, lines_ran
from sandbox.errors import BadInput, RecordRefused, WrongPassphrase
from sandbox.reviewing.orders.runs import (
    CloseResults,
    Export,
    Exported,
    Figure,
    LinesShown,
    OpenResults,
    ReadFigure,
    ReadRows,
    Rows,
    StepShown,
)

RELEASE = Release(
    to="/tmp/by-month.csv",
    title="By month",
    audience="research",
    recipient="The quality board",
    authority="QI-2026-014",
    passphrase="correct horse battery staple",
)
WINDOW = ReadRows(run=FINISHED.id, label="By month", first=0, count=12)


def opened(screen: Screen) -> None:
    screen.arrive(run=FINISHED.id)


def test_results_are_shown_in_the_programs_order_with_values_together(screen: Screen) -> None:
    opened(screen)
    page = screen.view.last("show_results")
    assert [(block.kind, len(block.results)) for block in page.blocks] == [
        ("value", 2),
        ("text", 1),
        ("table", 1),
        ("figure", 1),
    ]
    assert "1,500 rows" in page.sentence
    assert page.actions[0] == ("run", "Run again (1 run left)")


def test_values_apart_from_each_other_stay_apart() -> None:
    value, text = RESULTS.results[0], RESULTS.results[2]
    assert [block.kind for block in blocks((value, text, value))] == ["value", "text", "value"]


def test_results_that_are_open_are_not_opened_again(screen: Screen) -> None:
    opened(screen)
    screen.arrive()
    assert len(screen.desk.asks.of(OpenResults)) == 1
    assert screen.view.page == "show_results"


def test_choosing_another_run_closes_the_results_of_the_one_before(screen: Screen) -> None:
    opened(screen)
    screen.presenter.choose_run(FAILED.id)
    assert screen.desk.asks.of(CloseResults) == [CloseResults(run=FINISHED.id)]
    assert screen.view.told[-3:][0][0] == "clear_results"


def test_a_window_goes_to_whoever_asked_for_it(screen: Screen) -> None:
    opened(screen)
    rows = Rows(first=0, cells=(("2024-01", "100"),))
    screen.desk.asks.answers[ReadRows] = rows
    found: list[Rows] = []
    screen.results.read_rows(WINDOW, found.append, screen.view.show_problem)
    screen.desk.asks.answer_all()
    assert found == [rows]


def test_a_window_that_comes_after_the_lock_is_dropped(screen: Screen) -> None:
    opened(screen)
    screen.desk.asks.answers |= {ReadRows: Rows(first=0, cells=()), ReadFigure: Figure(png=b"")}
    found: list[object] = []
    screen.results.read_rows(WINDOW, found.append, screen.view.show_problem)
    screen.results.read_figure("Trend", found.append, screen.view.show_problem)
    screen.presenter.lock()
    screen.desk.asks.answer_all()
    assert found == []


def test_nothing_is_read_of_results_that_are_closed(screen: Screen) -> None:
    opened(screen)
    screen.presenter.lock()
    screen.results.read_rows(WINDOW, screen.view.show_rows, screen.view.show_problem)
    screen.results.read_figure("Trend", screen.view.show_rows, screen.view.show_problem)
    assert not screen.desk.asks.of(ReadRows) and not screen.desk.asks.of(ReadFigure)


def test_results_that_can_not_be_opened_say_why(screen: Screen) -> None:
    screen.desk.asks.answers[OpenResults] = RecordRefused("The results of this run are damaged.")
    opened(screen)
    assert screen.view.problem.sentence == "The results of this run are damaged."
    assert screen.view.told[-2][0] == "clear_results"


def test_an_export_says_what_is_hidden_and_how_it_is_labelled(screen: Screen) -> None:
    opened(screen)
    screen.results.export("table", "By month")
    offer = screen.view.last("show_export")
    assert "below 11 are hidden" in offer.hides
    assert "aggregate" in offer.labelled
    screen.results.export("figure", "Trend")
    assert "not hidden" in screen.view.last("show_export").hides


def test_an_export_is_asked_for_with_everything_that_was_said(screen: Screen) -> None:
    opened(screen)
    screen.results.export("table", "By month")
    screen.desk.asks.answers[Export] = Exported(file="by-month.csv", sha256="ab", sentence="2 counts were hidden.")
    screen.results.sign_export(screen.view.last("show_export"), RELEASE)
    screen.desk.asks.answer_all()
    assert screen.desk.asks.of(Export) == [
        Export(
            run=FINISHED.id,
            kind="table",
            label="By month",
            to=RELEASE.to,
            title="By month",
            audience="research",
            recipient="The quality board",
            authority="QI-2026-014",
            passphrase="correct horse battery staple",
        )
    ]
    assert "2 counts were hidden." in screen.view.last("show_exported")


def test_a_refused_export_stays_in_its_form(screen: Screen) -> None:
    opened(screen)
    screen.results.export("table", "By month")
    screen.desk.asks.answers[Export] = WrongPassphrase("The passphrase does not open the key.")
    screen.results.sign_export(screen.view.last("show_export"), RELEASE)
    screen.desk.asks.answer_all()
    assert isinstance(screen.view.last("show_export_problem"), WrongPassphrase)


def test_an_export_that_fails_behind_a_lock_is_told_all_the_same(screen: Screen) -> None:
    opened(screen)
    screen.results.export("table", "By month")
    screen.desk.asks.answers[Export] = BadInput("by-month.csv exists already.")
    screen.results.sign_export(screen.view.last("show_export"), RELEASE)
    screen.presenter.lock()
    screen.desk.asks.answer_all()
    assert [problem.sentence for problem in screen.desk.failures] == ["by-month.csv exists already."]


def test_a_first_look_is_for_the_screen_only(screen: Screen) -> None:
    refused = "A first look is for your screen only. Sign the draft in full, then run it again."
    screen.desk.asks.answers[OpenResults] = msgspec.structs.replace(RESULTS, export_refused=refused)
    opened(screen)
    assert screen.view.last("show_results").export_refused == refused
    screen.results.export("table", "By month")
    assert not screen.view.count("show_export")
    screen.results.copy_wanted()
    assert "your screen only" in screen.view.last("say")


def test_copying_is_an_export(screen: Screen) -> None:
    opened(screen)
    screen.results.copy_wanted()
    assert screen.view.last("say").startswith("Copying is an export")


def test_running_again_closes_the_results_and_starts_a_session(screen: Screen) -> None:
    opened(screen)
    screen.presenter.act("run")
    assert screen.desk.asks.of(CloseResults) == [CloseResults(run=FINISHED.id)]
    assert screen.session.kind == "running"
    assert screen.view.page == "show_progress"


def test_the_record_of_a_run_is_one_button_away(screen: Screen) -> None:
    opened(screen)
    screen.presenter.act("records")
    assert screen.desk.went == [("records", {"run": FINISHED.id})]


def test_lines_that_did_not_run_are_named_and_lead_to_review(screen: Screen) -> None:
    opened(screen)
    lines = screen.view.last("show_results").lines
    assert lines == LinesRan("37 of 42.", (Stretch("Lines 12–15", 12), Stretch("Line 40", 40)))
    screen.results.review(12)
    assert screen.desk.went == [("review", {"question": FINISHED.question, "draft": "3", "line": "12"})]


def test_of_lines_that_were_not_watched_to_the_end_none_is_said_not_to_have_run() -> None:
    said = lines_ran(LinesShown(ran=9, could=16, whole=False))
    assert said == LinesRan("At least 9 of 16: before Python 3.12 only the beginning is watched.", ())
    assert lines_ran(None) is None


def test_a_program_that_mostly_did_not_run_is_not_a_wall_of_buttons() -> None:
    said = lines_ran(LinesShown(ran=20, could=40, never=tuple((line, line) for line in range(1, 40, 2))))
    assert said is not None and len(said.never) == 12
    assert said.sentence.endswith("are named; there are 8 more.")


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ((100, 80), (90, 72), "−8 patients (10%)"),
        ((100, -1), (90, -1), "−10 rows (10%)"),
        ((100, 80), (90, -1), "−10 rows (10%)"),
        ((100, 80), (120, 80), "same patients"),
        ((0, 0), (5, 1), "+1 patient"),
    ],
)
def test_attrition_counts_patients_where_both_steps_did(
    before: tuple[int, int], after: tuple[int, int], change: str
) -> None:
    steps = tuple(StepShown(label="step", rows=rows, patients=patients) for rows, patients in (before, after))
    assert attrition(steps)[1].change == change


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (7.9, "0:07"), (760, "12:40"), (3723, "1:02:03")])
def test_a_clock_reads_like_one(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_run_again_is_not_offered_when_nothing_is_left(screen: Screen) -> None:
    from sandbox.reviewing.orders.runs import ListRuns, RunList

    screen.desk.asks.answers[ListRuns] = RunList(ready=(), runs=(FINISHED,))
    opened(screen)
    assert [action for action, _ in screen.view.last("show_results").actions] == ["records"]
