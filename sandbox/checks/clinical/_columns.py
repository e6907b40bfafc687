"""What is known of a program's values before it runs: columns, tables of rows, counts.

One vocabulary for SQL and pandas, so that a join written in either is the same fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from sandbox.checks.facts import ColumnSchema, TableSchema

_MARKS = count(1)
HEAVIEST = 300  # columns that a computed one is made of, with those in between


@dataclass(frozen=True)
class Col:
    """One column: `table` and `source` are where it was read, `made` how it was computed ("" as it was read).

    `of` are the columns it was computed from. `later` and `earlier` are those of a difference of two times. `many`
    names what multiplies its rows. `optional`: from the right side of a left join. `by`: each of its values is one of
    such a group. `query` is the line of the query that read it.
    """

    name: str
    table: str = ""
    source: str = ""
    schema: ColumnSchema | None = None
    made: str = ""
    of: tuple[Col, ...] = ()
    later: Col | None = None
    earlier: Col | None = None
    many: str = ""
    optional: bool = False
    present: bool = False
    by: tuple[str, ...] = ()
    query: int = 0
    weight: int = 1

    def __post_init__(self) -> None:
        """A column made of itself, again and again, would be as large as two to the number of steps."""
        weight = 1 + sum(one.weight for one in self.of)
        if weight > HEAVIEST:
            roots = tuple({root.full_name: root for one in self.of for root in one.roots()}.values())[:HEAVIEST]
            object.__setattr__(self, "of", tuple(replace(root, of=()) for root in roots))
            weight = 1 + len(roots)
        object.__setattr__(self, "weight", weight)

    @property
    def full_name(self) -> str:
        return f"{self.table}.{self.source}" if self.table else self.name

    def roots(self) -> Iterator[Col]:
        """The columns of tables that it comes from."""
        if self.table:
            yield self
        for one in self.of:
            yield from one.roots()

    @property
    def is_key(self) -> bool:
        return self.schema is not None and self.schema.key != "none" and not self.made


@dataclass(frozen=True, eq=False)
class Frame:
    """Rows: `unique` are sets of columns that name one row, `repeats` columns of which a value stands in several.

    `whole`: every column is known. `parent` is what it was filtered from. The same rows with other columns keep their
    `mark`; rows that were chosen among them have a new one.
    """

    columns: dict[str, Col] = field(default_factory=dict)
    unique: tuple[frozenset[str], ...] = ()
    repeats: frozenset[str] = frozenset()
    table: str = ""
    whole: bool = False
    parent: Frame | None = None
    query: int = 0
    mark: int = field(default_factory=lambda: next(_MARKS))

    def is_unique(self, names: Iterable[str]) -> bool | None:
        """Whether these columns name one row at most; None when that is not known."""
        wanted = set(names)
        if any(key <= wanted for key in self.unique):
            return True
        return False if wanted and wanted <= self.repeats else None

    def multiplied(self, by: str) -> Frame:
        """The same columns where each row may stand several times, because of `by`."""
        columns = {name: replace(col, many=col.many or by) for name, col in self.columns.items()}
        keys = frozenset(name for key in self.unique for name in key if len(key) == 1)
        return replace(self, columns=columns, unique=(), repeats=self.repeats | keys)

    def named(self, names: dict[str, str]) -> Frame:
        """With columns renamed."""
        columns = {
            names.get(name, name): replace(col, name=names.get(name, name)) for name, col in self.columns.items()
        }
        unique = tuple(frozenset(names.get(name, name) for name in key) for key in self.unique)
        return replace(self, columns=columns, unique=unique, repeats=frozenset(names.get(n, n) for n in self.repeats))

    def filtered(self) -> Frame:
        return replace(self, parent=self, mark=next(_MARKS))

    def chain(self) -> Iterator[Frame]:
        """The rows, what they were filtered from, and so on."""
        here: Frame | None = self
        while here is not None:
            yield here
            here = here.parent

    @property
    def patient_keys(self) -> set[str]:
        return {n for n, col in self.columns.items() if col.is_key and col.schema and col.schema.key == "patient"}

    @property
    def per_patient(self) -> bool:
        """Whether each patient stands in one row."""
        return any(self.is_unique({key}) for key in self.patient_keys)

    @property
    def many(self) -> str:
        """What multiplies every row, "" when nothing does or one side still names its rows."""
        found = [col.many for col in self.columns.values() if col.table]
        return found[0] if found and all(found) else ""


@dataclass(frozen=True)
class Series:
    """A column of a frame."""

    col: Col
    frame: Frame | None = None


@dataclass(frozen=True)
class Mask:
    """A condition on rows; `present` are columns it requires to be there, `rejecting` those a null fails.

    `dates` are the dates written in it, with their lines. `absent`: it holds where this column is null.
    """

    frame: Frame | None = None
    rejecting: tuple[Col, ...] = ()
    present: frozenset[str] = frozenset()
    cols: tuple[Col, ...] = ()
    dates: tuple[tuple[int, str], ...] = ()
    absent: str = ""


@dataclass(frozen=True)
class Grouped:
    """Rows by group; `by` is None where the keys are not known."""

    frame: Frame
    by: tuple[str, ...] | None
    only: str = ""


@dataclass(frozen=True)
class Number:
    """A number that counts or sums: `what` is "rows", "patients", "keys", "sum", of `frame`."""

    what: str
    frame: Frame | None = None
    col: Col | None = None


@dataclass(frozen=True)
class Written:
    """A written value, or the default of a parameter: `values` as texts."""

    values: tuple[str, ...]
    parameter: str = ""
    length: bool = False  # a span of time


def table_frame(name: str, table: TableSchema | None, query: int) -> Frame:
    """A table of the schema as rows."""
    if table is None:
        return Frame(table=name, query=query)
    columns = {
        column: Col(name=column, table=name, source=column, schema=facts, query=query)
        for column, facts in table.columns.items()
    }
    unique = (frozenset(table.key),) if table.key else ()
    return Frame(columns=columns, unique=unique, repeats=_repeats(table), table=name, whole=bool(columns), query=query)


def _repeats(table: TableSchema) -> frozenset[str]:
    """Columns of which one value stands in several rows: told, or a patient in a table of events."""
    single = set(table.key) if len(table.key) == 1 else set()
    keys = {name for name, column in table.columns.items() if column.key != "none"}
    patients = {name for name in keys if table.columns[name].key == "patient"}
    events = keys - patients
    has_own = bool(single & events) or (not table.key and bool(events))
    return frozenset((set(table.repeats) | (patients if has_own else set())) - single)
