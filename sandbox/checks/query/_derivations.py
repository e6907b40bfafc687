"""What a program is given of a column instead of its value (DESIGN 5.3; 45 CFR 164.514(b)(2)(i)). NULL stays NULL.

The forms are data, in the dialect of the source: `derivations` of `resources/rules/sql/DIALECT.toml`.
"""

from __future__ import annotations

from functools import cache

import sqlglot
from sqlglot import exp

from sandbox.checks.facts import ANCHORED, ColumnSchema
from sandbox.checks.query._canonical import canonical
from sandbox.checks.query._parse import rules
from sandbox.errors import QueryRefused

_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)

# SQLite compares a column of numbers with the text '45' as a number, and a computed value not; a cast gives it the
# column's way again. Every value of these derivations is of that type already.
_AFFINITIES = {"text": exp.DType.TEXT, "integer": exp.DType.INT, "real": exp.DType.DOUBLE}


def derived(value: exp.Expr, column: ColumnSchema, dialect: str) -> exp.Expr:
    """`value`, the physical column, as a program is given it."""
    found = _derived(value, column, dialect)
    kind = _AFFINITIES.get(_family(column)) if dialect == "sqlite" and column.derivation != "none" else None
    return found if kind is None else exp.Cast(this=found, to=exp.DataType(this=kind, nested=False))


def _family(column: ColumnSchema) -> str:
    if column.derivation == "zip3":
        return "text"
    kind = column.type.upper().partition("(")[0]
    if column.derivation in ("year", *ANCHORED) or (column.derivation == "age_capped" and kind in _INTEGERS):
        return "integer"
    return "real" if column.derivation == "age_capped" and kind in ("DOUBLE", "FLOAT", "REAL") else ""


def _derived(value: exp.Expr, column: ColumnSchema, dialect: str) -> exp.Expr:
    kind = column.type.upper()
    match column.derivation:
        case "none":
            return value
        case "age_capped":
            oldest = exp.Literal.number(rules(dialect).oldest)
            return _if(exp.GT(this=value.copy(), expression=oldest), oldest.copy(), value)
        case "zip3":
            return _zip3(value, kind, dialect)
        case "year" if kind in _INTEGERS:
            return _not_below(value, "year", dialect)
        case "days_since":
            return _between(value, column, dialect)
        case "age_at":
            age, oldest = _between(value, column, dialect), exp.Literal.number(rules(dialect).oldest)
            return _age(age, oldest)
        case _:
            family = _date_or_text(kind)
            return _not_below(_form(dialect, column.derivation, family, value), column.derivation, dialect)


def _age(age: exp.Expr, oldest: exp.Expr) -> exp.Case:
    """The age up to the oldest one; NULL below 0, where years back from a wrong date would tell any age."""
    over = exp.GT(this=exp.Paren(this=age.copy()), expression=oldest)
    known = exp.GTE(this=exp.Paren(this=age.copy()), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=over, true=oldest.copy()), exp.If(this=known, true=age)])


def _between(value: exp.Expr, column: ColumnSchema, dialect: str) -> exp.Expr:
    """From the anchor, another column of the same row, to the column: in days, or in whole years."""
    anchor = exp.Column(this=exp.Identifier(this=column.anchor, quoted=True), table=value.args["table"].copy())
    day, since = _day(value, column.type, dialect), _day(anchor, column.anchor_type, dialect)
    return _form(dialect, column.derivation, "text", day, since)


def _day(value: exp.Expr, kind: str, dialect: str) -> exp.Expr:
    family = _date_or_text(kind.upper())
    if not getattr(rules(dialect).own.derivations["day"], family):
        raise QueryRefused(
            f"Nothing can be counted from dates that a {dialect} source keeps as text.", "Give another derivation."
        )
    return _form(dialect, "day", family, value)


def _date_or_text(kind: str) -> str:
    return "date" if kind.startswith(("DATE", "TIMESTAMP", "SMALLDATETIME")) else "text"


def _not_below(value: exp.Expr, derivation: str, dialect: str) -> exp.Expr:
    """A year or month that would tell that someone is older than the oldest age becomes that limit."""
    lowest = _form(dialect, derivation, "lowest", value)
    return _if(exp.LT(this=value.copy(), expression=lowest), lowest.copy(), value)


def _zip3(value: exp.Expr, kind: str, dialect: str) -> exp.Expr:
    first = _form(dialect, "zip3", "integer" if kind in _INTEGERS else "text", value)
    sparse = [exp.Literal.string(prefix) for prefix in rules(dialect).sparse_zip3]
    return _if(exp.In(this=first, expressions=sparse), exp.Literal.string("000"), first.copy())


def _if(condition: exp.Expr, then: exp.Expr, otherwise: exp.Expr) -> exp.Case:
    return exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise)


def _form(dialect: str, derivation: str, family: str, value: exp.Expr, anchor: exp.Expr | None = None) -> exp.Expr:
    """The dialect's own words with the column put in, and the other one where there is one."""
    tree = _parsed(dialect, derivation, family).copy()
    for placeholder in list(tree.find_all(exp.Placeholder)):
        columns = {"x": value, "a": anchor}
        found = columns.get(placeholder.this) or exp.Literal.number(rules(dialect).oldest)
        put = found.copy()
        if placeholder is tree:
            return put
        placeholder.replace(put)
    return tree


@cache
def _parsed(dialect: str, derivation: str, family: str) -> exp.Expr:
    text = getattr(rules(dialect).own.derivations[derivation], family)  # type: ignore[index]
    select = sqlglot.parse_one(f"SELECT {text} AS x FROM t", read=dialect)
    found: exp.Expr = canonical(select, dialect).expressions[0].this
    return found
