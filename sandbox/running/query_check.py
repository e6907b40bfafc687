"""The query check in its jail: hostile programs and hostile SQL are parsed there, not beside a login."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from sandbox.checks.facts import CheckedQuery, Flag, Grant, Schema
from sandbox.checks.worker import Checks, FromChecks, Prepare, Prepared
from sandbox.errors import PolicyRefused, ProcessDied
from sandbox.jail import Child
from sandbox.messages.frames import BadFrame, ChannelClosed, ChannelTimeout

from .limits import CHECK_SECONDS, WARM_SECONDS

T = TypeVar("T")


def start_warming(worker: Child) -> None:
    """Have the worker load its parsers now; `JailedCheck` picks up its answer when it is needed."""
    worker.channel.send(Prepare(), msgspec.json.encode(Schema(tables={}, dialects={})))


class JailedCheck:
    """Checks one signed program and its queries against one grant. `written` are the queries that stand in it."""

    def __init__(self, worker: Child, schema: Schema, grant: Grant) -> None:
        self.written: frozenset[str] = frozenset()
        self._worker = worker
        self._checks = Checks(worker.channel, seconds=CHECK_SECONDS)
        self._answered(self._warm)
        self._answered(lambda: self._checks.prepare(schema, grant))

    def take_program(self, program: bytes) -> None:
        """Pass the program through the language policy and note its queries, or raise `PolicyRefused`."""
        verdict = self._answered(lambda: self._checks.program(program.decode()))
        for flag in verdict.check.flags:
            if flag.severity == "refuse":
                raise PolicyRefused(_refusal(flag), flag.instead)
        self.written = frozenset(query.sql for query in verdict.check.queries)

    def check(self, sql: str, cohort: tuple[str, ...]) -> CheckedQuery:
        """The query, narrowed to the grant, or `QueryRefused`."""
        return self._answered(lambda: self._checks.query(sql, cohort))

    def _warm(self) -> None:
        answer, _ = self._worker.channel.receive(FromChecks, timeout=WARM_SECONDS)
        if not isinstance(answer, Prepared):
            raise BadFrame("the checks worker spoke before it was asked")

    def _answered(self, ask: Callable[[], T]) -> T:
        """The answer; a worker that hangs, dies or talks nonsense is given up, and the run with it."""
        try:
            return ask()
        except (ChannelTimeout, ChannelClosed, BadFrame) as problem:
            self._worker.kill()
            raise ProcessDied(
                "The query check did not answer as it should, so nothing more is read.", "Review the program again."
            ) from problem


def _refusal(flag: Flag) -> str:
    return f"Line {flag.line} of the signed program is refused: {flag.reason}" if flag.line else flag.reason
