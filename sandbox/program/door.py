"""The program's end of the pipe: messages out, query results in, large ones out of mapped memory.

    door = Door(channel, inherited)
    table = door.ask("SELECT …", {"start": "2022-01-01"}, cohort_table)
    door.tell(Stepped(label="adults", rows=120), b"")

There is no check here that a hostile program could not go around: the broker treats everything that
arrives as hostile. What is here keeps honest programs honest and their mistakes readable.
"""

from __future__ import annotations

import mmap
import os
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from sandbox.errors import LimitReached, QueryRefused
from sandbox.messages.data_door import QueryAnswered, QueryAsked, QueryDenied
from sandbox.messages.frames import JSON_LIMIT, PAYLOAD_LIMIT, BadFrame

if TYPE_CHECKING:
    import pyarrow as pa


class Line(Protocol):
    """What a door needs of a channel; `messages.frames.Channel` is one, a trial's engine another."""

    def send(self, message: msgspec.Struct, payload: bytes | memoryview = b"") -> None: ...

    def receive(self, expected: Any, timeout: float | None = None) -> tuple[Any, bytes]: ...


class Door:
    """One program's conversation with whoever serves its data. `inherited` are read-only memory files."""

    def __init__(self, line: Line, inherited: tuple[int, ...] = ()) -> None:
        self._line = line
        self._inherited = inherited
        self._asked = 0

    def tell(self, message: msgspec.Struct, payload: bytes | memoryview = b"") -> None:
        try:
            self._line.send(message, payload)
        except BadFrame as problem:
            raise LimitReached(
                f"What is sent at once has at most {JSON_LIMIT // 2**20} MB of text "
                f"and {PAYLOAD_LIMIT // 2**20} MB of rows.",
                limit="message",
            ) from problem

    def ask(self, sql: str, parameters: dict[str, Any], cohort: pa.Table | None) -> pa.Table:
        """The rows of a query, or `QueryRefused` with the broker's sentence."""
        import pyarrow as pa

        self._asked += 1
        names = tuple(cohort.column_names) if cohort is not None else ()
        question = QueryAsked(number=self._asked, sql=sql, parameters=parameters, cohort=names)
        self.tell(question, ipc_bytes(cohort) if cohort is not None else b"")
        answer, payload = self._line.receive(QueryAnswered | QueryDenied)
        if isinstance(answer, QueryDenied):
            raise QueryRefused(answer.sentence)
        buffer = pa.py_buffer(payload) if answer.memory < 0 else self._mapped(answer)
        with pa.ipc.open_stream(buffer) as stream:
            return stream.read_all()

    def _mapped(self, answer: QueryAnswered) -> pa.Buffer:
        """The memory file's pages themselves: nothing is copied until pandas wants its own layout."""
        import pyarrow as pa

        fd = self._inherited[answer.memory]
        if os.name == "nt":
            from sandbox.jail.windows.api import library
            from sandbox.jail.windows.section import mapped

            return pa.py_buffer(mapped(library(), fd, answer.size))
        return pa.py_buffer(mmap.mmap(fd, answer.size, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ))


def ipc_bytes(table: pa.Table) -> memoryview:
    """The table as an Arrow IPC stream."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())
