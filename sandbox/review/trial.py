"""Trying a draft: its checks, and a run on synthetic data and on made-up patients, each in a jail.

    verdict = check_draft(text, dictionary)
    trial = try_draft(text, dictionary, patients=(day_30, day_31), worker=TrialWorker(lock))
    trial.clean, trial.values, trial.lines_never, trial.expectations

Flags and grant come from `check_draft`, whose child never runs the program, so nothing that a program does
in its trial can change them. What a trial says of a program was said by that program: effects and
coverage help a reader, they allow nothing. While a real run executes no worker can be had (`RunLock`).
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any

import msgspec

from sandbox.checks.facts import Exclusion, Flag, Grant, ProgramCheck, RowScope
from sandbox.checks.verdict import ProgramVerdict
from sandbox.checks.worker import Checks as ChecksWorker
from sandbox.dictionary import schema_of
from sandbox.dictionary.model import Dictionary
from sandbox.dictionary.reference_index import ReferenceIndex
from sandbox.errors import ProcessDied
from sandbox.jail import Limits, Role, spawn
from sandbox.messages.frames import BadFrame, ChannelClosed, ChannelTimeout
from sandbox.run_lock import WAIT_SECONDS, RunLock

from .codes import literals_in
from .made_up import Expectation, MadeUpPatient, same
from .reference_rows import with_rows_for
from .seen import Trial
from .thread_watch import ThreadWatch
from .trial_messages import FromWorker, Phase, Setting, Tried, TryDraft, TryPayload, WorkerWarm

SECONDS = 60.0
GRACE_SECONDS = 5.0
WARM_SECONDS = 120.0
MEMORY_MB = 6144
MOST_THREADS = 256
EVERYWHERE = (Setting(seed=1), Setting(seed=2), Setting(seed=3), Setting(seed=1, edge=True))
TRIAL_BYTES = 16 * 1024 * 1024
CHECK_SECONDS = 20.0
CHECK_CPU_SECONDS = 60
CHECK_MEMORY_MB = 2048


def check_draft(text: str, dictionary: Dictionary, *, seconds: float = CHECK_SECONDS) -> ProgramVerdict:
    """Flags, literal queries, parameters and grant of a program, from a jailed child that only parses it.

    A text that the child can't cope with in time is refused by a flag. `ProcessDied` when the child never
    got as far as the text.
    """
    with spawn(Role.CHECKS, limits=Limits(memory_mb=CHECK_MEMORY_MB, cpu_seconds=CHECK_CPU_SECONDS)) as child:
        worker = ChecksWorker(child.channel, seconds=seconds)
        try:
            worker.prepare(schema_of(dictionary))
        except (ChannelClosed, ChannelTimeout, BadFrame) as problem:
            raise ProcessDied(f"The checks {child.how_it_ended()} before they saw the draft.") from problem
        try:
            return worker.program(text)
        except (ChannelClosed, ChannelTimeout, BadFrame):
            return _uncheckable()


def try_draft(
    text: str,
    dictionary: Dictionary,
    *,
    worker: TrialWorker,
    seed: int = 1,
    edge: bool = False,
    patients: tuple[MadeUpPatient, ...] = (),
    parameters: dict[str, Any] | None = None,
    files: Mapping[str, ReferenceIndex] | None = None,
    seconds: float = SECONDS,
) -> Trial:
    """Run the program in a drafting worker on synthetic rows, then on each made-up patient alone.

    `worker` serves once and is ended here. Never raises for what the program does.
    """
    trials = try_everywhere(
        text,
        dictionary,
        settings=(Setting(seed=seed, edge=edge),),
        patients=patients,
        parameters=parameters,
        files=files,
        seconds=seconds,
        worker=worker,
    )
    return trials[0]


def try_everywhere(
    text: str,
    dictionary: Dictionary,
    *,
    worker: TrialWorker,
    settings: tuple[Setting, ...] = EVERYWHERE,
    patients: tuple[MadeUpPatient, ...] = (),
    parameters: dict[str, Any] | None = None,
    rows: dict[str, tuple[RowScope, ...]] | None = None,
    exclusions: tuple[Exclusion, ...] = (),
    files: Mapping[str, ReferenceIndex] | None = None,
    seconds: float = SECONDS,
) -> tuple[Trial, ...]:
    """One trial per setting, all in one worker; made-up patients are tried with the first. As `try_draft`.

    `files` are the reference tables that are too large for the dictionary, by table.
    """
    sought = (*literals_in(text, parameters or {}), *(cell for patient in patients for cell in _cells(patient)))
    with worker:
        request = TryDraft(settings=settings, seconds=seconds)
        payload = TryPayload(
            program=text,
            dictionary=with_rows_for(dictionary, files or {}, sought),
            patients=patients,
            parameters=parameters or {},
            rows=rows or {},
            exclusions=exclusions,
        )
        return worker.run(request, payload)


def _cells(patient: MadeUpPatient) -> Iterator[str | int | float]:
    """What stands in the rows of a made-up patient, where it may be a code."""
    for rows in patient.rows.values():
        for row in rows:
            yield from (cell for cell in row.values() if isinstance(cell, str | int | float))


class TrialWorker:
    """One jailed process that tries one draft. Start it early and its imports are done when it is needed.

    It is alive only while `lock` is held for it: raises `RunUnderWay` when a real run goes on for `seconds` more or
    until `stopped`, and `JailRefused` when there is no jail to run it in.
    """

    def __init__(
        self,
        lock: RunLock,
        *,
        memory_mb: int = MEMORY_MB,
        seconds: float = WAIT_SECONDS,
        stopped: Callable[[], bool] | None = None,
    ) -> None:
        self._phase = "the start"
        with ExitStack() as undo:
            lock.take_for_trial(stopped, seconds=seconds)
            undo.callback(lock.trial_ended)
            self._child = spawn(Role.DRAFTING_WORKER, limits=Limits(memory_mb=memory_mb), inherit=(lock.fd,))
            self._held = undo.pop_all()

    def __enter__(self) -> TrialWorker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it is doing; then a real run may begin."""
        self._child.close()
        self._held.close()  # only now: the lock says that no worker is alive

    def kill(self) -> None:
        """End the process from another thread; a `run` under way then says so."""
        self._child.kill()

    def run(self, request: TryDraft, payload: TryPayload) -> tuple[Trial, ...]:
        """Send the draft and wait for its trials; from the one that ended the worker on, they say what did."""
        with ThreadWatch(self._child, MOST_THREADS) as watch:
            return self._run(request, payload, watch)

    def _run(self, request: TryDraft, payload: TryPayload, watch: ThreadWatch) -> tuple[Trial, ...]:
        trials: list[Trial] = []
        try:
            self._expect_warm()
            self._child.channel.send(request, msgspec.json.encode(payload))
            count = payload.program.count("\n") + 1
            for setting in request.settings:
                patients = payload.patients if not trials else ()
                trials.append(self._next_trial(setting, patients, request.seconds, count))
            return tuple(trials)
        except ChannelTimeout:
            sentence = f"The program was still running after {request.seconds:.0f} seconds, on {self._phase}."
        except ChannelClosed:
            sentence = f"The trial {self._how_it_ended(watch)}, on {self._phase}."
        except BadFrame:
            sentence = "The trial answered with something that is no trial."
        rest = request.settings[len(trials) :]
        return (*trials, *(Trial(clean=False, sentence=sentence, seed=one.seed, edge=one.edge) for one in rest))

    def _next_trial(self, setting: Setting, patients: tuple[MadeUpPatient, ...], seconds: float, count: int) -> Trial:
        """Each execution has `seconds` of its own, and a little more for what is around it."""
        began = time.monotonic()
        each = seconds + GRACE_SECONDS
        while True:
            left = began + each * (1 + len(patients)) - time.monotonic()
            message, untrusted = self._child.channel.receive(FromWorker, max(0.0, min(each, left)))
            if isinstance(message, Tried):
                return checked_trial(untrusted, setting, patients, time.monotonic() - began, count)
            if isinstance(message, Phase) and 0 <= message.patient < len(patients):
                self._phase = f"made-up patient {patients[message.patient].name!r}"
            else:
                self._phase = "synthetic data"

    def _how_it_ended(self, watch: ThreadWatch) -> str:
        """Its pipe is closed, so it is ending; one that lingers is killed."""
        if watch.over:
            return f"was stopped because it started more than {MOST_THREADS} threads"
        try:
            self._child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
        return self._child.how_it_ended()

    def _expect_warm(self) -> None:
        message, _ = self._child.channel.receive(FromWorker, WARM_SECONDS)
        if not isinstance(message, WorkerWarm):
            raise BadFrame("a drafting worker spoke before it was asked")


def _uncheckable() -> ProgramVerdict:
    reason = "The checks did not come to an end on this text, so nobody can vouch for it."
    flag = Flag(line=0, severity="refuse", rule="uncheckable", reason=reason, instead="Write it shorter and plainer.")
    return ProgramVerdict(
        check=ProgramCheck(flags=(flag,), queries=(), parameters={}), checked=(), grant=Grant(tables={})
    )


def checked_trial(
    untrusted: bytes, setting: Setting, patients: tuple[MadeUpPatient, ...], seconds: float, count: int
) -> Trial:
    """The worker's word, forced into shape: our own setting and time, lines among `count`, our expectations."""
    if len(untrusted) > TRIAL_BYTES:
        raise BadFrame("a trial of more than its limit arrived")
    try:
        trial = msgspec.json.decode(untrusted, type=Trial)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise BadFrame("a trial of the wrong shape arrived") from problem
    return msgspec.structs.replace(
        trial,
        seed=setting.seed,
        edge=setting.edge,
        seconds=round(seconds, 3),
        line=trial.line if 1 <= trial.line <= count else 0,
        lines_run=_lines(trial.lines_run, count),
        lines_never=_lines(trial.lines_never, count),
        expectations=_expectations(trial.expectations, patients),
    )


def _expectations(untrusted: tuple[Expectation, ...], patients: tuple[MadeUpPatient, ...]) -> tuple[Expectation, ...]:
    """One per thing that our patients expect, compared here; only what was reported is taken from the worker."""
    told = {(one.patient, one.label): one for one in untrusted}
    found = []
    for patient in patients:
        for label, expected in patient.expect.items():
            one = told.get((patient.name, label), Expectation(patient=patient.name, label=label, expected=expected))
            ok = not one.sentence and same(expected, one.got) and (patient.name, label) in told
            found.append(msgspec.structs.replace(one, expected=expected, ok=ok))
    return tuple(found)


def _lines(untrusted: tuple[int, ...], count: int) -> tuple[int, ...]:
    return tuple(sorted({line for line in untrusted if 1 <= line <= count}))
