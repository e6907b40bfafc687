"""Narrowing: every table reference becomes a projection of exactly what was granted.

What was not granted does not exist in the query that the database sees, whatever the checks before this
one may have missed. Physical names, derivations and cohorts are put in here, always quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlglot import exp

from sandbox.checks.facts import ColumnSchema, TableSchema
from sandbox.checks.query._derivations import derived
from sandbox.checks.query._parse import rules
from sandbox.errors import QueryRefused

COHORT = "cohort_"  # begins the name of the temporary table of a cohort key, or stands inside it
INNER = "t"  # what every narrowed table is called inside its projection


def narrow(
    tree: exp.Query,
    tables: Mapping[str, TableSchema],
    columns: Mapping[str, Iterable[str]],
    cohort: tuple[str, ...],
    dialect: str,
    rows: Callable[[str], Sequence[exp.Expr]] = lambda table: (),
) -> exp.Query:
    """Replace every table of `tree` by a derived table of `columns`, restricted to the cohorts it has keys for, and to
    the rows for which all of `rows` of the table hold."""
    for node in [table for table in tree.find_all(exp.Table) if table.db]:
        full_name = f"{node.db}.{node.name}"
        given = _projection(full_name, tables[full_name], sorted(columns[full_name]), cohort, dialect)
        for condition in rows(full_name):
            given = given.where(condition, copy=False)
        alias = exp.TableAlias(this=identifier(node.alias_or_name))
        node.replace(exp.Subquery(this=given, alias=alias))
    return tree


def cohort_name(key: str, dialect: str) -> str:
    """The temporary table of a cohort: named for its key, as the dialect names temporary tables."""
    return rules(dialect).own.cohort.format(key=key, KEY=key.upper())


def _projection(
    full_name: str, table: TableSchema, columns: list[str], cohort: tuple[str, ...], dialect: str
) -> exp.Select:
    projections = [_given(name, table.columns[name], dialect) for name in columns] or [
        exp.alias_(exp.Null(), identifier("nothing"), copy=False)
    ]
    select = exp.Select(expressions=projections).from_(physical_table(full_name, table), copy=False)
    for key in cohort:
        if key in table.columns:
            select = select.where(_in_cohort(key, table.columns[key], dialect), copy=False)
    return select


def physical_table(full_name: str, table: TableSchema) -> exp.Table:
    """The table's real path, quoted; under its dictionary name where it has no other."""
    path = table.physical or tuple(full_name.split(".", 1))
    if not 1 <= len(path) <= 3:
        raise QueryRefused("A table's place in its source can't be named in SQL.", "Sign its dictionary entry again.")
    parts = dict(zip(("this", "db", "catalog"), map(identifier, reversed(path)), strict=False))
    return exp.Table(**parts, alias=exp.TableAlias(this=identifier(INNER)))


def _given(name: str, column: ColumnSchema, dialect: str) -> exp.Expr:
    return exp.alias_(derived(_physical(name, column), column, dialect), identifier(name), copy=False)


def _in_cohort(name: str, column: ColumnSchema, dialect: str) -> exp.In:
    keys = exp.Select(expressions=[exp.Column(this=identifier("k"))]).from_(
        exp.Table(this=identifier(cohort_name(name, dialect))), copy=False
    )
    return exp.In(this=_physical(name, column), query=keys.subquery(copy=False))


def identifier(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=True)


def _physical(name: str, column: ColumnSchema) -> exp.Column:
    return exp.Column(this=identifier(column.physical or name), table=identifier(INNER))
