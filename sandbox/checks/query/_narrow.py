"""Narrowing: every table reference becomes a projection of exactly what was granted.

What was not granted does not exist in the query that the database sees, whatever the checks before this
one may have missed. Physical names, derivations and cohorts are put in here, always quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp

from sandbox.checks.facts import ColumnSchema, TableSchema
from sandbox.checks.query._rules import sql_rules
from sandbox.errors import QueryRefused

COHORT = "cohort_"  # the temporary table of a cohort key is named for its column
_INNER = "t"


def narrow(
    tree: exp.Query,
    tables: Mapping[str, TableSchema],
    columns: Mapping[str, Iterable[str]],
    cohort: tuple[str, ...],
) -> exp.Query:
    """Replace every table of `tree` by a derived table of `columns`, restricted to the cohorts it has keys for."""
    for node in [table for table in tree.find_all(exp.Table) if table.db]:
        full_name = f"{node.db}.{node.name}"
        derived = _projection(full_name, tables[full_name], sorted(columns[full_name]), cohort)
        node.replace(derived.subquery(_identifier(node.alias_or_name), copy=False))
    return tree


def _projection(full_name: str, table: TableSchema, columns: list[str], cohort: tuple[str, ...]) -> exp.Select:
    projections = [
        exp.alias_(derived(name, table.columns[name]), _identifier(name), copy=False) for name in columns
    ] or [exp.alias_(exp.Null(), _identifier("nothing"), copy=False)]
    select = exp.Select(expressions=projections).from_(physical_table(full_name, table), copy=False)
    for key in cohort:
        if key in table.columns:
            select = select.where(_in_cohort(key, table.columns[key]), copy=False)
    return select


def physical_table(full_name: str, table: TableSchema) -> exp.Table:
    """The table's real path, quoted; under its dictionary name where it has no other."""
    path = table.physical or tuple(full_name.split(".", 1))
    if not 1 <= len(path) <= 3:
        raise QueryRefused("A table's place in its source can't be named in SQL.", "Sign its dictionary entry again.")
    parts = dict(zip(("this", "db", "catalog"), map(_identifier, reversed(path)), strict=False))
    return exp.Table(**parts, alias=exp.TableAlias(this=_identifier(_INNER)))


def _in_cohort(name: str, column: ColumnSchema) -> exp.In:
    keys = exp.Select(expressions=[exp.Column(this=_identifier("k"))]).from_(
        exp.Table(this=_identifier(COHORT + name)), copy=False
    )
    return exp.In(this=_physical(name, column), query=keys.subquery(copy=False))


def _identifier(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=True)


def _physical(name: str, column: ColumnSchema) -> exp.Column:
    return exp.Column(this=_identifier(column.physical or name), table=_identifier(_INNER))


# Derivations (DESIGN 5.3; 45 CFR 164.514(b)(2)(i)). NULL stays NULL.


def derived(name: str, column: ColumnSchema) -> exp.Expr:
    """What a program is given of a column: itself, or its derivation."""
    return _DERIVATIONS[column.derivation](_physical(name, column), column.type.upper())


def _unchanged(value: exp.Expr, kind: str) -> exp.Expr:
    return value


def _as_date(value: exp.Expr, kind: str) -> exp.Expr:
    if kind.startswith(("DATE", "TIMESTAMP")):
        return value
    return exp.TryCast(this=value, to=exp.DataType(this=exp.DType.DATE))


def _oldest_year() -> exp.Expr:
    """A year of birth at or before this one would tell that someone is 90 or older."""
    return exp.Sub(this=exp.Year(this=exp.CurrentDate()), expression=_number(sql_rules().derivations.oldest))


def _year(value: exp.Expr, kind: str) -> exp.Expr:
    year = value if kind in _INTEGERS else exp.Year(this=_as_date(value, kind))
    return _not_below(year, _oldest_year())


def _month(value: exp.Expr, kind: str) -> exp.Expr:
    month = exp.Cast(
        this=exp.TimestampTrunc(this=_as_date(value, kind), unit=exp.Var(this="MONTH")),
        to=exp.DataType(this=exp.DType.DATE),
    )
    return _not_below(month, exp.DateFromParts(year=_oldest_year(), month=_number(1), day=_number(1)))


def _not_below(value: exp.Expr, lowest: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=exp.LT(this=value.copy(), expression=lowest), true=lowest.copy())], default=value)


def _age_capped(value: exp.Expr, kind: str) -> exp.Expr:
    oldest = _number(sql_rules().derivations.oldest)
    return exp.Case(ifs=[exp.If(this=exp.GT(this=value.copy(), expression=oldest), true=oldest.copy())], default=value)


def _zip3(value: exp.Expr, kind: str) -> exp.Expr:
    text: exp.Expr = exp.Cast(this=value, to=exp.DataType(this=exp.DType.TEXT))
    if kind in _INTEGERS:
        text = exp.Pad(this=text, expression=_number(5), fill_pattern=exp.Literal.string("0"), is_left=True)
    first = exp.Substring(this=text, start=_number(1), length=_number(3))
    sparse = [exp.Literal.string(prefix) for prefix in sql_rules().derivations.sparse_zip3]
    return exp.Case(
        ifs=[exp.If(this=exp.In(this=first, expressions=sparse), true=exp.Literal.string("000"))], default=first.copy()
    )


def _number(value: int) -> exp.Literal:
    return exp.Literal(this=str(value), is_string=False)


_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)
_DERIVATIONS = {"none": _unchanged, "year": _year, "month": _month, "zip3": _zip3, "age_capped": _age_capped}
