"""How much one run may use. What goes over ends the run with a sentence that names the limit."""

from __future__ import annotations

import msgspec

from sandbox.workspace import Settings

MB = 1024 * 1024
CELL_CHARACTERS = 100_000
TABLE_ROWS = 1_000_000
TABLE_COLUMNS = 1_000
LABEL_CHARACTERS = 200
FIGURE_PIXELS = 40_000_000
CHECK_SECONDS = 10.0
WARM_SECONDS = 60.0
# What the libraries map before a program has allocated anything; address space, not memory in use.
LIBRARIES_MB = 4096


class RunLimits(msgspec.Struct, frozen=True, kw_only=True):
    """`read_bytes` and `result_bytes` are totals of the run, `query_rows` is for one query."""

    seconds: float
    memory_mb: int
    query_rows: int
    read_bytes: int
    queries: int = 1_000
    reports: int = 1_000
    result_bytes: int = 256 * MB

    @classmethod
    def of(cls, settings: Settings) -> RunLimits:
        """The reviewer's settings. What was read must fit into the program's memory, so that is its limit too."""
        return cls(
            seconds=float(settings.program_seconds),
            memory_mb=settings.program_memory_mb,
            query_rows=settings.query_rows,
            read_bytes=settings.program_memory_mb * MB,
        )
