"""How a table leads to the patients whose rows are in it, and which tables lead to none.

    routes("ehr.labs", "patient", schema)               # by its own patient key, or through its encounter
    reaches(exclusion, "ehr.wards", schema)             # no: a ward is nobody's

Pure data: the query check builds conditions from it, and the reviewer reads what no exclusion reaches.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.checks.facts import Exclusion, Fact, Schema

FARTHEST = 3  # tables on the way: a result by its order, the order by its encounter, the encounter by its patient


class Route(Fact, frozen=True, kw_only=True):
    """`column` is the patient key itself, or it holds keys of `through.to`, a table with routes of its own."""

    column: str
    through: str = ""
    to: str = ""
    further: tuple[Route, ...] = ()


def routes(table: str, domain: str, schema: Schema) -> tuple[Route, ...]:
    """The ways from a row of `table` to a patient whose keys are of this domain; its own patient keys go first."""
    return tuple(_routes(table, domain, schema, (table,)))


def _routes(table: str, domain: str, schema: Schema, seen: tuple[str, ...]) -> Iterator[Route]:
    facts = schema.table(table)
    if facts is None:
        return
    columns = facts.every_column
    own = [name for name, column in columns.items() if column.key == "patient" and column.domain == domain]
    yield from (Route(column=name) for name in sorted(own))
    if own or len(seen) > FARTHEST:
        return
    for name, (through, to) in sorted(facts.joins.items()):
        there = schema.table(through)
        if name not in columns or columns[name].key != "event" or there is None or through in seen:
            continue
        end = there.every_column.get(to)
        if end is None or (end.key, end.domain) != ("event", columns[name].domain):
            continue
        further = tuple(_routes(through, domain, schema, (*seen, through)))
        if further:
            yield Route(column=name, through=through, to=to, further=further)


def domain_of(exclusion: Exclusion, schema: Schema) -> str | None:
    """What the keys of the excluded patients are of; None where the dictionary has no such patient key any more."""
    table = schema.table(exclusion.table)
    column = table.every_column.get(exclusion.key) if table else None
    return column.domain if column is not None and column.key == "patient" else None


def reaches(exclusion: Exclusion, table: str, schema: Schema) -> bool:
    """Whether rows of the excluded patients are left out of `table`."""
    domain = domain_of(exclusion, schema)
    return exclusion.source == table.partition(".")[0] and domain is not None and bool(routes(table, domain, schema))
