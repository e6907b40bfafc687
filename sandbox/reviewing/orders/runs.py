"""Orders on runs: the list, results page by page, what may go back to the agent, exports."""

from __future__ import annotations

from typing import Literal

from sandbox.messages.desk import FailureReport

from ._base import Done, Order, Shown
from .review import ApprovalRow

Outcome = Literal["finished", "failed", "limit", "cancelled", "cut off"]
ResultKind = Literal["value", "text", "table", "figure"]


class RunRow(Shown, frozen=True):
    """One run. `cut off`: reserved in the log without a record (its process died). `title` is the program's.

    `exception`, `line` and `name` are those of a failed program: all that the agent may be told of it.
    """

    id: str
    approval: str
    question: str
    draft: int
    outcome: Outcome
    sentence: str
    started_at: str
    ended_at: str = ""
    title: str = ""
    has_results: bool = False
    may_report: bool = False
    exception: str = ""
    line: int = 0
    name: str = ""


class RunList(Shown, frozen=True):
    """Approvals that may run, and runs, newest first. `seconds` and `memory_mb` are what one run may use."""

    ready: tuple[ApprovalRow, ...]
    runs: tuple[RunRow, ...]
    seconds: int = 0
    memory_mb: int = 0


class ListRuns(Order[RunList], frozen=True):
    """What may run and what ran."""


class StepShown(Shown, frozen=True):
    label: str
    rows: int
    patients: int


class ColumnShown(Shown, frozen=True):
    name: str
    type: str
    numeric: bool = False


class Result(Shown, frozen=True):
    """One result in the program's order: `text` of a value or text; shape of a table; size of a figure."""

    kind: ResultKind
    label: str
    text: str = ""
    columns: tuple[ColumnShown, ...] = ()
    rows: int = 0
    bytes: int = 0


class LinesShown(Shown, frozen=True):
    """How many lines of the program ran, of how many; `never`: first and last of each stretch that did not.

    Not `whole`: watching ended before the program did, so more may have run.
    """

    ran: int
    could: int
    never: tuple[tuple[int, int], ...] = ()
    whole: bool = True


class ResultsShown(Shown, frozen=True):
    """The results of one run. Tables come page by page (`ReadRows`), figures by `ReadFigure`.

    `export_refused` is why nothing of it may be exported (empty: it may); `minimum` the smallest count that is.
    """

    run: RunRow
    results: tuple[Result, ...]
    steps: tuple[StepShown, ...]
    rows_read: int = 0
    bytes_read: int = 0
    minimum: int = 11
    export_refused: str = ""
    lines: LinesShown | None = None


class OpenResults(Order[ResultsShown], frozen=True):
    """Decrypt the results of a run and keep them in the session until the lock; leaves an entry in the log."""

    run: str


class Rows(Shown, frozen=True):
    """Rows `first` and following as text, exactly as many columns as asked."""

    first: int
    cells: tuple[tuple[str, ...], ...]


class ReadRows(Order[Rows], frozen=True):
    """A window of a table of opened results; columns `column` to `column + columns`. At most 500 x 100 cells."""

    run: str
    label: str
    first: int
    count: int
    column: int = 0
    columns: int = 100
    sort_by: str = ""
    descending: bool = False


class Figure(Shown, frozen=True):
    png: bytes


class ReadFigure(Order[Figure], frozen=True):
    run: str
    label: str


class ReportFailure(Order[FailureReport], frozen=True):
    """What the agent may hear of the newest failed run of a draft; once per approval."""

    question: str
    draft: int


class Exported(Shown, frozen=True):
    """What was written, and the sentence on what was hidden in it."""

    file: str
    sha256: str
    sentence: str


class Export(Order[Exported], frozen=True):
    """Write one table (CSV) or figure (PNG) of a run, signed for."""

    run: str
    kind: Literal["table", "figure"]
    label: str
    to: str
    title: str
    audience: Literal["care team", "internal", "research", "public"]
    recipient: str
    authority: str
    passphrase: str


class CloseResults(Order[Done], frozen=True):
    """Forget the opened results of a run."""

    run: str
