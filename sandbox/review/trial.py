"""Trying a draft: its checks, and a run on synthetic data and on made-up patients, each in a jail.

    verdict = check_draft(text, dictionary)
    trial = try_draft(text, dictionary, patients=(day_30, day_31))
    trial.clean, trial.values, trial.lines_never, trial.expectations

Flags and grant come from `check_draft`, whose child never runs the program, so nothing that a program does
in its trial can change them. What a trial says of a program was said by that program: effects and
coverage help a reader, they allow nothing.
"""

from __future__ import annotations

import subprocess
import time
from types import TracebackType
from typing import Any

import msgspec

from sandbox.dictionary.model import Dictionary
from sandbox.errors import ProcessDied
from sandbox.jail import Limits, Role, spawn
from sandbox.messages.frames import BadFrame, ChannelClosed, ChannelTimeout

from .made_up import MadeUpPatient
from .seen import Trial
from .trial_messages import FromWorker, Phase, Tried, TryDraft, TryPayload, WorkerWarm

SECONDS = 60.0
GRACE_SECONDS = 5.0
WARM_SECONDS = 120.0
MEMORY_MB = 6144


def try_draft(
    text: str,
    dictionary: Dictionary,
    *,
    seed: int = 1,
    edge: bool = False,
    patients: tuple[MadeUpPatient, ...] = (),
    parameters: dict[str, Any] | None = None,
    seconds: float = SECONDS,
    worker: TrialWorker | None = None,
) -> Trial:
    """Run the program in a drafting worker on synthetic rows, then on each made-up patient alone.

    `worker` is one that was started ahead; it serves once. Never raises for what the program does; raises
    `JailRefused` when there is no jail to run it in.
    """
    with worker or TrialWorker() as worker:
        request = TryDraft(seed=seed, edge=edge, seconds=seconds)
        payload = TryPayload(program=text, dictionary=dictionary, patients=patients, parameters=parameters or {})
        return worker.run(request, payload)


class TrialWorker:
    """One jailed process that tries one draft. Start it early and its imports are done when it is needed."""

    def __init__(self, *, memory_mb: int = MEMORY_MB) -> None:
        self._child = spawn(Role.DRAFTING_WORKER, limits=Limits(memory_mb=memory_mb))

    def __enter__(self) -> TrialWorker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._child.close()

    def run(self, request: TryDraft, payload: TryPayload) -> Trial:
        """Send the draft and wait for its trial, or say what ended the worker."""
        began = time.monotonic()
        phase = "the start"
        try:
            self._expect(WorkerWarm, WARM_SECONDS)
            self._child.channel.send(request, msgspec.json.encode(payload))
            began = time.monotonic()
            deadline = began + request.seconds + GRACE_SECONDS
            while True:
                message, untrusted = self._child.channel.receive(FromWorker, max(0.0, deadline - time.monotonic()))
                if isinstance(message, Tried):
                    return _checked_trial(untrusted, request, payload, time.monotonic() - began)
                phase = message.name if isinstance(message, Phase) else phase
        except ChannelTimeout:
            sentence = f"The program was still running after {request.seconds:.0f} seconds, on {phase}."
        except ChannelClosed:
            sentence = f"The trial {self._how_it_ended()}, on {phase}."
        except BadFrame:
            sentence = "The trial answered with something that is no trial."
        return _ended(sentence, request, time.monotonic() - began)

    def _how_it_ended(self) -> str:
        """Its pipe is closed, so it is ending; one that lingers is killed."""
        try:
            self._child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
        return self._child.how_it_ended()

    def _expect(self, kind: type[WorkerWarm], timeout: float) -> None:
        message, _ = self._child.channel.receive(FromWorker, timeout)
        if not isinstance(message, kind):
            raise ProcessDied("A drafting worker spoke before it was asked.")


def _checked_trial(untrusted: bytes, request: TryDraft, payload: TryPayload, seconds: float) -> Trial:
    """The worker's word, forced into shape: our own seed and time, only lines that the program has."""
    count = payload.program.count("\n") + 1
    try:
        trial = msgspec.json.decode(untrusted, type=Trial)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise BadFrame("a trial of the wrong shape arrived") from problem
    return msgspec.structs.replace(
        trial,
        seed=request.seed,
        edge=request.edge,
        seconds=round(seconds, 3),
        line=trial.line if 1 <= trial.line <= count else 0,
        lines_run=_lines(trial.lines_run, count),
        lines_never=_lines(trial.lines_never, count),
    )


def _lines(untrusted: tuple[int, ...], count: int) -> tuple[int, ...]:
    return tuple(sorted({line for line in untrusted if 1 <= line <= count}))


def _ended(sentence: str, request: TryDraft, seconds: float) -> Trial:
    return Trial(clean=False, sentence=sentence, seed=request.seed, edge=request.edge, seconds=round(seconds, 3))
