"""The session's process: several orders at once, one desk at a time, and no longer than its window."""

from __future__ import annotations

import ast
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import typing
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from desk_talk import Desk, refused
from finished_job import Job

from sandbox.errors import Refusal
from sandbox.reviewing.handlers import AT_ONCE, HANDLERS, WRITING, handler_of
from sandbox.reviewing.orders import Done, Numbered, Order, answer_type
from sandbox.reviewing.orders.advice import in_the_window
from sandbox.reviewing.orders.closed_list import ORDERS
from sandbox.reviewing.orders.data import Decide, ListTables, ReadTable
from sandbox.reviewing.orders.runs import OpenResults
from sandbox.reviewing.orders.settings import ReadSettings, RunDoctor
from sandbox.reviewing.orders.starting import Lock, Open, ReadStanding, SetUp, Standing, Unlock
from sandbox.reviewing.room import Room
from sandbox.reviewing.session import WORKERS, Serving
from sandbox.sessions import reviewing_command
from sandbox.start import door_command

QUIET = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}

# A session with a bug in one handler; its text holds what must not be told.
BROKEN = """
import sys
import threading
sys.path.insert(0, {here!r})
import sandbox.reviewing.settings as broken
from sandbox.reviewing.session import main

def read_settings(room, order):
    raise KeyError("Kowalczyk, Ada")

broken.read_settings = read_settings
main(sys.argv[1:])
"""


def until(holds: Callable[[], bool]) -> bool:
    """Whether it holds within ten seconds."""
    for _ in range(1000):
        if holds():
            return True
        time.sleep(0.01)
    return False


def is_gone(pid: int) -> bool:
    """Whether the process has ended; one that nobody has collected yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def children_of(pid: int) -> list[int]:
    stats = [path.read_text() for path in Path("/proc").glob("[0-9]*/stat")]
    return [int(stat.split()[0]) for stat in stats if stat.rsplit(")", 1)[1].split()[1] == str(pid)]


# The table of handlers.


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.__name__)
def test_every_order_has_a_handler_that_answers_as_the_order_says(order: type[Order[object]]) -> None:
    hints = typing.get_type_hints(handler_of(order))
    assert (hints["room"], hints["order"], hints["return"]) == (Room, order, answer_type(order))


def test_the_table_of_handlers_names_orders_only() -> None:
    assert set(HANDLERS) == set(ORDERS)
    assert set(ORDERS) >= WRITING | AT_ONCE


# One desk.


def test_a_second_desk_is_refused_until_the_first_has_ended(root: Path) -> None:
    with Desk(root) as first, Desk(root) as second:
        assert isinstance(first.ask(Open()), Standing)
        problem = refused(second.ask(Open()))
        assert problem.kind == "WorkspaceRefused"
        assert problem.sentence == "This workspace is open in another window of Preceptor."
        assert refused(second.ask(ReadSettings())).kind == "NotOpen"
        os.kill(first.session.pid, signal.SIGKILL)
        assert until(lambda: isinstance(second.ask(Open()), Standing))


def test_nothing_can_be_asked_of_a_workspace_that_was_not_opened(root: Path) -> None:
    with Desk(root) as desk:
        assert refused(desk.ask(ListTables(source="ehr"))).kind == "NotOpen"


# Its end.


def test_the_session_dies_with_its_window(root: Path) -> None:
    """The window is killed; the session hears the end of its input, whatever it is doing."""
    window = (
        "import subprocess, sys\n"
        "session = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        'session.stdin.write(b\'{"id":1,"order":{"order":"RunDoctor"}}\\n\')\n'
        "session.stdin.flush()\n"
        "print(session.pid, session.stdout.readline(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", window, *reviewing_command(root)]
    with subprocess.Popen(command, **QUIET) as process:  # type: ignore[call-overload]
        session = int(process.stdout.readline().split()[0])
        assert not is_gone(session)
        process.kill()
        assert until(lambda: is_gone(session))


def test_children_of_the_session_die_with_it_even_when_it_is_killed(root: Path, tmp_path: Path) -> None:
    with Desk(tmp_path / "demo") as desk:
        assert desk.ask(SetUp(name="A", passphrase="correct horse battery staple", store="throwaway")).demo is not None
        (model,) = children_of(desk.session.pid)
        desk.session.kill()
        assert until(lambda: is_gone(model))


def test_the_last_line_ends_the_session(root: Path) -> None:
    with subprocess.Popen(reviewing_command(root), **QUIET) as process:  # type: ignore[call-overload]
        out, _ = process.communicate(b'{"id":0}\n', timeout=60)
        assert (out, process.returncode) == (b"", 0)


# What comes in and what goes out.


def raw(root: Path, *lines: bytes) -> list[dict[str, typing.Any]]:
    """The answers to lines as they are, in the order of their numbers."""
    with subprocess.Popen(reviewing_command(root), **QUIET) as process:  # type: ignore[call-overload]
        process.stdin.write(b"".join(lines))
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in lines]
        process.stdin.close()
    return sorted(answers, key=lambda answer: answer["id"])


def test_a_line_that_is_no_order_is_refused_and_the_next_is_answered(root: Path) -> None:
    answers = raw(
        root,
        b"this is no JSON \xff\n",
        b'{"id":5,"order":{"order":"EraseEverything"}}\n',
        b'{"id":6,"order":{"order":"ReadStanding","extra":1}}\n',
        b'{"id":7,"order":{"order":"ReadStanding"}}\n',
    )
    assert [answer["id"] for answer in answers] == [0, 5, 6, 7]
    assert [answer["refused"]["kind"] for answer in answers[:3]] == ["BadInput"] * 3
    assert answers[3]["fact"]["exists"] is True


def test_an_unexpected_error_is_told_by_class_file_and_line_only(root: Path) -> None:
    """A word of the text of an exception could be a patient's."""
    script = root.parent / "broken.py"
    script.write_text(BROKEN.format(here=str(Path(__file__).parents[2])))
    with Desk(root, [sys.executable, str(script), str(root)]) as desk:
        problem = refused(desk.ask(ReadSettings()))
    assert problem.fault
    assert problem.sentence.startswith("Something unexpected happened (KeyError in session.py, line ")
    assert "Kowalczyk" not in str(problem)


def test_what_the_system_refuses_is_told_without_a_path(root: Path) -> None:
    with Desk(root / ("x" * 300)) as desk:
        problem = refused(desk.ask(Open()))
    assert problem.sentence == "A path that was given can't be used (ENAMETOOLONG)."


def test_a_slow_order_does_not_hold_up_others(root: Path) -> None:
    with Desk(root) as desk:
        desk.ask(Open())
        slow = desk.give(RunDoctor())
        quick = [desk.give(order) for order in (ReadStanding(), ListTables(source="ehr"), Lock())]
        order = [desk.next()[0] for _ in range(4)]
    assert sorted(order[:3]) == quick
    assert order[3] == slow
    assert [step.done for step in desk.progress] == sorted(step.done for step in desk.progress[:-1]) + [0]


def test_orders_that_change_things_come_one_after_the_other(root: Path) -> None:
    """All decide on the same proposal, at once; none is lost."""
    columns = ("flag_7", "flag_8", "surgeon", "note")
    with Desk(root) as desk:
        desk.ask(Open())
        for name in columns:
            desk.give(Decide(source="ehr", table="patient", columns=(name,), told="name"))
        for _ in columns:
            desk.next()
        shown = desk.ask(ReadTable(source="ehr", table="patient"))
    told = {column.name: column.told for column in shown.table.columns}
    assert [told[name] for name in columns] == ["name"] * 4


@pytest.mark.skipif(sys.platform != "linux", reason="how a process protects its memory differs")
def test_nobody_of_the_same_user_reads_its_memory_and_it_leaves_no_core(root: Path) -> None:
    with Desk(root) as desk:
        desk.ask(ReadStanding())
        limits = Path(f"/proc/{desk.session.pid}/limits").read_text()
        status = Path(f"/proc/{desk.session.pid}/status").stat()
    assert "Max core file size        0                    0" in limits
    assert status.st_uid == 0  # the kernel gives the files of a process that can't be dumped to root


# Results and the lock.


def test_results_that_are_being_opened_while_the_desk_locks_are_not_kept(room: Room, passphrase: str) -> None:
    with room.telling(lambda progress: None):
        room.forget_results()
        with pytest.raises(Refusal, match="locked meanwhile"):
            room.keep_results("r-1", object())  # type: ignore[arg-type]
    with room.telling(lambda progress: None), pytest.raises(Refusal, match="locked meanwhile"):
        room.keep_results("r-1", object())  # type: ignore[arg-type]
    handler_of(Unlock)(room, Unlock(secret=passphrase))
    with room.telling(lambda progress: None):
        room.keep_results("r-1", object())  # type: ignore[arg-type]
    assert list(room.results) == ["r-1"]
    assert handler_of(Lock)(room, Lock()) == Done(sentence="The desk is locked; opened results are closed.")
    assert not room.results


def test_results_that_waited_for_their_turn_while_the_desk_was_locked_and_unlocked_are_not_opened(
    desk_room: Room, job: Job
) -> None:
    opened = OpenResults(run=job.run)
    lines = b"".join(
        msgspec.json.encode(Numbered(id=n, order=one)) + b"\n" for n, one in enumerate((opened, Lock()), 1)
    )
    serving, free = Serving(desk_room, os.open(os.devnull, os.O_WRONLY)), threading.Event()
    for _ in range(WORKERS):
        serving._workers.submit(free.wait)  # every worker has something to do
    serving.serve(io.BytesIO(lines))
    desk_room.is_locked = False
    free.set()
    serving._workers.shutdown()
    assert not desk_room.results


# Advice.


def test_advice_names_no_command_to_whoever_sits_at_the_window() -> None:
    engine = Path(__file__).parents[2] / "sandbox"
    texts = {
        part.value
        for path in engine.rglob("*.py")
        if not {"cli", "jail"} & set(path.parts) and path.name not in ("advice.py", "_bundle_text.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Raise | ast.ClassDef)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    naming = {text for text in texts if "`preceptor" in text or "preceptor setup" in text or "--" in text}
    assert len(naming) > 10
    assert not {text for text in naming if "preceptor " in in_the_window(text) or "--" in in_the_window(text)}


def test_a_session_that_holds_no_workspace_yet_starts_by_its_hidden_word(tmp_path: Path) -> None:
    assert reviewing_command(tmp_path) == door_command("reviewing", str(tmp_path))
    with Desk(tmp_path / "new") as desk:
        standing = desk.ask(Open())
    assert msgspec.structs.asdict(standing)["exists"] is False
    assert not (tmp_path / "new").exists()
