"""Runs as the desk sees them: the list, results page by page, failures told once, exports signed for."""

from __future__ import annotations

import datetime
import decimal
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from finished_job import PASSPHRASE, Job, sign

from sandbox.errors import BadInput, ExportRefused, WrongPassphrase
from sandbox.records import AuditLog
from sandbox.reviewing import runs
from sandbox.reviewing.cells import number_text, texts_of, type_words, value_text
from sandbox.reviewing.opened import MOST_COLUMNS, MOST_ORDERS, MOST_ROWS, WINDOW_CHARACTERS, Opened
from sandbox.reviewing.orders.runs import (
    CloseResults,
    Export,
    ListRuns,
    OpenResults,
    ReadFigure,
    ReadRows,
    ReportFailure,
)
from sandbox.reviewing.room import Room
from sandbox.reviewing.run_rows import CUT_OFF, MAY_GO_ON
from sandbox.running.results import Results


def opened(**tables: pa.Table) -> Opened:
    return Opened(Results(run="r-1", values={}, texts={}, tables=tables, figures={}, steps=(), order=()))


def cells(results: Opened, **window: Any) -> list[list[str]]:
    wanted: dict[str, Any] = {"first": 0, "count": MOST_ROWS} | window
    return [list(row) for row in results.window("t", **wanted)]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.26143790849673204, "0.261438"),
        (5.0, "5"),
        (-0.0, "0"),
        (1234567.0, "1234567"),
        (9007199254740991.0, "9007199254740991"),
        (1e16, "1e+16"),
        (123456.78, "123456.8"),
        (1234567.89, "1234567.9"),
        (0.1 + 0.2, "0.3"),
        (0.0000123456789, "1.23457e-05"),
        (-2.5, "-2.5"),
        (float("nan"), "not a number"),
        (float("inf"), "infinite"),
        (float("-inf"), "-infinite"),
    ],
)
def test_numbers_are_short_and_whole_ones_exact(number: float, text: str) -> None:
    assert number_text(number) == text


MOMENT = datetime.datetime(2022, 1, 2, 3, 4, 5, 600000)


@pytest.mark.parametrize(
    ("column", "texts", "words"),
    [
        (pa.array([1, None, 2**63 - 1]), ["1", "", "9223372036854775807"], ("whole number", True)),
        (pa.array([True, False, None]), ["yes", "no", ""], ("yes or no", False)),
        (pa.array([1.5, None, 2.0], pa.float32()), ["1.5", "", "2"], ("number", True)),
        (pa.array([decimal.Decimal("1.50"), None]), ["1.50", ""], ("number", True)),
        (pa.array(["a", None, "x\x1b[2J\u202e"]), ["a", "", "x\\u001b[2J\\u202e"], ("text", False)),
        (pa.array(["b"], pa.large_string()), ["b"], ("text", False)),
        (pa.array([datetime.date(2022, 1, 2), None]), ["2022-01-02", ""], ("date", False)),
        (pa.array([MOMENT, datetime.datetime(2022, 1, 2)]), ["2022-01-02 03:04:05.6", "2022-01-02"], None),
        (
            pa.array([1, 1_000_000_000], pa.timestamp("ns")),
            ["1970-01-01 00:00:00.000000001", "1970-01-01 00:00:01"],
            None,
        ),
        (pa.array([-62135596800], pa.timestamp("s", "America/New_York")), None, ("date and time", False)),
        (pa.array([0], pa.timestamp("us", "UTC")), ["1970-01-01 00:00:00Z"], None),
        (pa.array([datetime.time(3, 4, 5)]), ["03:04:05"], ("time", False)),
        (pa.array([datetime.timedelta(days=1, seconds=2), None]), ["1 day, 0:00:02", ""], ("length of time", False)),
        (pa.array([1], pa.duration("ns")), ["0:00:00"], None),
        (pa.array([None, None]), ["", ""], ("nothing", False)),
    ],
)
def test_cells_of_every_type_that_may_leave_a_jail(
    column: pa.Array, texts: list[str] | None, words: tuple[str, bool] | None
) -> None:
    found = texts_of(column, 100)
    assert found == texts if texts is not None else all(found)
    assert words is None or type_words(column.type) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (0.5, "0.5"),
        ([1, 2.5, None], "1, 2.5, "),
        ({"a": 1, "b\n": "c"}, "a: 1\nb\\u000a: c"),
        ("two\nlines\x07", "two\nlines\\u0007"),
    ],
)
def test_values_are_told_as_text(value: object, text: str) -> None:
    assert value_text(value) == text


def test_a_window_holds_the_rows_and_columns_that_were_asked_for() -> None:
    table = pa.table({f"c{n}": [n * 100 + row for row in range(30)] for n in range(7)})
    results = opened(t=pa.Table.from_batches(table.to_batches(max_chunksize=4)))
    assert cells(results, first=3, count=2, column=5, columns=100) == [["503", "603"], ["504", "604"]]
    assert cells(results, first=29, count=5, columns=1) == [["29"]]
    assert cells(results, first=30) == []
    assert cells(results, column=7) == []
    assert cells(results, count=0) == []


def test_rows_are_sorted_stably_with_empty_ones_last() -> None:
    results = opened(t=pa.table({"n": [2, None, 1, 2, 3], "row": [0, 1, 2, 3, 4]}))
    up = cells(results, sort_by="n")
    down = cells(results, sort_by="n", descending=True)
    assert [row[1] for row in up] == ["2", "0", "3", "4", "1"]
    assert [row[1] for row in down] == ["4", "0", "3", "2", "1"]
    assert cells(results, sort_by="n", first=3, count=1, column=1, columns=1) == [["4"]]


@pytest.mark.parametrize(
    "column", [["b", None, "a"], [True, None, False], [None, None, None], [1.5, float("nan"), 0.5]], ids=str
)
def test_every_type_can_be_sorted_by(column: list[Any]) -> None:
    results = opened(t=pa.table({"v": pa.array(column), "row": [0, 1, 2]}))
    assert {row[1] for row in cells(results, sort_by="v")} == {"0", "1", "2"}


def test_an_order_is_computed_once_and_few_are_kept() -> None:
    results = opened(t=pa.table({f"c{n}": [2, 1] for n in range(MOST_ORDERS + 3)}))
    for _ in range(2):
        for n in range(MOST_ORDERS + 3):
            assert cells(results, sort_by=f"c{n}", columns=1) == [["1"], ["2"]]
    assert len(results._orders) == MOST_ORDERS


@pytest.mark.parametrize(
    "window",
    [
        {"count": MOST_ROWS + 1},
        {"columns": MOST_COLUMNS + 1},
        {"first": -1},
        {"column": -1},
        {"count": -1},
        {"sort_by": "nobody"},
    ],
)
def test_a_window_outside_the_limits_is_refused(window: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        cells(opened(t=pa.table({"n": [1]})), **window)


def test_a_long_text_is_cut_in_a_large_window_and_whole_alone() -> None:
    results = opened(t=pa.table({f"c{n}": ["x" * 90_000] * 100 for n in range(3)}))
    many = cells(results)
    assert sum(len(text) for row in many for text in row) <= WINDOW_CHARACTERS
    assert all(text.endswith("…") for row in many for text in row)
    assert cells(results, count=1, columns=1) == [["x" * 90_000]]


def test_runs_are_listed_with_what_may_be_done_about_them(desk_room: Room, job: Job) -> None:
    listed = runs.list_runs(desk_room, ListRuns())
    failed, finished = listed.runs
    assert listed.ready == ()
    assert (finished.id, finished.outcome, finished.has_results, finished.may_report) == (
        job.run,
        "finished",
        True,
        False,
    )
    assert (finished.approval, finished.question, finished.draft) == (job.approval, job.question, 2)
    assert (failed.id, failed.outcome, failed.has_results, failed.may_report) == (job.failed_run, "failed", False, True)
    assert (failed.exception, failed.line, failed.title) == ("KeyError", 7, "Fails on real data.")
    again = sign(desk_room, job.question, 2, runs=2)
    assert [row.id for row in runs.list_runs(desk_room, ListRuns()).ready] == [again]


def test_a_run_that_left_no_record_is_told_honestly(desk_room: Room, job: Job) -> None:
    approval = sign(desk_room, job.question, 2, runs=2)
    AuditLog(desk_room.workspace.audit_log).append("run.reserved", approval=approval, run="r-cut")
    row = runs.list_runs(desk_room, ListRuns()).runs[0]
    assert (row.id, row.outcome, row.question, row.sentence) == ("r-cut", "cut off", job.question, MAY_GO_ON)
    workspace = desk_room.workspace
    workspace.change_settings(msgspec.structs.replace(workspace.settings, program_seconds=-10_000))
    assert runs.list_runs(desk_room, ListRuns()).runs[0].sentence == CUT_OFF


def test_results_are_opened_in_the_programs_order(desk_room: Room, job: Job) -> None:
    shown = runs.open_results(desk_room, OpenResults(run=job.run))
    assert [(one.kind, one.label, one.text) for one in shown.results[:2]] == [
        ("value", "stays", "300"),
        ("text", "note", "By class of stay."),
    ]
    table, figure = shown.results[2:]
    assert [(column.name, column.numeric) for column in table.columns] == [
        ("enc_class", False),
        ("stays", True),
        ("mean", True),
    ]
    assert (table.rows, figure.kind, figure.bytes > 1000) == (3, "figure", True)
    assert [(step.label, step.rows, step.patients) for step in shown.steps] == [("stays", 300, 40)]
    assert shown.rows_read == 300
    assert shown.lines is not None and 0 < shown.lines.ran <= shown.lines.could
    assert shown.bytes_read > 0


def test_a_table_is_read_row_by_row_and_a_figure_as_it_is(desk_room: Room, job: Job) -> None:
    runs.open_results(desk_room, OpenResults(run=job.run))
    window = ReadRows(run=job.run, label="By class", first=0, count=2, columns=2, sort_by="enc_class", descending=True)
    assert runs.read_rows(desk_room, window).cells == (("OP", "100"), ("IP", "100"))
    assert runs.read_figure(desk_room, ReadFigure(run=job.run, label="Bars")).png.startswith(b"\x89PNG")
    with pytest.raises(BadInput, match="no table"):
        runs.read_rows(desk_room, ReadRows(run=job.run, label="Bars", first=0, count=1))
    with pytest.raises(BadInput, match="no figure"):
        runs.read_figure(desk_room, ReadFigure(run=job.run, label="By class"))


def test_opening_is_noted_once_while_the_results_stay_open(desk_room: Room, job: Job) -> None:
    def noted() -> int:
        entries = AuditLog(desk_room.workspace.audit_log).entries()
        return sum(one.event == "results.opened" for one in entries)

    runs.open_results(desk_room, OpenResults(run=job.run))
    runs.open_results(desk_room, OpenResults(run=job.run))
    assert noted() == 1
    runs.close_results(desk_room, CloseResults(run=job.run))
    runs.close_results(desk_room, CloseResults(run=job.run))
    runs.open_results(desk_room, OpenResults(run=job.run))
    assert noted() == 2


@pytest.mark.parametrize("shut", ["never opened", "closed", "locked"])
def test_results_that_are_not_open_are_not_shown(desk_room: Room, job: Job, shut: str) -> None:
    if shut != "never opened":
        runs.open_results(desk_room, OpenResults(run=job.run))
    if shut == "closed":
        runs.close_results(desk_room, CloseResults(run=job.run))
    if shut == "locked":
        desk_room.forget_results()
    with pytest.raises(BadInput, match="closed"):
        runs.read_rows(desk_room, ReadRows(run=job.run, label="By class", first=0, count=1))
    with pytest.raises(BadInput, match="closed"):
        runs.read_figure(desk_room, ReadFigure(run=job.run, label="Bars"))


def test_a_failed_run_has_nothing_to_open(desk_room: Room, job: Job) -> None:
    with pytest.raises(BadInput, match="no results"):
        runs.open_results(desk_room, OpenResults(run=job.failed_run))
    with pytest.raises(BadInput, match="no run"):
        runs.open_results(desk_room, OpenResults(run="r-none"))


def test_a_failure_is_told_once_per_approval(desk_room: Room, job: Job) -> None:
    report = runs.report_failure(desk_room, ReportFailure(question=job.failing, draft=1))
    assert (report.draft, report.exception, report.line) == (1, "KeyError", 7)
    with pytest.raises(BadInput, match="reported already"):
        runs.report_failure(desk_room, ReportFailure(question=job.failing, draft=1))
    assert not runs.list_runs(desk_room, ListRuns()).runs[0].may_report
    with pytest.raises(BadInput, match="failed with an exception"):
        runs.report_failure(desk_room, ReportFailure(question=job.question, draft=2))


def export(job: Job, to: Path | str, **changes: Any) -> Export:
    said: dict[str, Any] = {
        "run": job.run,
        "kind": "table",
        "label": "By class",
        "to": str(to),
        "title": "Stays by class",
        "audience": "internal",
        "recipient": "The board",
        "authority": "QI determination 7",
        "passphrase": PASSPHRASE,
    }
    return Export(**(said | changes))


def test_a_table_leaves_with_its_label_and_a_signature(desk_room: Room, job: Job, tmp_path: Path) -> None:
    exported = runs.export(desk_room, export(job, tmp_path / "by-class.csv"))
    assert exported.file == str(tmp_path / "by-class.csv")
    assert (tmp_path / "by-class.csv").read_text().splitlines()[0] == "enc_class,stays,mean"
    about = (tmp_path / "by-class.csv.about.txt").read_text()
    assert "Title: Stays by class" in about
    assert exported.sha256 in about
    assert (desk_room.workspace.run(job.run) / f"export-{exported.sha256[:12]}.json").exists()


def test_a_figure_leaves_as_it_is(desk_room: Room, job: Job, tmp_path: Path) -> None:
    exported = runs.export(desk_room, export(job, tmp_path / "bars.png", kind="figure", label="Bars", title=""))
    assert (tmp_path / "bars.png").read_bytes().startswith(b"\x89PNG")
    assert "Title: Bars" in (tmp_path / "bars.png.about.txt").read_text()
    assert "not hidden" in exported.sentence


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"passphrase": "not the passphrase"}, WrongPassphrase, "passphrase"),
        ({"recipient": " "}, ExportRefused, "recipient"),
        ({"authority": "two\nlines"}, BadInput, "authority"),
        ({"label": "Nothing"}, BadInput, "no table"),
        ({"to": "by-class.csv"}, BadInput, "place for the file"),
        ({"to": "/no/such/folder/by-class.csv"}, BadInput, "no folder"),
    ],
)
def test_an_export_that_is_not_complete_leaves_nothing(
    desk_room: Room, job: Job, tmp_path: Path, changes: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        runs.export(desk_room, export(job, **({"to": tmp_path / "by-class.csv"} | changes)))
    assert not list(tmp_path.glob("by-class*"))


def test_nothing_is_exported_into_the_workspace_or_over_a_file(desk_room: Room, job: Job, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="into the workspace"):
        runs.export(desk_room, export(job, desk_room.workspace.root / "by-class.csv"))
    (tmp_path / "taken.csv").write_text("mine")
    with pytest.raises(BadInput, match="exists already"):
        runs.export(desk_room, export(job, tmp_path / "taken.csv"))
    assert (tmp_path / "taken.csv").read_text() == "mine"
