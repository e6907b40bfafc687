"""From what was seen of a table to its proposed dictionary entry. Pure: no source is touched here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from sandbox.sources.catalog import CatalogColumn

from ._profile import Looked
from .classify import DEFAULTS, Verdict, classify_table
from .comments import clean_comment
from .context import Around
from .model import Column, Table
from .samples import are_measured
from .schema import key_role
from .types import family, is_measure
from .words import words_of

Path = tuple[str, ...]

SURE_OF_KEY = 0.85
WEAK, WEAKEST = 0.85, 0.6  # a name that says no more than this is held against the number of different values
MANY, TELLS_APART = 100, 0.9
SURE = 0.96  # above this a declared key does not change a class


def propose_table(source: str, name: str, looked: Looked, around: Around | None = None) -> Table:
    """The entry of one table: its columns classified, told and given proposed, nothing about values yet.

    `around` is what the other tables of the source say of it.
    """
    verdicts = classify_table(looked.table.name, looked.table.columns, looked.samples, around)
    people = _people(looked, verdicts)
    judged = [
        _doubt(column, verdict, looked, people) for column, verdict in zip(looked.table.columns, verdicts, strict=True)
    ]
    pairs = zip(looked.table.columns, judged, column_names(looked.table.columns), strict=True)
    return Table(
        source=source,
        name=name,
        columns=tuple(_column(column, verdict, looked, unique) for column, verdict, unique in pairs),
        physical=looked.table.physical,
        description=clean_comment(looked.table.comment),
        rows_band=band(looked.rows),
    )


def _people(looked: Looked, verdicts: Sequence[Verdict]) -> int:
    """How many patients the table has; its rows where only an event key is in it, 0 where nobody is."""
    classes = {
        verdict.column_class: column.name for column, verdict in zip(looked.table.columns, verdicts, strict=True)
    }
    if "patient_key" in classes:
        return looked.distinct.get(classes["patient_key"], 0)
    return looked.rows if "event_key" in classes else 0


def _doubt(column: CatalogColumn, verdict: Verdict, looked: Looked, people: int) -> Verdict:
    """A column that its name calls plain is unknown after all when nearly every patient has a value of their own."""
    weak = verdict.column_class == "plain" and verdict.confidence <= WEAK and verdict.given == "full"
    text_like = family(column.type) == "text" or (family(column.type) == "number" and not is_measure(column.type))
    distinct = looked.distinct.get(column.name, 0)
    if not (weak and text_like) or distinct < MANY or not people or distinct < TELLS_APART * people:
        return verdict
    if family(column.type) == "number" and verdict.confidence > WEAKEST:
        return verdict  # a measurement in whole numbers has many values too
    if are_measured(looked.samples[column.name]):
        return verdict
    return Verdict(evidence=(f"about {band(distinct):,} different values tell patients apart", *verdict.evidence))


def column_names(columns: Sequence[CatalogColumn]) -> list[str]:
    """Dictionary names: lower case; where only the case tells two columns apart, the later ones get a number."""
    names: list[str] = []
    for column in columns:
        plain = column.name.lower()
        name, number = plain, 2
        while name in names:
            name, number = f"{plain}_{number}", number + 1
        names.append(name)
    return names


def _column(column: CatalogColumn, verdict: Verdict, looked: Looked, name: str) -> Column:
    known = column.name in looked.present
    return Column(
        name=name,
        type=column.type,
        column_class=verdict.column_class,
        told=verdict.told,
        given=verdict.given,
        derivation=verdict.derivation,
        domain=verdict.domain,
        description=clean_comment(column.comment),
        physical="" if column.name == name else column.name,
        rule=verdict.rule,
        confidence=verdict.confidence,
        evidence=verdict.evidence,
        nullable=column.nullable,
        null_share=looked.null_share(column.name) if known else 0.0,
    )


def settle_keys(
    tables: Sequence[Table], looked: Sequence[Looked], neighbour: Callable[[Path], Table | None] = lambda path: None
) -> list[Table]:
    """Tables with declared keys followed (what a column refers to, it is), grain and events per patient added.

    `neighbour` knows the tables that are not among these, by their names alone.
    """
    by_path = {one.table.physical: table for one, table in zip(looked, tables, strict=True)}
    settled = []
    for table, one in zip(tables, looked, strict=True):
        declared = dict(_declared(one, lambda path: by_path.get(path) or neighbour(path)))
        columns = tuple(_follow(column, declared.get(column.name)) for column in table.columns)
        changed = msgspec.structs.replace(table, columns=columns)
        settled.append(
            msgspec.structs.replace(changed, grain=_grain(changed, one), per_patient=_per_patient(changed, one))
        )
    return settled


def _declared(looked: Looked, at: Callable[[Path], Table | None]) -> Iterator[tuple[str, Column]]:
    """Columns with a declared key of one column, and the column that it refers to."""
    for key in looked.table.foreign_keys:
        target = at(key.to_table)
        if target is None or len(key.columns) != 1:
            continue
        for column in target.columns:
            if physical_name(column) == key.to_columns[0]:
                yield key.columns[0].lower(), column


def _follow(column: Column, target: Column | None) -> Column:
    if target is None or target.column_class not in ("patient_key", "event_key", "key", "staff"):
        return column
    if column.confidence >= SURE or (column.column_class, column.domain) == (target.column_class, target.domain):
        return column
    told, given = DEFAULTS[target.column_class]
    return msgspec.structs.replace(
        column,
        column_class=target.column_class,
        told=told,
        given=given,
        derivation="none",
        domain=target.domain,
        rule=target.rule,
        confidence=0.95,
        evidence=("the database declares that it refers to such a key", *column.evidence),
    )


def physical_name(column: Column) -> str:
    return column.physical or column.name


def _grain(table: Table, looked: Looked) -> str:
    """`one row per encounter`, where a key says so."""
    for column in table.columns:
        name = physical_name(column)
        sure = column.confidence >= SURE_OF_KEY or set(column.domain.split("_")) <= set(words_of(table.name))
        if sure and key_role(column) != "none" and name in looked.distinct and looked.is_unique(name):
            return f"one row per {column.domain.replace('_', ' ')}"
    return ""


# What says when a thing happened, best first, and what only says when its row was kept.
HAPPENED = (
    "admission",
    "start",
    "begin",
    "onset",
    "event",
    "encounter",
    "visit",
    "order",
    "collection",
    "effective",
    "performed",
    "service",
    "result",
)
KEPT = frozenset(
    (
        "birth",
        "death",
        "deceased",
        "update",
        "modify",
        "load",
        "insert",
        "create",
        "entry",
        "expire",
        "expiration",
        "end",
        "verify",
        "print",
    )
)


def with_order(table: Table) -> Table:
    """The table with its usual time order, where patients have several rows each and a date says when."""
    keyed = any(key_role(column) != "none" for column in table.columns)
    if table.order or not keyed or table.reference or table.grain == "one row per patient":
        return table
    dates = [column for column in table.columns if _may_order(column)]
    if not dates:
        return table
    first = min(dates, key=_when)
    return msgspec.structs.replace(table, order=f"{first.name} within a patient")


def _may_order(column: Column) -> bool:
    return column.column_class == "date" and column.given == "full" and column.null_share < 1


def _when(column: Column) -> tuple[bool, int]:
    words = words_of(physical_name(column))
    ranks = [rank for rank, word in enumerate(HAPPENED) if word in words]
    return not KEPT.isdisjoint(words), min(ranks, default=len(HAPPENED))


def _per_patient(table: Table, looked: Looked) -> float:
    for column in table.columns:
        if column.column_class == "patient_key" and looked.distinct.get(physical_name(column)):
            return banded(looked.rows / looked.distinct[physical_name(column)])
    return 0.0


def band(rows: int) -> int:
    """`rows` to one digit: 8,000 for 7,951."""
    size = int(10 ** (len(str(rows)) - 1))
    return round(rows / size) * size


def banded(mean: float) -> float:
    """A mean per patient, to the nearest step of a coarse scale."""
    steps = (0.1, 0.2, 0.5, 1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 1000)
    return float(min(steps, key=lambda step: abs(step - mean) / step))
