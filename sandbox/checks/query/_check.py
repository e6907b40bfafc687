"""The query check, from a program's text to the only text that a database ever sees."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from sandbox.checks.facts import ANCHORED, CheckedQuery, ColumnSchema, Exclusion, Grant, Schema, TableSchema
from sandbox.checks.query._analysis import Analysis
from sandbox.checks.query._calls import require_faithful
from sandbox.checks.query._distinct_on import require_matching_order
from sandbox.checks.query._names import fold, name_outputs, output_aliases, require_alias_use, spellings
from sandbox.checks.query._narrow import COHORT, cohort_name, narrow
from sandbox.checks.query._parameters import bind_lists, mark_dates
from sandbox.checks.query._parse import parse, require_closed, rules
from sandbox.checks.query._plain_forms import names_left_out
from sandbox.checks.query._rows import Rows
from sandbox.checks.query._rules import DIALECTS, DialectRules
from sandbox.checks.query._second_parser import agree, expected
from sandbox.checks.query._unresolved import refuse_hidden, unresolved
from sandbox.checks.query._using import require_plain_using
from sandbox.checks.query._writing import require_same, write
from sandbox.errors import QueryRefused


def check_query(
    sql: str,
    schema: Schema,
    grant: Grant | None = None,
    *,
    cohort: tuple[str, ...] = (),
    exclusions: tuple[Exclusion, ...] = (),
) -> CheckedQuery:
    """The query narrowed to what is granted, with its exact read set; or `QueryRefused` with what to write instead.

    1. The text parses, in the dialect of its source, into nothing but listed syntax and functions.
    2. It reads tables of one source, each of them granted; without a grant, whatever the schema gives.
    3. Every column resolves to one table; keys are only used as keys may be.
    4. Every table reference is narrowed to the granted columns, rows of the cohort, physical names; to the rows of the
       grant's row scopes, and to those of nobody whom `exclusions` leave out.
    5. The engine's own parser agrees on what the narrowed text reads and calls.
    """
    try:
        return _checked(sql, schema, grant, cohort, exclusions)
    except RecursionError as problem:
        raise QueryRefused("The query is nested too deeply.", "Split it into several.") from problem


def _checked(
    sql: str, schema: Schema, grant: Grant | None, cohort: tuple[str, ...], exclusions: tuple[Exclusion, ...]
) -> CheckedQuery:
    dialect = _dialect(sql, schema)
    loaded = rules(dialect)
    tree = parse(sql, dialect)  # (1)
    left_out = names_left_out(tree)
    aliases = output_aliases(tree)
    fold(tree, loaded)
    names = dict(zip(output_aliases(tree), aliases, strict=True))
    source, tables = _tables(tree, schema, grant)  # (2)
    names = {**spellings(tree, tables), **names}
    tree = _resolve(tree, tables, schema, loaded)  # (3)
    require_closed(tree, dialect)
    if dialect == "postgres":
        require_matching_order(tree)
    mark_dates(tree, tables)
    analysis = Analysis(tree, tables)
    _check_cohort(cohort, tables, schema, analysis.read)
    outputs = tuple(
        msgspec.structs.replace(output, name=names.get(output.name, output.name)) for output in analysis.outputs
    )
    name_outputs(tree, names, loaded)
    if loaded.own.calls:
        require_faithful(write(tree, dialect), sql, loaded, left_out)
    bound = bind_lists(tree, dialect)
    named_queries = {cte.alias for cte in tree.find_all(exp.CTE)}
    rows = Rows(schema, grant.rows if grant else {}, exclusions, dialect)
    columns = _projected(analysis.read, grant)
    tree = narrow(tree, tables, columns, cohort, dialect, rows.conditions)  # (4)
    narrowed = write(tree, dialect)
    require_same(narrowed, tree, dialect)
    _check_named_queries(named_queries, {**rows.looked, **tables}, dialect)
    used = [key for key in cohort if any(key in tables[table].columns for table in analysis.read)]
    reached = {**{name: schema.tables[name] for name in analysis.read}, **rows.looked}
    own = [*(cohort_name(key, dialect) for key in used), *rows.keys]
    agree(narrowed, expected(tree, reached, own, named_queries), dialect)  # (5)
    return CheckedQuery(
        source=source,
        narrowed=narrowed,
        read={table: tuple(sorted(read)) for table, read in sorted(analysis.read.items())},
        outputs=outputs,
        parameters=bound.names,
        lists=bound.lists,
        numbers=bound.numbers,
        cohort={key: cohort_name(key, dialect) for key in used},
        keys=rows.keys,
    )


# (1)


def _dialect(sql: str, schema: Schema) -> str:
    """The dialect to read the text in: that of the only source whose name it mentions."""
    mentioned = {
        source
        for source in schema.dialects
        if re.search(rf'(?i)(?<![\w"`\]])["`\[]?{re.escape(source)}["`\]]?\s*\.', sql)
    }
    dialects = {schema.dialects[source] for source in mentioned or schema.dialects}
    if len(dialects) != 1:
        raise QueryRefused("The query mentions sources of different kinds.", "Read one source per query.")
    dialect = dialects.pop()
    if dialect not in DIALECTS:
        raise QueryRefused(
            f"Queries in the dialect {dialect} can't be checked.", f"Use a source of one of {', '.join(DIALECTS)}."
        )
    return dialect


# (2)


def _tables(tree: exp.Query, schema: Schema, grant: Grant | None) -> tuple[str, dict[str, TableSchema]]:
    """The source, and every table of the query with the columns that it may have."""
    named = {cte.alias for cte in tree.find_all(exp.CTE)}
    found: dict[str, TableSchema] = {}
    for node in tree.find_all(exp.Table):
        if not node.db and node.name in named:
            continue
        full_name = f"{node.db}.{node.name}"
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
    made in, "derived" needs a derivation and its anchor, and what is derived from a key is no key."""
    if column.key != "none" and column.derivation != "none":
        return False
    if (column.derivation in ANCHORED) != bool(column.anchor):
        return False
    if column.given == "token":
        return column.key != "none"
    return column.given == "full" or (column.given == "derived" and column.derivation != "none")


# (3)


def _resolve(tree: exp.Query, tables: Mapping[str, TableSchema], schema: Schema, loaded: DialectRules) -> exp.Query:
    """Qualify every column and write out stars and aliases, against what the tables may have."""
    layout: dict[str, Any] = {}
    for full_name, table in tables.items():
        source, _, name = full_name.partition(".")
        layout.setdefault(source, {})[name] = dict.fromkeys(table.columns, "VARCHAR") or {"": "VARCHAR"}
    refuse_hidden(tree, tables, schema)
    require_plain_using(tree, loaded.name)
    require_alias_use(tree, loaded, tables)
    original = tree.copy()
    try:
        known = MappingSchema(layout, dialect=loaded.name, normalize=False)
        return qualify(tree, dialect=loaded.name, schema=known, identify=True)
    except (SqlglotError, KeyError, ValueError, AttributeError, AssertionError) as problem:
        raise unresolved(original, tables, schema) from problem


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


def _check_named_queries(names: set[str], tables: Mapping[str, TableSchema], dialect: str) -> None:
    """A named query may not stand in the way of a physical table, of a cohort or of a list of keys."""
    taken = {table.physical[0].lower() for table in tables.values() if len(table.physical) == 1}
    for name in names:
        ours = (COHORT, cohort_name("", dialect).lower())
        if name.lower() in taken or name.lower().startswith(ours):
            raise QueryRefused(f"The name {name} is used by a table.", "Give the WITH query another name.")
