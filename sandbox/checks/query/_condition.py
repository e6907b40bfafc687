"""A condition on the rows of one table, as a reviewer writes it: read, checked by the closed list, bound to the table.

    columns = check_condition("admit_dt >= '2022-01-01'", "ehr.encounters", schema)     # ("admit_dt",)

It stands in plain in signed records, so it may not hold what identifies a patient: keys and direct identifiers can
be compared with each other or with NULL, never with a written value.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator

from sqlglot import exp

from sandbox.checks.facts import ColumnSchema, Schema, TableSchema
from sandbox.checks.query._analysis import column_kind
from sandbox.checks.query._keys import Expressions, Kind
from sandbox.checks.query._parse import parse
from sandbox.errors import QueryRefused

LONGEST = 2000  # characters
_PLACE = re.compile(r"Look at line (?P<line>\d+), near column (?P<column>\d+)\.")
_EXAMPLE = "Write something like: admit_dt >= '2022-01-01' AND enc_class = 'IP'."
_TESTS = (exp.Predicate, exp.StartsWith, exp.EndsWith, exp.Contains, exp.RegexpFullMatch, exp.RegexpLike)
_OF_MANY_ROWS = frozenset(  # aggregates that sqlglot knows by name only
    {"mean", "mad", "product", "fsum", "sem", "stdevp", "var", "varp", "total", "stats_mode", "every"}
)


def check_condition(condition: str, table: str, schema: Schema) -> tuple[str, ...]:
    """The columns that a condition on `table` reads, or `QueryRefused` with what to write instead."""
    facts = schema.table(table)
    if facts is None:
        raise QueryRefused(f"There is no table {table} in the dictionary.", "Write it as source.table.")
    return read_condition(condition, table, facts, schema.dialects[table.partition(".")[0]])[1]


def read_condition(condition: str, table: str, facts: TableSchema, dialect: str) -> tuple[exp.Expr, tuple[str, ...]]:
    """The condition as a tree, and the columns it reads.

    1. By itself it is one expression: nothing of it closes the bracket around it, nothing is a comment.
    2. It is of the closed list, and speaks of one row: no parameter, no query, no aggregate, no window.
    3. Its columns are those of the table; keys are used as keys may be; it is a condition on at least one column.
    """
    tree = _alone(condition, dialect)  # (1)
    _check_parts(tree)  # (2)
    columns = {column.name.lower(): None for column in _columns(tree, table, facts)}  # (3)
    if not columns:
        raise QueryRefused("The condition names no column, so it says nothing of a row.", _EXAMPLE)
    _check_keys(tree, facts)
    _check_tests(tree, facts)
    return tree, tuple(sorted(columns))


def bound_condition(tree: exp.Expr, facts: TableSchema, of: Callable[[str, ColumnSchema], exp.Column]) -> exp.Expr:
    """A copy of the tree with the physical columns in place of the dictionary's names, in brackets."""
    columns = facts.every_column

    def physical(node: exp.Expr) -> exp.Expr:
        return of(node.name.lower(), columns[node.name.lower()]) if isinstance(node, exp.Column) else node

    return exp.Paren(this=tree.copy().transform(physical))


def _alone(condition: str, dialect: str) -> exp.Expr:
    if not condition.strip():
        raise QueryRefused("There is no condition.", _EXAMPLE)
    if len(condition) > LONGEST:
        raise QueryRefused(f"A condition has at most {LONGEST:,} characters.", "Split it into several.")
    if not condition.isprintable():
        raise QueryRefused("The condition is not one line of plain text.", _EXAMPLE)
    if "--" in condition or "/*" in condition:
        raise QueryRefused("A condition holds no comments.", "Say it in the words before the condition.")
    try:
        select = parse(f"SELECT 1 AS n FROM s.t WHERE (\n{condition}\n)", dialect)
    except QueryRefused as refusal:
        raise _of_condition(refusal) from refusal
    parts = {name for name, value in select.args.items() if value}
    where = select.args.get("where")
    if not isinstance(select, exp.Select) or parts != {"expressions", "from_", "where"} or where is None:
        raise QueryRefused("The condition is more than a condition.", _EXAMPLE)
    if not isinstance(where.this, exp.Paren):
        raise QueryRefused("The brackets of the condition do not match.", _EXAMPLE)
    tree: exp.Expr = where.this.this
    return tree


def _of_condition(refusal: QueryRefused) -> QueryRefused:
    """The same of what was typed: the condition is line 2 of the query around it, and line 3 is after its end."""
    sentence = refusal.sentence.replace("Line 2 of the query", "The condition").replace("The query", "The condition")
    place = _PLACE.fullmatch(refusal.advice)
    if place is None:
        return QueryRefused(sentence, refusal.advice)
    if place["line"] != "2":
        return QueryRefused(sentence, "Look at its end: something is missing there, or a bracket is not paired.")
    return QueryRefused(sentence, f"Look near character {place['column']} of the condition.")


def _check_parts(tree: exp.Expr) -> None:
    for node in tree.walk():
        if isinstance(node, exp.Placeholder):
            raise QueryRefused(f"The condition has a parameter, :{node.name}.", "Write the value itself.")
        if isinstance(node, exp.Query | exp.Exists | exp.Subquery):
            raise QueryRefused("The condition holds a query.", "Write it on the columns of this table alone.")
        aggregate = isinstance(node, exp.Anonymous) and node.name.lower() in _OF_MANY_ROWS
        if aggregate or isinstance(node, exp.AggFunc | exp.Window | exp.Star):
            raise QueryRefused("The condition speaks of several rows at once.", "Write it on the values of one row.")


def _columns(tree: exp.Expr, table: str, facts: TableSchema) -> Iterator[exp.Column]:
    known = facts.every_column
    for column in tree.find_all(exp.Column):
        name = column.name.lower()
        if column.table and column.table.lower() != table.partition(".")[2]:
            raise QueryRefused(f"The condition names {column.table}, another table than {table}.", _EXAMPLE)
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            advice = f"Did you mean {near[0]}?" if near else "See `preceptor dictionary show`."
            raise QueryRefused(f"There is no column {name} in {table}.", advice)
        yield column


def _check_keys(tree: exp.Expr, facts: TableSchema) -> None:
    columns = facts.every_column

    def resolve(column: exp.Column) -> Kind:
        name = column.name.lower()
        if columns[name].key == "none" and columns[name].identifies:
            return Kind("event_key", f"identifier {name}", name)
        return column_kind(name, columns[name])

    def outputs(node: exp.Expr) -> tuple[Kind, ...]:
        raise QueryRefused("The condition holds a query.", "Write it on the columns of this table alone.")

    try:
        Expressions(resolve, outputs).plain(tree, "a condition by itself")
    except QueryRefused as refusal:
        raise QueryRefused(
            f"{refusal.sentence} A condition stands in plain in signed records.",
            "Write it on other columns; for patients or events one by one, bring a list of them.",
        ) from refusal


def _check_tests(tree: exp.Expr, facts: TableSchema) -> None:
    """Some engines take any number for a condition; a person who reads one would not."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, exp.Paren | exp.Not):
            stack.append(node.this)
        elif isinstance(node, exp.And | exp.Or):
            stack += [node.this, node.expression]
        elif isinstance(node, exp.Column):
            if facts.every_column[node.name.lower()].type.upper() not in ("BOOLEAN", "BOOL", "BIT"):
                raise QueryRefused(f"{node.name} by itself is no condition.", _EXAMPLE)
        elif not isinstance(node, _TESTS):
            raise QueryRefused("A part of the condition is neither true nor false.", _EXAMPLE)
