"""One run while it lasts: the program is served in a thread, the clock and the reviewer are watched here.

    ending = Serving(program, queries, collected, text, memory).run(start, seconds=600, desk=desk)

The thread alone speaks with the program and the database. This side never waits for either, so that a
cancel or the end of the time always gets through: it kills the process and interrupts the query, and both
make the thread come back.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import msgspec

from sandbox.errors import LimitReached, PreceptorError
from sandbox.jail import Child
from sandbox.messages.data_door import Began, Broke, Finished, FromProgram, QueryAsked, Reported, Start, Stepped
from sandbox.messages.desk import Reading, Step
from sandbox.messages.failures import checked_failure
from sandbox.messages.frames import BadFrame, ChannelClosed

from .collected import Collected
from .desk_line import DeskGone, DeskLine
from .limits import MOST_THREADS, OVER, TOO_MANY_THREADS
from .memory_used import MemoryUsed
from .queries import Queries
from .results import StepTaken, public_label

PROGRESS_SECONDS = 0.25
MEMORY_STEP_MB = 16  # a smaller change of the memory alone is not told
_PATIENCE_SECONDS = 15.0
_ENDING_SECONDS = 2.0
_AGAIN_SECONDS = 0.2  # how often an interrupt is repeated: one may fall between two queries

Outcome = Literal["finished", "failed", "limit", "cancelled"]


class Ending(NamedTuple):
    """How a run ended. No part of it can hold a value: see `messages.failures`."""

    outcome: Outcome
    sentence: str
    exception: str = ""
    line: int = 0
    name: str = ""


class Serving:
    """Serves one program from its start to its end."""

    def __init__(
        self, program: Child, queries: Queries, collected: Collected, text: str, memory: MemoryUsed | None = None
    ) -> None:
        self._program = program
        self._memory = memory or MemoryUsed(-1)
        self._queries = queries
        self._collected = collected
        self._text = text
        self._events: queue.SimpleQueue[StepTaken | float | Ending] = queue.SimpleQueue()
        self._waker, self._wake = os.pipe()
        self._told = (0, 0, 0)

    def run(self, start: Start, *, seconds: float, desk: DeskLine, began: Callable[[], None]) -> Ending:
        """Hand the program over and serve it to its end, at most `seconds`. `began` is called at its first line."""
        began_at = time.monotonic()
        thread = threading.Thread(target=self._thread, args=(start,), daemon=True)
        thread.start()
        try:
            ending = self._watch(began_at, seconds, desk, began)
        except DeskGone:
            ending = _CANCELLED
        self._stop(thread)
        if not thread.is_alive():
            os.close(self._waker)
            os.close(self._wake)
        return ending

    # The watching side.

    def _watch(self, began_at: float, seconds: float, desk: DeskLine, began: Callable[[], None]) -> Ending:
        while True:
            left = began_at + seconds - time.monotonic()
            if desk.wait(min(PROGRESS_SECONDS, left), also=(self._waker,)):
                return _CANCELLED
            for event in self._waiting():
                if isinstance(event, Ending):
                    return event
                if isinstance(event, StepTaken):
                    desk.tell(self._public_step(event))
                else:
                    began()
            if time.monotonic() - began_at >= seconds:
                return Ending("limit", f"The program was stopped because it ran longer than {seconds:,.0f} seconds.")
            if self._program.threads() > MOST_THREADS:
                return Ending("limit", TOO_MANY_THREADS)
            self._tell_progress(desk, time.monotonic() - began_at)

    def _waiting(self) -> list[StepTaken | float | Ending]:
        events = []
        while not self._events.empty():
            os.read(self._waker, 1)
            events.append(self._events.get())
        return events

    def _public_step(self, step: StepTaken) -> Step:
        label = public_label(step.label, "step", self._collected.steps_taken(), self._text)
        return Step(label=label, rows=step.rows, patients=step.patients)

    def _tell_progress(self, desk: DeskLine, seconds: float) -> None:
        memory = self._memory.megabytes()
        now = (self._queries.rows, self._queries.bytes, memory // MEMORY_STEP_MB or self._told[2])
        if now != self._told:
            self._told = now
            desk.tell(Reading(rows=now[0], bytes=now[1], seconds=round(seconds, 2), memory_mb=memory))

    def _stop(self, thread: threading.Thread) -> None:
        """Have the thread come back: without its program and its query there is nothing left to wait for."""
        self._program.kill()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while thread.is_alive() and time.monotonic() < deadline:
            self._queries.cancel()
            thread.join(_AGAIN_SECONDS)

    # The serving side, in its thread.

    def _thread(self, start: Start) -> None:
        try:
            ending = self._serve(start)
        except LimitReached as problem:
            ending = Ending("limit", f"The program was stopped. {problem.sentence} {problem.advice}".strip())
        except PreceptorError as problem:
            ending = Ending("failed", f"The run was stopped. {problem.sentence}")
        except BadFrame:
            ending = Ending(
                "failed", "The program's process sent something that is no message of ours, and was stopped."
            )
        except ChannelClosed:
            ending = self._died()
        except Exception as problem:  # noqa: BLE001  this thread's outermost edge; a bug's text can quote a row
            ending = Ending("failed", f"Preceptor itself failed: {where(problem)}.")
        self._tell(ending)

    def _serve(self, start: Start) -> Ending:
        channel = self._program.channel
        channel.send(start, self._text.encode())
        begun = False
        while True:
            message, payload = channel.receive(FromProgram)
            match message:
                case Began() if not begun and not payload:
                    begun = True
                    self._collected.begin(message, self._text)
                    self._tell(time.monotonic())
                case Finished() if begun:
                    self._collected.finish(message)
                    return Ending("finished", "The program ran to its end.")
                case Broke():
                    return self._broke(message)
                case QueryAsked() | Stepped() | Reported() if begun:
                    self._take(message, payload)
                case _:
                    raise BadFrame("a message out of turn")

    def _take(self, message: msgspec.Struct, payload: bytes) -> None:
        if isinstance(message, QueryAsked):
            answer, rows = self._queries.answer(message, payload)
            self._program.channel.send(answer, rows)
        elif isinstance(message, Reported):
            self._collected.add_result(message, payload)
        elif isinstance(message, Stepped) and not payload:
            self._tell(self._collected.add_step(message))
        else:
            raise BadFrame("a step with a payload")

    def _broke(self, untrusted: Broke) -> Ending:
        failure = checked_failure(untrusted, self._text)
        place = f" at line {failure.line}" if failure.line else ""
        if failure.exception == "MemoryError":
            sentence = f"The program was stopped{place} because it needed more memory than it may have."
            return Ending("limit", sentence, failure.exception, failure.line)
        if failure.limit:
            sentence = f"The program was stopped{place} because {OVER[failure.limit]}."
            return Ending("limit", sentence, failure.exception, failure.line)
        sentence = f"The program stopped{place} with {failure.exception}."
        if failure.exception == "QueryRefused" and self._queries.last_refusal:
            sentence += f" {self._queries.last_refusal}"
        return Ending("failed", sentence, failure.exception, failure.line, failure.name)

    def _died(self) -> Ending:
        try:
            self._program.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._program.kill()  # it closed its pipe and went on
        ended = self._program.how_it_ended()
        outcome: Outcome = "limit" if "more" in ended or "memory" in ended else "failed"
        return Ending(outcome, f"The program's process {ended}.")

    def _tell(self, event: StepTaken | float | Ending) -> None:
        self._events.put(event)
        os.write(self._wake, b".")


def where(problem: BaseException) -> str:
    """Class, file and line of a bug; never its text."""
    trace: Any = sys.exc_info()[2] or problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(problem).__name__
    return f"{type(problem).__name__} in {os.path.basename(trace.tb_frame.f_code.co_filename)}, line {trace.tb_lineno}"


_CANCELLED = Ending("cancelled", "The run was cancelled.")
