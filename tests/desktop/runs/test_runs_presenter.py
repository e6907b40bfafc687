"""What the screen *Runs* does with approvals and with a run that goes on."""

from __future__ import annotations

from runs_parts import APPROVAL, FINISHED, LIST, Screen

from sandbox.errors import ApprovalRefused, Fault, ProcessDied
from sandbox.messages.desk import Ask, Cancel, Reading, Ready, Run, RunBegan, RunEnded, Step
from sandbox.reviewing.orders.runs import CloseResults, ListRuns, OpenResults, RunList

READY = Ready(jails={})
BEGAN = RunBegan(run=FINISHED.id, seconds=0.4)


def started(screen: Screen) -> None:
    """An approval chosen and its run asked for."""
    screen.arrive(approval=APPROVAL.id)
    screen.presenter.start()


def begun(screen: Screen) -> None:
    started(screen)
    screen.session.hear(READY)
    screen.session.hear(BEGAN)


def test_arriving_reads_what_may_run_and_what_ran(screen: Screen) -> None:
    screen.arrive()
    ready, runs = screen.view.last("show_lists")
    assert [row.title for row in ready] == ["Readmissions within 30 days, by month"]
    assert [(row.outcome, row.icon) for row in runs] == [("Failed", "bad"), ("Finished", "check")]
    assert screen.view.page == "show_nothing"
    assert ready[0].left == "1 run left"


def test_an_approval_is_shown_in_full_before_it_runs(screen: Screen) -> None:
    screen.arrive(approval=APPROVAL.id)
    offer = screen.view.last("show_offer")
    lines = dict(offer.lines)
    assert lines["Purpose"] == APPROVAL.purpose
    assert lines["May read"] == "ehr.encounters"
    assert lines["Parameter start"] == "2024-01-01"
    assert "4,096 MB" in lines["At most"]
    assert offer.refused == ""
    assert not screen.desk.sessions.lines


def test_a_question_leads_to_what_was_signed_or_ran_last(screen: Screen) -> None:
    screen.arrive(question=APPROVAL.question)
    assert screen.view.last("mark") == ("", LIST.runs[0].id)
    screen.desk.asks.answers[ListRuns] = RunList(ready=(APPROVAL,), runs=())
    screen.arrive(question=APPROVAL.question)
    assert screen.view.last("mark") == (APPROVAL.id, "")
    screen.arrive(question="q-20260102-other0")
    assert screen.view.page == "show_nothing"


def test_the_approval_is_handed_over_only_when_the_session_is_confined(screen: Screen) -> None:
    started(screen)
    assert screen.session.sent == []
    assert "closed room" in screen.view.last("show_progress").sentence
    screen.session.hear(READY)
    assert screen.session.sent == [Run(approval=APPROVAL.id)]


def test_what_the_run_reads_and_its_steps_are_shown_as_they_come(screen: Screen) -> None:
    begun(screen)
    screen.session.hear(Step(label="stays", rows=1500, patients=1100))
    screen.session.hear(Step(label="adults", rows=1204, patients=880))
    screen.session.hear(Reading(rows=1500, bytes=48_000, seconds=1.0, memory_mb=312))
    screen.desk.clock.pass_by(12.0)
    shown = screen.view.last("show_progress")
    assert shown.elapsed == "0:12 of 10:00"
    assert dict(shown.read) == {"Rows read": "1,500", "Data read": "48.0 kB", "Memory": "312 MB of 4,096 MB"}
    assert [(step.label, step.rows, step.change) for step in shown.steps] == [
        ("stays", "1,500", ""),
        ("adults", "1,204", "−220 patients (20%)"),
    ]
    assert shown.share == 12 / 600


def test_memory_that_is_not_told_is_not_shown(screen: Screen) -> None:
    begun(screen)
    screen.session.hear(Reading(rows=1, bytes=1, seconds=1.0))
    screen.desk.clock.pass_by(1.0)
    assert "Memory" not in dict(screen.view.last("show_progress").read)


def test_a_hundred_steps_at_once_are_shown_once(screen: Screen) -> None:
    begun(screen)
    before = screen.view.count("show_progress")
    for number in range(100):
        screen.session.hear(Step(label=f"step {number}", rows=number, patients=-1))
    screen.desk.clock.pass_by(0.25)
    assert screen.view.count("show_progress") == before + 1
    assert len(screen.view.last("show_progress").steps) == 100


def test_results_of_a_finished_run_open_by_themselves(screen: Screen) -> None:
    begun(screen)
    assert screen.desk.busy_with["run"] == "A program is running."
    screen.session.hear(RunEnded(run=FINISHED.id, outcome="finished", sentence="The program ran to its end."))
    assert "run" not in screen.desk.busy_with
    assert screen.session.ended
    screen.desk.asks.answer_all()
    assert screen.view.page == "show_results"
    assert screen.desk.asks.of(OpenResults) == [OpenResults(run=FINISHED.id)]


def test_a_run_goes_on_while_another_screen_is_shown(screen: Screen) -> None:
    begun(screen)
    screen.presenter.leave()
    before = screen.view.count("show_progress")
    screen.session.hear(Reading(rows=7, bytes=7, seconds=1.0))
    screen.desk.clock.pass_by(60.0)
    assert screen.view.count("show_progress") == before
    assert not screen.session.killed and "run" in screen.desk.busy_with
    screen.arrive()
    assert dict(screen.view.last("show_progress").read)["Rows read"] == "7"


def test_results_that_arrive_while_nobody_is_there_are_opened_on_arrival(screen: Screen) -> None:
    begun(screen)
    screen.presenter.leave()
    screen.session.hear(RunEnded(run=FINISHED.id, outcome="finished", sentence="The program ran to its end."))
    screen.desk.asks.answer_all()
    assert not screen.desk.asks.of(OpenResults)
    assert "The program ran to its end." in screen.desk.told[-1]
    screen.arrive()
    assert screen.view.page == "show_results"


def test_the_running_one_stands_in_the_list_once(screen: Screen) -> None:
    reserved = LIST.runs[1]
    begun(screen)
    cut_off = RunList(ready=(), runs=(_with(reserved, outcome="cut off"),))
    screen.desk.asks.answers[ListRuns] = cut_off
    screen.arrive()
    _, runs = screen.view.last("show_lists")
    assert [row.outcome for row in runs] == ["Running"]


def test_stopping_asks_first_and_shows_that_it_was_asked(screen: Screen) -> None:
    begun(screen)
    screen.presenter.stop()
    assert screen.session.sent[-1] == Cancel()
    shown = screen.view.last("show_progress")
    assert not shown.may_stop and "Stopping" in shown.sentence
    screen.presenter.stop()
    assert screen.session.sent.count(Cancel()) == 1


def test_a_run_that_does_not_stop_is_ended_by_force_after_ten_seconds(screen: Screen) -> None:
    begun(screen)
    screen.desk.asks.answers[ListRuns] = RunList(ready=(), runs=())
    screen.presenter.stop()
    screen.desk.clock.pass_by(9.9)
    assert not screen.session.killed
    screen.desk.clock.pass_by(0.2)
    assert screen.session.killed and "run" not in screen.desk.busy_with
    screen.desk.asks.answer_all()
    ended = screen.view.last("show_ended")
    assert "by force" in ended.sentence and "used up" in ended.advice


def test_a_run_that_stops_in_time_is_not_ended_by_force(screen: Screen) -> None:
    begun(screen)
    screen.presenter.stop()
    screen.session.hear(RunEnded(run=FINISHED.id, outcome="cancelled", sentence="The run was cancelled."))
    screen.desk.clock.pass_by(60.0)
    assert not screen.session.killed


def test_stopping_before_the_session_is_ready_runs_nothing(screen: Screen) -> None:
    started(screen)
    screen.presenter.stop()
    assert screen.session.killed and screen.session.sent == []
    screen.desk.asks.answer_all()
    assert "no run is used up" in screen.view.last("show_ended").advice


def test_a_refusal_shows_its_sentence_and_the_way_to_review(screen: Screen) -> None:
    started(screen)
    screen.session.hear(READY)
    screen.session.hear(ApprovalRefused("The program was edited after it was signed."))
    screen.desk.asks.answer_all()
    ended = screen.view.last("show_ended")
    assert ended.sentence == "The program was edited after it was signed."
    assert ended.advice == ApprovalRefused.advice
    assert ended.actions == (("review", "Open in review"),)
    screen.presenter.act("review")
    assert screen.desk.went == [("review", {"question": APPROVAL.question, "draft": "3"})]


def test_a_session_that_dies_says_that_a_run_that_began_is_used_up(screen: Screen) -> None:
    begun(screen)
    screen.desk.asks.answers[ListRuns] = RunList(ready=(), runs=())
    screen.session.hear(ProcessDied("A session of Preceptor ended unexpectedly (status -9)."))
    screen.desk.asks.answer_all()
    ended = screen.view.last("show_ended")
    assert "ended unexpectedly" in ended.sentence and "used up" in ended.advice


def test_one_program_runs_at_a_time(screen: Screen) -> None:
    begun(screen)
    screen.presenter.choose_approval(APPROVAL.id)
    assert "One runs at a time" in screen.view.last("show_offer").refused
    screen.presenter.start()
    assert len(screen.desk.sessions.lines) == 1


def test_nothing_runs_while_an_agent_works(screen: Screen) -> None:
    screen.desk.drafting.send(APPROVAL.question, Ask(text="How many?"))
    screen.arrive(approval=APPROVAL.id)
    assert "agent" in screen.view.last("show_offer").refused
    screen.presenter.start()
    assert not [line for line in screen.desk.sessions.lines if line.kind == "running"]


def test_a_list_that_can_not_be_read_is_a_problem_on_the_screen(screen: Screen) -> None:
    screen.desk.asks.answers[ListRuns] = Fault("The log can't be read.")
    screen.arrive()
    assert screen.view.problem.sentence == "The log can't be read."


def test_locking_closes_results_here_and_in_the_session_and_shows_the_list(screen: Screen) -> None:
    screen.arrive(run=FINISHED.id)
    screen.presenter.lock()
    assert screen.desk.asks.given[-1] == CloseResults(run=FINISHED.id)
    assert screen.view.page == "show_nothing"
    cleared = max(number for number, (name, _) in enumerate(screen.view.told) if name == "clear_results")
    assert not [name for name, _ in screen.view.told[cleared:] if name == "show_results"]
    screen.arrive()
    assert screen.view.page == "show_nothing"


def test_results_do_not_open_behind_a_lock(screen: Screen) -> None:
    begun(screen)
    screen.presenter.lock()
    screen.session.hear(RunEnded(run=FINISHED.id, outcome="finished", sentence="The program ran to its end."))
    screen.desk.asks.answer_all()
    assert not screen.desk.asks.of(OpenResults)


def _with(row: object, **changes: object) -> object:
    import msgspec

    return msgspec.structs.replace(row, **changes)
