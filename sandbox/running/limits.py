"""How much one run may use. What goes over ends the run with a sentence that names the limit."""

from __future__ import annotations

import os

import msgspec

from sandbox.messages.frames import JSON_LIMIT, PAYLOAD_LIMIT
from sandbox.messages.report_limits import (
    CELL_CHARACTERS,
    FIGURE_BYTES,
    FIGURE_INCHES,
    LABEL_CHARACTERS,
    LIST_ITEMS,
    MB,
    REPORTS,
    TABLE_BYTES,
    TABLE_COLUMNS,
    TABLE_ROWS,
    VALUE_PARTS,
)
from sandbox.workspace import Settings

QUERIES = 1_000
# Of the program's process, whoever starts them; many times what the libraries do, told to use at most 8 each.
MOST_THREADS = 256
TOO_MANY_THREADS = f"The program was stopped because it started more than {MOST_THREADS:,} threads."
# By the names of `messages.failures.LIMITS`: what the program's side of the pipe stopped it for.
OVER = {
    "columns": f"a table in a report has at most {TABLE_COLUMNS:,} columns",
    "entries": f"a report has at most {REPORTS:,} entries",
    "error output": "it wrote more error messages than are kept (64 KB)",
    "figure": f"a figure has at most {FIGURE_INCHES} inches on a side and {FIGURE_BYTES // MB} MB",
    "label": f"a label has at most {LABEL_CHARACTERS} characters",
    "list": f"a list of parameters has at most {LIST_ITEMS:,} items",
    "message": f"what is sent at once has at most {JSON_LIMIT // MB} MB of text and {PAYLOAD_LIMIT // MB} MB of rows",
    "parts": f"a reported value has at most {VALUE_PARTS:,} parts",
    "rows": f"a table in a report has at most {TABLE_ROWS:,} rows",
    "table": f"a table in a report has at most {TABLE_BYTES // MB} MB",
    "text": f"a text has at most {CELL_CHARACTERS:,} characters",
    "threads": f"it started more threads than it may have ({MOST_THREADS:,}) or than fit into its memory",
}
CHECK_SECONDS = 10.0
WARM_SECONDS = 60.0
# What the libraries map before a program has allocated anything; address space, not memory in use.
LIBRARIES_MB = 4096
# The launcher tells every library so; a machine with 64 processors would spend the memory on threads' stacks.
THREADS = min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


class RunLimits(msgspec.Struct, frozen=True, kw_only=True):
    """`read_bytes` and `result_bytes` are totals of the run, `query_rows` is for one query."""

    seconds: float
    memory_mb: int
    query_rows: int
    read_bytes: int
    queries: int = QUERIES
    reports: int = REPORTS
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
