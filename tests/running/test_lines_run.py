"""Which lines ran is the program's own word about patients: kept with its results, checked, and told nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from running_parts import Desk, PlayedChild
from study import Ended, Study

from sandbox.cli.options import Desk as Terminal
from sandbox.cli.run import show_results
from sandbox.messages.data_door import Began, Finished, Start
from sandbox.messages.desk import RunEnded, Step
from sandbox.messages.frames import Channel
from sandbox.records import read_approval
from sandbox.review.failing import failure_report
from sandbox.running.collected import Collected
from sandbox.running.limits import RunLimits
from sandbox.running.lines_run import LinesRun
from sandbox.running.results import FILE, Report, read_report, results_of, write_report
from sandbox.running.serving import Ending, Serving

KEY = bytes(range(32))
LIMITS = RunLimits(seconds=30, memory_mb=100, query_rows=1000, read_bytes=10**6)
TEN_LINES = "\n" * 9
GRANT = {"ehr.patients": ("birth_year", "pat_id", "sex")}
CHOOSING = '''"""Patients."""
PARAMETERS = {"least": 1}


def main(data, report, least):
    people = data.sql("SELECT pat_id, birth_year, sex FROM ehr.patients")
    kept = 0
    if len(people) >= least:
        kept = 1
    else:
        kept = 2
    report.value("patients", len(people))
'''


class NoQueries:
    """A source that nothing is read from."""

    rows = bytes = 0
    last_refusal = ""

    def cancel(self) -> None:
        """There is nothing to stop."""


def lines_of(could: tuple[int, ...], said: tuple[int, ...], *, whole: bool = True) -> LinesRun | None:
    collected = Collected("r-1", LIMITS)
    collected.begin(Began(lines=could), TEN_LINES)
    collected.finish(Finished(lines=said, whole=whole))
    return collected.report().lines


def test_only_lines_that_can_run_are_taken_in_order_and_once() -> None:
    lines = lines_of((3, 1, 2, 9, 3), (9, 9, 1, 4, 10**15, -1, 0))
    assert lines == LinesRun((1, 2, 3, 9), (True, False, False, True), True)
    assert (lines.count, lines.never) == (2, ((2, 3),))


def test_lines_outside_the_program_can_not_be_said_to_be_in_it() -> None:
    lines = lines_of((-1, 0, 1, 10, 11, 10**15), tuple(range(-5, 50)))
    assert lines == LinesRun((1, 10), (True, True), True)


def test_a_program_that_says_nothing_of_its_lines_has_none() -> None:
    assert lines_of((), (1, 2)) is None


def test_a_line_is_not_said_not_to_have_run_when_nobody_watched_to_the_end() -> None:
    lines = lines_of((1, 2, 3), (1, 2), whole=False)
    assert lines is not None
    assert (lines.count, lines.never) == (2, ())
    assert lines.sentence == "at least 2 of 3; before Python 3.12 only the beginning is watched"


def test_all_lines_seen_are_all_lines_however_the_watching_ended() -> None:
    lines = lines_of((1, 2), (1, 2), whole=False)
    assert lines is not None and lines.sentence == "2 of 2"


@pytest.mark.parametrize(("said", "sentence"), [((1, 4), "2 of 4; not 2–3"), ((2, 3, 4), "3 of 4; not 1")])
def test_one_line_says_which_did_not_run(said: tuple[int, ...], sentence: str) -> None:
    lines = lines_of((1, 2, 3, 4), said)
    assert lines is not None and lines.sentence == sentence


def test_the_length_of_the_file_does_not_tell_how_many_lines_ran(tmp_path: Path) -> None:
    sizes = set()
    for said in ((), (1,), tuple(range(1, 10))):
        report = Report(run="r-1", salt=b"s" * 32, lines=lines_of(tuple(range(1, 10)), said))
        write_report(tmp_path, KEY, report)
        sizes.add((tmp_path / FILE).stat().st_size)
    assert len(sizes) == 1


def test_results_from_before_lines_were_kept_still_open(tmp_path: Path) -> None:
    class OldReport(msgspec.Struct, frozen=True, kw_only=True):
        run: str
        salt: bytes
        items: tuple[()] = ()
        steps: tuple[()] = ()
        rows_read: int = 0
        bytes_read: int = 0

    old: Any = OldReport(run="r-1", salt=b"s", rows_read=7)
    write_report(tmp_path, KEY, old)
    results = results_of(read_report(tmp_path / FILE, KEY, "r-1"))
    assert (results.rows_read, results.lines) == (7, None)


def played(desk: Desk, said: tuple[int, ...]) -> tuple[Ending, Collected, bytes]:
    """A run whose program says this of its lines, and all that the desk heard of it."""

    def play(channel: Channel) -> None:
        channel.receive(Start)
        channel.send(Began(lines=(1, 2, 3)))
        channel.send(Finished(lines=said))

    collected = Collected("r-1", LIMITS)
    serving = Serving(PlayedChild(play), NoQueries(), collected, TEN_LINES)  # type: ignore[arg-type]
    ending = serving.run(Start(parameters={}), seconds=20, desk=desk.line, began=lambda: None)
    return ending, collected, desk.said()


def test_a_run_ends_the_same_whatever_lines_it_says(desk: Desk) -> None:
    one, kept_one, heard_one = played(desk, (1, 2))
    other, kept_other, heard_other = played(desk, (1, 3))
    assert kept_one.report().lines != kept_other.report().lines
    assert (one, heard_one) == (other, heard_other)
    assert kept_one.report().commitments(TEN_LINES) == kept_other.report().commitments(TEN_LINES) == {}


def told(study: Study, ended: Ended) -> list[Any]:
    """All that is told of a run outside its results, without what differs between any two runs."""
    run, record = ended.last.run, msgspec.to_builtins(study.record(ended.last.run))
    assert ended.last.outcome == "finished", ended.last.sentence
    for name in ("id", "approval", "approval_id", "started_at", "ended_at", "parameters", "log_head"):
        del record[name]
    del record["results_sha256"], record["results"]["patients"]  # salted, or of what is encrypted afresh
    desk = [one for one in ended.lines if isinstance(one, (Step, RunEnded))]
    entries = [one for one in study.log.entries() if one.details.get("run") == run]
    files = {path.name: path.stat().st_size for path in study.workspace.run(run).iterdir() if path.suffix == ".enc"}
    return [
        record,
        [msgspec.structs.replace(one, run="") if isinstance(one, RunEnded) else one for one in desk],
        [(one.event, sorted(one.details)) for one in entries],
        files,
    ]


def test_the_lines_of_a_real_run_are_in_its_results_and_nowhere_else(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two runs of one program that differ in the line that it chose by its rows, and in nothing else that is told."""
    ends = [study.approve_and_run(CHOOSING, GRANT, parameters={"least": least}) for least in (1, 1000)]
    before = [told(study, one) for one in ends]
    first, second = (study.results(one).lines for one in ends)
    assert first is not None and second is not None
    assert (first.never, second.never) == (((11, 11),), ((9, 9),))  # the channel: one bit on patients
    assert before[0] == before[1]
    show_results(Terminal(study.workspace.root, None, False), study.workspace, study.keystore, ends[0].last.run, "")
    assert f"Lines that ran: {first.count} of {len(first.could)}; not 11\n" in capsys.readouterr().out


def test_the_agent_is_told_one_line_of_a_run_that_broke_and_not_which_ran(study: Study) -> None:
    broken = 'def main(data, report):\n    if report is None:\n        return\n    report.value("x", {}["y"])\n'
    ended = study.approve_and_run(broken, {})
    assert (ended.last.outcome, list(study.workspace.run(ended.last.run).glob("*.enc"))) == ("failed", [])
    record = study.record(ended.last.run)
    question = study.workspace.approval(record.approval_id)
    report = failure_report(study.workspace, study.keystore, approval_question(question, study), 1)
    assert msgspec.to_builtins(report) == {"type": report.__struct_config__.tag} | {
        "draft": 1,
        "exception": "KeyError",
        "line": 4,
        "name": report.name,
    }


def approval_question(path: Path, study: Study) -> str:
    return read_approval(path.read_bytes(), study.trust).question
