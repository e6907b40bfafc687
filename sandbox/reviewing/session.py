"""The reviewing session's process: orders come in as lines, answers go out as lines, several at a time.

Started by `sandbox.start` with the workspace's folder. Four orders are worked on at once, so that a slow one does
not hold up the others; those that change things run one after the other. It ends at once when its standard input
does, and every process that it started ends with it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

import msgspec

from sandbox.errors import BadInput, Fault, LimitReached, PreceptorError, as_told, where
from sandbox.reviewing.handlers import AT_ONCE, WRITING, handler_of
from sandbox.reviewing.orders import Answered, Order, Refused
from sandbox.reviewing.orders.advice import in_the_window
from sandbox.reviewing.orders.closed_list import Line
from sandbox.reviewing.room import Room

WORKERS = 4
LONGEST_ORDER = 16 * 1024 * 1024
LONGEST_ANSWER = 15 * 1024 * 1024  # what the other end takes in as one line, with some to spare
PATIENCE = 1.0  # seconds that a change which is being written has when the window is gone


def main(arguments: list[str]) -> int:
    """Serve one desk until it ends; never returns."""
    _keep_to_ourselves()
    ours = _own_output()
    room = Room(Path(arguments[0]))
    Serving(room, ours).serve(sys.stdin.buffer)
    _end(room)
    return 0


class Serving:
    """Reads orders, hands them to threads and writes their answers."""

    def __init__(self, room: Room, output: int) -> None:
        self._room = room
        self._output = output
        self._writing = threading.Lock()
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="order")

    def serve(self, untrusted_lines: IO[bytes]) -> None:
        """Until the lines end, or one of them says so."""
        while untrusted := untrusted_lines.readline(LONGEST_ORDER):
            try:
                line = msgspec.json.decode(untrusted, type=Line)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                self._say(_number_of(untrusted), BadInput("This is no order that Preceptor knows."))
                continue
            if line.order is None:
                return
            if type(line.order) in AT_ONCE:
                self.carry_out(line.id, line.order)
            else:
                self._workers.submit(self.carry_out, line.id, line.order, self._room.locked_times)

    def carry_out(self, number: int, order: Order[Any], given_at: int | None = None) -> None:
        """Do one order and say how it went: exactly one answer or refusal."""
        try:
            with self._room.telling(lambda progress: self._write(Answered(id=number, progress=progress)), given_at):
                said = _encoded(self._done(order))
        except PreceptorError as problem:
            self._say(number, problem)
        except OSError as problem:
            self._say(number, as_told(problem))
        except Exception as bug:  # noqa: BLE001 - the outermost edge: class, file and line, never the text
            self._say(number, Fault(f"Something unexpected happened ({where(bug)}).", "Please report this line."))
        else:
            self._write(Answered(id=number, fact=said))

    def _done(self, order: Order[Any]) -> Any:
        handler = handler_of(type(order))
        if type(order) not in WRITING:
            return handler(self._room, order)
        with self._room.writing:
            try:
                answer = handler(self._room, order)
            except PreceptorError:
                with contextlib.suppress(PreceptorError):  # the first trouble is the one to tell
                    self._room.settle()
                raise
            self._room.settle()
            return answer

    def _say(self, number: int, problem: PreceptorError) -> None:
        refused = Refused(
            kind=type(problem).__name__,
            sentence=problem.sentence,
            advice=in_the_window(problem.advice),
            fault=isinstance(problem, Fault),
        )
        self._write(Answered(id=number, refused=refused))

    def _write(self, answer: Answered) -> None:
        data = memoryview(msgspec.json.encode(answer) + b"\n")
        with self._writing, contextlib.suppress(BrokenPipeError):  # nobody reads; the end of our input comes next
            while data:
                data = data[os.write(self._output, data) :]


def _encoded(answer: Any) -> msgspec.Raw:
    fact = msgspec.json.encode(answer)
    if len(fact) > LONGEST_ANSWER:
        raise LimitReached("The answer is too large for the screen.", "Ask for a smaller part of it.")
    return msgspec.Raw(fact)


class _Numbered(msgspec.Struct):
    id: int = 0


def _number_of(untrusted: bytes) -> int:
    """The number of a line that can't be read as an order, so that whoever asked hears of it; 0 if it has none."""
    try:
        return msgspec.json.decode(untrusted, type=_Numbered).id
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return 0


def _keep_to_ourselves() -> None:
    """Passphrases and results pass through here: no core file, and nobody of the same user reads our memory."""
    if sys.platform == "linux":
        from sandbox.jail.linux.limits import set_no_core
        from sandbox.jail.linux.process import set_not_dumpable

        set_no_core()
        set_not_dumpable()


def _own_output() -> int:
    """The descriptor for our lines; whatever a library prints goes nowhere."""
    ours = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return ours


def _end(room: Room) -> None:
    """End now, with every process that we started; a change that is being written has a moment to get whole."""
    from sandbox.jail.child import living_children

    room.writing.acquire(timeout=PATIENCE)
    room.end_children()
    for pid in living_children():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    os._exit(0)
