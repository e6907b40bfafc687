"""A small broker of our own for these tests: it answers any query with one prepared table."""

from __future__ import annotations

from typing import Any

import msgspec
import pyarrow as pa

from sandbox.messages.data_door import Broke, Finished, QueryAnswered, QueryAsked, QueryDenied, Start
from sandbox.program import Door, execute
from sandbox.program.door import ipc_bytes


class AnsweringLine:
    """A `Line` that keeps everything it is told."""

    def __init__(self, table: pa.Table | None) -> None:
        self.table = table
        self.told: list[tuple[Any, bytes]] = []
        self._next: tuple[Any, bytes] | None = None

    def send(self, message: msgspec.Struct, payload: bytes | memoryview = b"") -> None:
        self.told.append((message, bytes(payload)))
        if isinstance(message, QueryAsked):
            self._next = self._answer(message)

    def receive(self, expected: Any, timeout: float | None = None) -> tuple[Any, bytes]:
        assert self._next is not None
        return self._next

    def of(self, kind: type) -> list[Any]:
        return [message for message, _ in self.told if isinstance(message, kind)]

    @property
    def ending(self) -> Broke | Finished:
        return self.told[-1][0]

    def _answer(self, asked: QueryAsked) -> tuple[Any, bytes]:
        if self.table is None:
            return QueryDenied(number=asked.number, sentence="There is no such table."), b""
        return QueryAnswered(number=asked.number, rows=self.table.num_rows), bytes(ipc_bytes(self.table))


class Runner:
    """Runs programs in this process; for what needs no jail."""

    def __call__(
        self, program: str, table: pa.Table | None = None, *, synthetic: bool = True, **parameters: Any
    ) -> AnsweringLine:
        line = AnsweringLine(table)
        start = Start(parameters=parameters, patient_keys=("pat_id",), synthetic=synthetic)
        execute(program, start, Door(line))
        return line
