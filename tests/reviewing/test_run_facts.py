"""What a screen needs to know of runs beside their rows: limits, what may be told, whether results may leave."""

from __future__ import annotations

from finished_job import Job

from sandbox.exports.leaving import export_refused
from sandbox.messages.desk import FailureReport
from sandbox.reviewing import runs
from sandbox.reviewing.orders.runs import ListRuns, OpenResults, ReportFailure
from sandbox.reviewing.room import Room


def test_the_list_says_what_one_run_may_use(desk_room: Room) -> None:
    listed, settings = runs.list_runs(desk_room, ListRuns()), desk_room.workspace.settings
    assert (listed.seconds, listed.memory_mb) == (settings.program_seconds, settings.program_memory_mb)


def test_a_failed_row_is_the_report_that_it_leads_to(desk_room: Room, job: Job) -> None:
    failed = next(row for row in runs.list_runs(desk_room, ListRuns()).runs if row.id == job.failed_run)
    shown = FailureReport(draft=failed.draft, exception=failed.exception, line=failed.line, name=failed.name)
    assert runs.report_failure(desk_room, ReportFailure(question=failed.question, draft=failed.draft)) == shown


def test_a_finished_row_has_nothing_to_report(desk_room: Room, job: Job) -> None:
    finished = next(row for row in runs.list_runs(desk_room, ListRuns()).runs if row.id == job.run)
    assert (finished.exception, finished.line, finished.name) == ("", 0, "")


def test_results_say_the_smallest_count_that_leaves_and_that_they_may(desk_room: Room, job: Job) -> None:
    shown = runs.open_results(desk_room, OpenResults(run=job.run))
    assert shown.minimum == desk_room.workspace.settings.minimum_count
    assert shown.export_refused == ""


def test_nothing_of_a_failed_run_leaves(desk_room: Room, job: Job) -> None:
    refused = export_refused(desk_room.workspace, desk_room.keystore, job.failed_run)
    assert "did not finish" in refused
