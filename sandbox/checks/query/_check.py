"""The query check, from a program's text to the only text that a database ever sees."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.optimizer.qualify import qualify

from sandbox.checks.facts import CheckedQuery, ColumnSchema, Grant, Schema, TableSchema
from sandbox.checks.query._analysis import Analysis
from sandbox.checks.query._narrow import COHORT, narrow, physical_table
from sandbox.checks.query._parameters import bind_lists, mark_dates
from sandbox.checks.query._parse import parse, require_closed
from sandbox.checks.query._second_parser import agree
from sandbox.checks.query._unresolved import refuse_hidden, unresolved
from sandbox.errors import QueryRefused

DIALECTS = ("duckdb",)


def check_query(sql: str, schema: Schema, grant: Grant | None = None, *, cohort: tuple[str, ...] = ()) -> CheckedQuery:
    """The query narrowed to what is granted, with its exact read set; or `QueryRefused` with what to write instead.

    1. The text parses, in the dialect of its source, into nothing but listed syntax and functions.
    2. It reads tables of one source, each of them granted; without a grant, whatever the schema gives.
    3. Every column resolves to one table; keys are only used as keys may be.
    4. Every table reference is narrowed to the granted columns, rows of the cohort, physical names.
    5. The engine's own parser agrees on what the narrowed text reads and calls.
    """
    try:
        return _checked(sql, schema, grant, cohort)
    except RecursionError as problem:
        raise QueryRefused("The query is nested too deeply.", "Split it into several.") from problem


def _checked(sql: str, schema: Schema, grant: Grant | None, cohort: tuple[str, ...]) -> CheckedQuery:
    tree = parse(sql, _dialect(sql, schema))  # (1)
    source, tables = _tables(tree, schema, grant)  # (2)
    names = _output_names(tree)
    tree = _resolve(tree, tables, schema)  # (3)
    require_closed(tree)
    mark_dates(tree, tables)
    analysis = Analysis(tree, tables)
    _check_cohort(cohort, tables, schema, analysis.read)
    outputs = tuple(
        msgspec.structs.replace(output, name=names.get(output.name, output.name)) for output in analysis.outputs
    )
    _name_outputs(tree, names)
    parameters, lists = bind_lists(tree, tables)
    named_queries = {cte.alias for cte in tree.find_all(exp.CTE)}
    _check_named_queries(named_queries, tables)
    columns = _projected(analysis.read, grant)
    narrowed = _generate(narrow(tree, tables, columns, cohort), schema.dialects[source])  # (4)
    used = [key for key in cohort if any(key in tables[table].columns for table in analysis.read)]
    agree(narrowed, _expected(tables, analysis.read, used), named_queries)  # (5)
    return CheckedQuery(
        source=source,
        narrowed=narrowed,
        read={table: tuple(sorted(read)) for table, read in sorted(analysis.read.items())},
        outputs=outputs,
        parameters=parameters,
        lists=lists,
        cohort={key: COHORT + key for key in used},
    )


# (1)


def _dialect(sql: str, schema: Schema) -> str:
    """The dialect to read the text in: that of the only source whose name it mentions."""
    mentioned = {source for source in schema.dialects if re.search(rf'(?i)(?<![\w"])"?{re.escape(source)}"?\s*\.', sql)}
    dialects = {schema.dialects[source] for source in mentioned or schema.dialects}
    if len(dialects) != 1:
        raise QueryRefused("The query mentions sources of different kinds.", "Read one source per query.")
    dialect = dialects.pop()
    if dialect not in DIALECTS:
        raise QueryRefused(f"Queries in the dialect {dialect} can't be checked yet.", "Use a DuckDB source.")
    return dialect


# (2)


def _tables(tree: exp.Query, schema: Schema, grant: Grant | None) -> tuple[str, dict[str, TableSchema]]:
    """The source, and every table of the query with the columns that it may have."""
    named = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    found: dict[str, TableSchema] = {}
    for node in tree.find_all(exp.Table):
        if not node.db and node.name.lower() in named:
            continue
        full_name = f"{node.db}.{node.name}".lower()
        if not node.db or full_name not in schema.tables:
            raise _unknown_table(node, schema)
        found[full_name] = _allowed(full_name, schema.tables[full_name], grant)
    sources = {full_name.partition(".")[0] for full_name in found}
    if len(sources) != 1:
        raise QueryRefused(
            "A query reads from exactly one source." if sources else "The query reads no table.",
            "Read each source with its own data.sql and join in the program."
            if sources
            else "Write FROM source.table.",
        )
    return sources.pop(), found


def _unknown_table(node: exp.Table, schema: Schema) -> QueryRefused:
    wanted = f"{node.db}.{node.name}".lower() if node.db else node.name.lower()
    bare = {full_name.partition(".")[2]: full_name for full_name in schema.tables}
    near = [bare[wanted]] if wanted in bare else difflib.get_close_matches(wanted, schema.tables, 1)
    advice = f"Did you mean {near[0]}?" if near else "Use a table of the dictionary, written source.table."
    return QueryRefused(f"There is no table {wanted} in the dictionary.", advice)


def _allowed(full_name: str, table: TableSchema, grant: Grant | None) -> TableSchema:
    given = {name.lower(): column for name, column in table.columns.items() if _is_given(column)}
    if grant is not None:
        if full_name not in grant.tables:
            raise QueryRefused(f"{full_name} is not among what this program may read.")
        granted = {name.lower() for name in grant.tables[full_name]}
        given = {name: column for name, column in given.items() if name in granted}
    return msgspec.structs.replace(table, columns=given)


def _is_given(column: ColumnSchema) -> bool:
    """Whether a program gets anything of it. A contradiction gives nothing: a token needs a key's domain to be
    made in, "derived" needs a derivation, and what is derived from a key is no key."""
    if column.key != "none" and column.derivation != "none":
        return False
    if column.given == "token":
        return column.key != "none"
    return column.given == "full" or (column.given == "derived" and column.derivation != "none")


# (3)


def _resolve(tree: exp.Query, tables: Mapping[str, TableSchema], schema: Schema) -> exp.Query:
    """Qualify every column and write out stars and aliases, against what the tables may have."""
    layout: dict[str, Any] = {}
    for full_name, table in tables.items():
        source, _, name = full_name.partition(".")
        layout.setdefault(source, {})[name] = dict.fromkeys(table.columns, "VARCHAR") or {"": "VARCHAR"}
    refuse_hidden(tree, tables, schema)
    original = tree.copy()
    try:
        return qualify(tree, dialect=DIALECTS[0], schema=layout, identify=True)
    except (SqlglotError, KeyError, ValueError, AttributeError, AssertionError) as problem:
        raise unresolved(original, tables, schema) from problem


def _output_names(tree: exp.Query) -> dict[str, str]:
    """Output names as they are written, by their lower-case form; every computed output must have one."""
    first = tree
    while not isinstance(first, exp.Select):
        first = first.this
    for projection in first.expressions:
        if not isinstance(projection, exp.Alias | exp.Column | exp.Star):
            raise QueryRefused("A computed column has no name.", "Name it: count(*) AS n.")
    return {part.alias.lower(): part.alias for part in first.expressions if isinstance(part, exp.Alias)}


def _name_outputs(tree: exp.Query, names: dict[str, str]) -> None:
    """Give the outputs back the spelling that the program expects."""
    first = tree
    while not isinstance(first, exp.Select):
        first = first.this
    for projection in first.expressions:
        if isinstance(projection, exp.Alias) and projection.alias in names:
            projection.args["alias"].set("this", names[projection.alias])


def _check_cohort(
    cohort: Iterable[str], tables: Mapping[str, TableSchema], schema: Schema, read: dict[str, set[str]]
) -> None:
    """Every cohort column is a key of a table that is read; the restriction itself is a read of that key."""
    for name in cohort:
        has = [table for table in read if name in schema.tables[table].columns]
        if not has or any(schema.tables[table].columns[name].key == "none" for table in has):
            raise QueryRefused(
                f"No table of the query has the key {name} of the cohort.", "Use a key column of a table it reads."
            )
        for table in has:
            if name not in tables[table].columns:
                raise QueryRefused(f"The key {name} of {table} is not among what this program may read.")
            read[table].add(name)


# (4)


def _projected(read: dict[str, set[str]], grant: Grant | None) -> dict[str, set[str]]:
    if grant is None:
        return read
    return {table: {name.lower() for name in grant.tables[table]} for table in read}


def _check_named_queries(names: set[str], tables: Mapping[str, TableSchema]) -> None:
    """A named query may not stand in the way of a physical table or of a cohort."""
    taken = {table.physical[0].lower() for table in tables.values() if len(table.physical) == 1}
    for name in names:
        if name.lower() in taken or name.lower().startswith(COHORT):
            raise QueryRefused(f"The name {name} is used by a table.", "Give the WITH query another name.")


def _generate(tree: exp.Query, dialect: str) -> str:
    try:
        return tree.sql(dialect=dialect, identify=True, comments=False, unsupported_level=ErrorLevel.RAISE)
    except (SqlglotError, ValueError) as problem:
        raise QueryRefused("The query can't be written for its source.", "Write it more plainly.") from problem


# (5)


def _expected(
    tables: Mapping[str, TableSchema], read: Mapping[str, set[str]], cohort: Iterable[str]
) -> set[tuple[str, ...]]:
    paths = {tuple(part.name for part in physical_table(name, tables[name]).parts) for name in read}
    return paths | {(COHORT + key,) for key in cohort}
