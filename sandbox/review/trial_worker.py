"""Inside a drafting worker's jail: build synthetic data, run one draft on it, say what happened.

The program runs in this same process by the very code that runs it on real data; only the door's other
end differs (`engine`). Everything said from here on is the program's word; the parent checks its shape.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from sandbox.checks.facts import Schema
from sandbox.dictionary import schema_of, synthetic
from sandbox.errors import BadInput
from sandbox.messages.data_door import Broke, Start
from sandbox.messages.frames import Channel, ChannelClosed
from sandbox.program import Door, execute, warm_up

from .codes import literals_in
from .engine import Engine, trial_schema
from .made_up import Expectation, MadeUpPatient, compare, token_rows
from .seen import Trial
from .trial_messages import Phase, Setting, Tried, TryDraft, TryPayload, WorkerWarm

if TYPE_CHECKING:
    import pyarrow as pa

SYNTHETIC = "synthetic data"


def main(channel: Channel, inherited: tuple[int, ...]) -> None:
    """Serve one draft and end, without an exit status that a program could choose."""
    versions = warm_up()
    _warm_engine()
    try:
        channel.send(WorkerWarm(versions=versions))
        request, payload = channel.receive(TryDraft)
        given = msgspec.json.decode(payload, type=TryPayload)
        for number, setting in enumerate(request.settings):
            trial = TrialRun(channel, setting, given, request.seconds).trial(given.patients if number == 0 else ())
            channel.send(Tried(), msgspec.json.encode(trial))
    except ChannelClosed:
        os._exit(0)
    os._exit(0)


class Failure(NamedTuple):
    """Why a trial is not clean, where in the program, and the whole of it."""

    sentence: str
    line: int = 0
    traceback: str = ""


class TrialRun:
    """The executions of one trial: synthetic data first, then each made-up patient alone."""

    def __init__(self, line: Channel, setting: Setting, given: TryPayload, seconds: float) -> None:
        self._line = line
        self._setting = setting
        self._given = given
        self._seconds = seconds
        self._schema = trial_schema(schema_of(given.dictionary))
        self._ran: set[int] = set()
        self._could: set[int] = set()
        self._failures: list[Failure] = []

    def trial(self, patients: tuple[MadeUpPatient, ...]) -> Trial:
        literals = literals_in(self._given.program, self._given.parameters)
        tables = synthetic(self._given.dictionary, self._setting.seed, edge=self._setting.edge, literals=literals)
        tables = {name.lower(): table for name, table in tables.items()}
        engine = self._execute(Phase(), SYNTHETIC, tables, ())
        tried = [self._try_patient(number, patient, tables) for number, patient in enumerate(patients)]
        seen, failure = engine.seen, self._failures[0] if self._failures else Failure("")
        return Trial(
            clean=not self._failures,
            sentence=failure.sentence,
            line=failure.line,
            traceback=failure.traceback,
            steps=tuple(seen.steps),
            values=seen.values,
            tables=tuple(seen.tables),
            figures=tuple(seen.figures),
            queries=tuple(seen.queries),
            lines_run=tuple(sorted(self._ran)),
            lines_never=tuple(sorted(self._could - self._ran)),
            expectations=tuple(one for expectations in tried for one in expectations),
        )

    def _try_patient(self, number: int, patient: MadeUpPatient, tables: dict[str, pa.Table]) -> tuple[Expectation, ...]:
        """Every table is empty but for this patient's rows and the reference tables."""
        keep = {table.full_name.lower() for table in self._given.dictionary.tables if table.reference}
        alone = {name: table if name in keep else table.slice(0, 0) for name, table in tables.items()}
        before = len(self._failures)
        try:
            rows = token_rows(patient, self._schema)
            engine = self._execute(
                Phase(patient=number), f"made-up patient {patient.name!r}", alone, tuple(rows.items())
            )
        except BadInput as problem:
            self._failures.append(Failure(f"Made-up patient {patient.name!r}: {problem.sentence}"))
            return compare(patient, {}, problem.sentence)
        failed = self._failures[before:]
        return compare(patient, engine.seen.said(), failed[0].sentence if failed else "")

    def _execute(
        self, phase: Phase, name: str, tables: dict[str, pa.Table], rows: tuple[tuple[str, list[dict[str, Any]]], ...]
    ) -> Engine:
        engine = Engine(self._schema, tables, rows=self._given.rows, exclusions=self._given.exclusions)
        for table, found in rows:
            for row in found:
                engine.insert(table, row)
        self._line.send(phase)
        start = Start(parameters=self._given.parameters, patient_keys=patient_keys(self._schema), synthetic=True)
        try:
            with Deadline(self._seconds):
                self._could |= set(execute(self._given.program, start, Door(engine)))
        except KeyboardInterrupt:  # it came just after the program's end
            engine.ending = engine.ending or Broke(exception="KeyboardInterrupt", line=0)
        ending = engine.ending
        if ending is not None:
            self._ran |= set(ending.lines)
        if isinstance(ending, Broke):
            self._failures.append(Failure(_sentence(name, ending), ending.line, ending.detail))
        return engine


class Deadline:
    """Interrupts the main thread after so many seconds, so that the line it was on can be told.

    A program that swallows the interrupt, or a library that never comes back to Python, is killed from
    outside a little later.
    """

    def __init__(self, seconds: float) -> None:
        import _thread

        self._timer = threading.Timer(seconds, _thread.interrupt_main)
        self._timer.daemon = True

    def __enter__(self) -> None:
        # Whoever started us in the background may have us ignore the interrupt.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def patient_keys(schema: Schema) -> tuple[str, ...]:
    """Names of the columns that hold a patient's token, whichever table they are in."""
    columns = {
        name for table in schema.tables.values() for name, column in table.columns.items() if column.key == "patient"
    }
    return tuple(sorted(columns))


def _sentence(phase: str, failure: Broke) -> str:
    where = f"at line {failure.line}" if failure.line else "before its first line"
    if failure.exception == "PolicyRefused" and not failure.line:
        return f"The language policy refuses the program. {failure.detail.partition(': ')[2]}"
    if failure.exception == "KeyboardInterrupt":
        return f"The program took too long and was stopped {where}, on {phase}."
    if failure.exception == "MemoryError":
        return f"The program used more memory than allowed {where}, on {phase}."
    return f"{failure.exception} {where}, on {phase}."


def _warm_engine() -> None:
    import duckdb

    import sandbox.checks.query  # noqa: F401  the parser is among the slow imports

    duckdb.connect(":memory:").execute("SELECT 1")
