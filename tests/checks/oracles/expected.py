"""What the check is to say of each written query: accepted, or refused and why."""

from __future__ import annotations

from functools import cache

from hospitals import schema_for
from written_queries import ENGINES, Written, written

from sandbox.checks.facts import CheckedQuery
from sandbox.checks.query import check_query
from sandbox.errors import QueryRefused

# Valid where they run, and refused all the same: what the check says, by query and engine.
REFUSED: dict[str, dict[str, str]] = {
    # Meant: there is another way to write it that is read in one way only.
    "joins: join in brackets": dict.fromkeys(ENGINES, "JOINS of TABLE"),
    "nested: a named query that is not used": {"sqlite": "do not agree"},  # SQLite leaves it out
    "dates_and_text: rounding": {"sqlite": "other words"},  # it would be written as REAL, which is no NUMERIC
    "dates_and_text: casts": {"sqlite": "other words"},
    "dates_and_text: a part of a date by a function": {"postgres": "other words"},  # EXTRACT returns another type
}


@cache
def queries(engine: str) -> tuple[Written, ...]:
    """Those that are written for an engine and that the check accepts there."""
    refused = refusals(engine)
    return tuple(query for query in written() if engine in query.sql and query.name not in refused)


def scoped() -> tuple[Written, ...]:
    return tuple(query for query in written() if query.cohort)


@cache
def _checked(sql: str, engine: str, cohort: tuple[str, ...]) -> CheckedQuery | QueryRefused:
    try:
        return check_query(sql, schema_for(engine), cohort=cohort)
    except QueryRefused as problem:
        return problem


def checked(query: Written, engine: str, *, scoped: bool = False) -> CheckedQuery:
    """What the check makes of it, by itself or for its cohort."""
    found = _checked(query.sql[engine], engine, query.cohort if scoped else ())
    if isinstance(found, QueryRefused):
        raise found
    return found


def refusals(engine: str) -> dict[str, str]:
    """What the check says of those that it refuses."""
    found = {query.name: _checked(query.sql[engine], engine, ()) for query in written() if engine in query.sql}
    return {name: answer.sentence for name, answer in found.items() if isinstance(answer, QueryRefused)}
