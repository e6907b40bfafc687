"""Serving a program: whatever its process says or does, the run ends with a clear sentence and without a value."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from running_parts import Desk, PlayedChild

from sandbox.messages.data_door import Began, Broke, Finished, QueryAsked, Reported, Start, Stepped, Warm
from sandbox.messages.desk import Cancel, End, FromRunning, Step, write_line
from sandbox.messages.frames import Channel
from sandbox.program.door import ipc_bytes
from sandbox.running.collected import Collected
from sandbox.running.limits import RunLimits
from sandbox.running.results import results_of
from sandbox.running.serving import Ending, Serving

PROGRAM = '"""Title."""\n\ndef main(data, report):\n    report.value("count", 1)\n    report.step("adults", [])\n'
LIMITS = RunLimits(seconds=30, memory_mb=100, query_rows=1000, read_bytes=10**6, reports=50, result_bytes=10**6)


class NoQueries:
    """A source that nothing is read from."""

    rows = bytes = 0
    last_refusal = ""

    def cancel(self) -> None:
        """There is nothing to stop."""


def served(play: Callable[[Channel], None], desk: Desk, *, seconds: float = 20) -> tuple[Ending, Collected, list[Any]]:
    collected, begun = Collected("r-1", LIMITS), []
    serving = Serving(PlayedChild(play), NoQueries(), collected, PROGRAM)  # type: ignore[arg-type]
    ending = serving.run(Start(parameters={}), seconds=seconds, desk=desk.line, began=lambda: begun.append(True))
    return ending, collected, begun


def started(channel: Channel) -> Channel:
    start, program = channel.receive(Start)
    assert program.decode() == PROGRAM
    channel.send(Began())
    return channel


def test_an_honest_program_finishes_and_its_report_is_kept(desk: Desk) -> None:
    def play(channel: Channel) -> None:
        started(channel)
        channel.send(Stepped(label="adults", rows=12, patients=5))
        channel.send(Reported(kind="value", label="count", text="17"))
        channel.send(Reported(kind="table", label="by month"), ipc_bytes(pa.table({"n": [1, 2]})))
        channel.send(Finished())

    ending, collected, begun = served(play, desk)
    assert ending == Ending("finished", "The program ran to its end.")
    assert begun == [True]
    results = results_of(collected.report())
    assert results.values == {"count": 17}
    assert results.tables["by month"].to_pydict() == {"n": [1, 2]}
    assert msgspec.json.decode(desk.said(), type=FromRunning) == Step(label="adults", rows=12, patients=5)


def test_a_label_made_while_running_does_not_reach_the_desk_line(desk: Desk) -> None:
    def play(channel: Channel) -> None:
        started(channel).send(Stepped(label="Kanarienvogel, Jane", rows=1, patients=1))
        channel.send(Finished())

    served(play, desk)
    assert msgspec.json.decode(desk.said(), type=FromRunning) == Step(label="step 1", rows=1, patients=1)


def send_raw(data: bytes) -> Callable[[Channel], None]:
    def play(channel: Channel) -> None:
        started(channel)
        view = memoryview(data)
        while view:
            view = view[os.write(channel.write_fd, view) :]

    return play


def send(*messages: msgspec.Struct, payload: bytes = b"") -> Callable[[Channel], None]:
    def play(channel: Channel) -> None:
        started(channel)
        for message in messages:
            channel.send(message, payload)

    return play


@pytest.mark.parametrize(
    "play",
    {
        "garbage": send_raw(os.urandom(4096)),
        "a frame of 4 GB": send_raw(struct.pack(">II", 2, 2**32 - 1) + b"{}"),
        "json of 4 GB": send_raw(struct.pack(">II", 2**32 - 1, 0)),
        "json that is none": send_raw(struct.pack(">II", 3, 0) + b"\xff\xfe{"),
        "json nested deeply": send_raw(struct.pack(">II", 60_000, 0) + b"[" * 60_000),
        "an unknown message": send_raw(struct.pack(">II", 14, 0) + b'{"type":"own"}'),
        "an unknown field": send_raw(struct.pack(">II", 27, 0) + b'{"type":"finished","x":"y"}'),
        "warm again": send(Warm(versions={})),
        "begun again": send(Began()),
        "a value that is no value": send(Reported(kind="value", label="count", text='[[["deep"]]]')),
        "a value that is no JSON": send(Reported(kind="value", label="count", text="nan")),
        "a text that is a number": send(Reported(kind="text", label="count", text="1")),
        "an unknown kind": send(Reported(kind="pickle", label="count", text="1")),
        "a value with a payload": send(Reported(kind="value", label="count", text="1"), payload=b"x"),
        "a picture that is none": send(Reported(kind="figure", label="count"), payload=b"GIF89a"),
        "a table that is none": send(Reported(kind="table", label="count"), payload=b"\x80\x04cos\nsystem\n."),
        "no label": send(Reported(kind="value", label=" ", text="1")),
        "a label with terminal codes": send(Reported(kind="value", label="\x1b[2J", text="1")),
        "an endless label": send(Reported(kind="value", label="x" * 201, text="1")),
        "impossible counts": send(Stepped(label="adults", rows=-5)),
        "counts beyond counting": send(Stepped(label="adults", rows=2**62)),
        "a step with a payload": send(Stepped(label="adults", rows=5), payload=b"x"),
    }.items(),
    ids=lambda pair: pair[0],
)
def test_hostile_messages_end_the_run_as_failed(play: tuple[str, Callable[[Channel], None]], desk: Desk) -> None:
    ending, collected, _ = served(play[1], desk)
    assert ending == Ending(
        "failed", "The program's process sent something that is no message of ours, and was stopped."
    )


def test_nothing_is_taken_before_the_program_has_begun(desk: Desk) -> None:
    def play(channel: Channel) -> None:
        channel.receive(Start)
        channel.send(Reported(kind="value", label="count", text="1"))

    ending, collected, begun = served(play, desk)
    assert (ending.outcome, begun, collected.report().items) == ("failed", [], ())


@pytest.mark.parametrize(
    "message",
    [Reported(kind="value", label="count", text="1"), Stepped(label="adults", rows=1)],
    ids=["reports", "steps"],
)
def test_too_many_entries_reach_a_limit(message: msgspec.Struct, desk: Desk) -> None:
    ending, _, _ = served(send(*[message] * 51), desk)
    assert ending.outcome == "limit"
    assert "more than 50 entries" in ending.sentence


def test_too_many_bytes_of_results_reach_a_limit(desk: Desk) -> None:
    table = bytes(ipc_bytes(pa.table({"n": range(100_000)})))
    ending, _, _ = served(send(*[Reported(kind="table", label="count")] * 2, payload=table), desk)
    assert ending.outcome == "limit"
    assert "reported more than" in ending.sentence


def test_a_failure_is_told_by_class_and_line_only(desk: Desk) -> None:
    broke = Broke(exception="KeyError", line=4, name="Kanarienvogel", detail="Kanarienvogel, Jane", lines=(1,))
    ending, _, _ = served(send(broke), desk)
    assert ending == Ending("failed", "The program stopped at line 4 with KeyError.", "KeyError", 4, "")


def test_a_failure_that_speaks_outside_the_vocabulary_says_nothing(desk: Desk) -> None:
    ending, _, _ = served(send(Broke(exception="Kanarienvogel_MRN_77", line=900_077)), desk)
    assert ending == Ending("failed", "The program stopped with Exception.", "Exception", 0, "")


def test_memory_errors_are_a_limit(desk: Desk) -> None:
    ending, _, _ = served(send(Broke(exception="MemoryError", line=4)), desk)
    assert ending.outcome == "limit"
    assert "needed more memory" in ending.sentence


def test_a_process_that_just_ends_is_a_failure(desk: Desk) -> None:
    ending, _, _ = served(lambda channel: None, desk)
    assert ending == Ending("failed", "The program's process ended by itself.")


def wait_to_be_killed(channel: Channel) -> None:
    started(channel)
    os.read(channel.read_fd, 1)  # nothing will come


def half_a_frame(channel: Channel) -> None:
    started(channel)
    os.write(channel.write_fd, b"\0\0")
    os.read(channel.read_fd, 1)


class Stubborn(PlayedChild):
    """Speaks no more and is only ended by being killed."""

    def kill(self) -> None:
        os.close(self.channel.write_fd)
        super().kill()


@pytest.mark.parametrize("play", [wait_to_be_killed, half_a_frame])
def test_time_runs_out_for_a_program_that_says_nothing(play: Callable[[Channel], None], desk: Desk) -> None:
    serving = Serving(Stubborn(play), NoQueries(), Collected("r-1", LIMITS), PROGRAM)  # type: ignore[arg-type]
    ending = serving.run(Start(parameters={}), seconds=0.4, desk=desk.line, began=lambda: None)
    assert ending.outcome == "limit"
    assert "longer than" in ending.sentence


@pytest.mark.parametrize("word", [Cancel(), End(), None], ids=["cancel", "end", "desk gone"])
def test_the_reviewer_can_stop_it_at_any_moment(word: msgspec.Struct | None, desk: Desk) -> None:
    def asked() -> None:
        if word is None:
            os.close(desk.send_fd)
        else:
            with os.fdopen(os.dup(desk.send_fd), "wb") as stream:
                write_line(stream, word)

    serving = Serving(Stubborn(half_a_frame), NoQueries(), Collected("r-1", LIMITS), PROGRAM)  # type: ignore[arg-type]
    ending = serving.run(Start(parameters={}), seconds=20, desk=desk.line, began=asked)
    assert ending == Ending("cancelled", "The run was cancelled.")


def test_a_bug_of_ours_is_told_by_class_and_place_only(desk: Desk) -> None:
    ending, _, _ = served(send(QueryAsked(number=1, sql="SELECT", parameters={})), desk)
    assert ending.outcome == "failed"
    assert ending.sentence.startswith("Preceptor itself failed: AttributeError in serving.py, line ")
