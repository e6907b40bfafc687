"""What a program does that the rules look at: each event at its line, the same for SQL and for pandas."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.checks.clinical._columns import Col, Frame, Number
from sandbox.checks.facts import Schema


@dataclass(frozen=True)
class Aggregated:
    """`how` ("mean", "sum", "median", "std", "ttest", …) of a column; "share-mean" is that of a condition on it.

    `step`: it is no result yet, but one value per patient or stay, or a part of a formula.
    """

    line: int
    how: str
    col: Col
    step: bool = False


@dataclass(frozen=True)
class Counted:
    """Rows were counted; `fine`: it is what the rows of the join are that is counted."""

    line: int
    frame: Frame
    fine: bool = False


@dataclass(frozen=True)
class Compared:
    """A column with written values, by `op` ("=", "in", "like", "<", …). `bounds`: it decides which rows stay."""

    line: int
    col: Col
    op: str
    values: tuple[str, ...]
    bounds: bool = False


@dataclass(frozen=True)
class Windowed:
    """Two times held against each other: `side` "upper" (at most so long), "lower", "both", or "apart" (<>)."""

    line: int
    later: Col
    earlier: Col
    side: str
    strict: bool = False


@dataclass(frozen=True)
class Aged:
    """Years between two times, computed by `how` ("years", "days")."""

    line: int
    later: Col | None
    earlier: Col
    how: str


@dataclass(frozen=True)
class Filled:
    """Nulls of a column became zero; `averaged` where that happens inside a mean."""

    line: int
    col: Col
    averaged: str = ""


@dataclass(frozen=True)
class Divided:
    line: int
    top: Number
    bottom: Number


@dataclass(frozen=True)
class Narrowed:
    """Rows were kept by a condition that fails where `optional` columns are null."""

    line: int
    optional: tuple[Col, ...]


@dataclass(frozen=True)
class Dated:
    """A date written in the program; `bounds`: it decides which rows stay, and no parameter does beside it."""

    line: int
    date: str
    bounds: bool = False


@dataclass(frozen=True)
class Asked:
    """One query: the columns that it names and those that it filters by, by table, each with its first line."""

    line: int
    named: dict[str, dict[str, int]]
    filtered: dict[str, dict[str, int]]


Event = Aggregated | Counted | Compared | Windowed | Aged | Filled | Divided | Narrowed | Dated | Asked


MOST_STEPS = 100_000  # a long program of 1,000 lines takes 20,000


class TooMuchToRead(Exception):
    """The program has more in it than the clinical checks will look at."""


@dataclass
class Reading:
    """Everything that was read of one program. `words` are its own words: docstrings, labels, comments."""

    schema: Schema | None
    parameters: dict[str, object]
    words: str = ""
    events: list[Event] = field(default_factory=list)
    frames: dict[int, Frame] = field(default_factory=dict)
    steps: int = 0

    def step(self) -> None:
        """One more expression is read; a hostile text could make that endless."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooMuchToRead
