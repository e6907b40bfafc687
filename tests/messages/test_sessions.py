"""The reviewer's end of a session: a child that dies, lies or hangs becomes a sentence."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from sandbox.errors import Fault, ProcessDied, Refusal
from sandbox.messages.desk import Ask, FromDrafting, Ready, Streamed, TurnOver
from sandbox.sessions import Session

Start = Callable[[str], Session]


@pytest.fixture
def start() -> Iterator[Start]:
    """A session whose child is a Python one-liner."""
    sessions = []

    def started(code: str) -> Session:
        sessions.append(Session([sys.executable, "-I", "-c", code], FromDrafting))
        return sessions[-1]

    yield started
    for session in sessions:
        session.close(patience=2)


def test_messages_come_in_order_until_the_last(start: Start) -> None:
    session = start(
        """print('{"type":"ready","jails":{}}\\n{"type":"streamed","text":"a"}\\n{"type":"turn_over","outcome":"ended"}')"""
    )
    kinds = [type(message) for message in session.until(TurnOver, timeout=20)]
    assert kinds == [Ready, Streamed, TurnOver]


def test_a_dead_child_is_a_sentence(start: Start) -> None:
    session = start("import time; time.sleep(60)")
    os.kill(session.pid, signal.SIGKILL)
    with pytest.raises(ProcessDied, match="ended unexpectedly"):
        session.receive(timeout=20)
    with pytest.raises(ProcessDied):
        session.receive(timeout=20)


def test_closing_a_killed_child_leaves_no_pipe_open(start: Start) -> None:
    session = start("import time; time.sleep(60)")
    os.kill(session.pid, signal.SIGKILL)
    with pytest.raises(ProcessDied):
        session.receive(timeout=20)
    session.close(patience=2)
    process = session._process
    assert process.stdin is not None and process.stdin.closed
    assert process.stdout is not None and process.stdout.closed


def test_a_line_that_is_none_of_ours_ends_the_session(start: Start) -> None:
    session = start("""print('{"type":"rows","data":[1]}', flush=True); import time; time.sleep(60)""")
    with pytest.raises(ProcessDied):
        session.receive(timeout=20)


def test_a_child_that_hangs_is_told_and_can_be_closed(start: Start) -> None:
    session = start("import time; time.sleep(600)")
    with pytest.raises(Fault, match="did not answer"):
        session.receive(timeout=0.2)
    session.close(patience=0.2)


def test_a_child_that_reads_nothing_holds_up_nobody_who_closes_it(start: Start) -> None:
    session = start("import time; time.sleep(600)")
    session.post(Ask(text="x" * 3_000_000))  # more than a pipe holds
    closing = threading.Thread(target=session.close, args=(0.2,), daemon=True)
    closing.start()
    closing.join(20)
    assert not closing.is_alive() and session.is_dead


def test_what_stopped_a_session_keeps_its_kind_and_advice(start: Start) -> None:
    session = start("""print('{"type":"stopped","kind":"refusal","sentence":"No.","advice":"Do this."}')""")
    with pytest.raises(Refusal) as refused:
        session.receive(timeout=20)
    assert (refused.value.sentence, refused.value.advice) == ("No.", "Do this.")


def test_sending_to_a_dead_child_is_a_sentence(start: Start) -> None:
    session = start("pass")
    with pytest.raises(ProcessDied):
        session.receive(timeout=20)
    with pytest.raises(ProcessDied):
        for _ in range(1000):
            session.send(Ask(text="x" * 1000))
