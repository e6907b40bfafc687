"""Which column could not be resolved, in words: one that does not exist, may not be read, or is in two tables."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from sqlglot import exp

from sandbox.checks.facts import Schema, TableSchema
from sandbox.errors import QueryRefused


def unresolved(tree: exp.Query, tables: Mapping[str, TableSchema], schema: Schema) -> QueryRefused:
    """The refusal for a query as it was written. `tables` hold the columns that it may have."""
    for select in tree.find_all(exp.Select):
        scope = _Scope(select, tables)
        for name, alias in scope.columns():
            refusal = scope.explain(name, alias, schema)
            if refusal is not None:
                return refusal
    return QueryRefused("A column can't be resolved.", "Give every table an alias and write alias.column.")


def refuse_hidden(tree: exp.Query, tables: Mapping[str, TableSchema], schema: Schema) -> None:
    """Refuse a bare name that a table has but the grant has not.

    Resolved against the granted columns alone it could silently mean something else: a column of the query
    around it, or an alias. Then what runs would not be what was read.
    """
    for select in tree.find_all(exp.Select):
        own = [name for name in map(_full_name, _sources(select)) if name]
        granted = {column for table in own for column in tables[table].columns}
        hidden = {column.lower() for table in own for column in schema.tables[table].columns} - granted
        for column in select.find_all(exp.Column):
            if not column.table and column.name.lower() in hidden and column.parent_select is select:
                raise _missing(column.name.lower(), own, tables, schema)


class _Scope:
    """The tables that one SELECT can see, by alias: its own, and those of the queries it is an expression of."""

    def __init__(self, select: exp.Select, tables: Mapping[str, TableSchema]) -> None:
        self._select = select
        self._tables = tables
        self._bases: dict[str, str] = {}
        self._whole = True  # it reads nothing but tables of the schema
        around: exp.Select | None = select
        while around is not None:
            for source in _sources(around):
                if full_name := _full_name(source):
                    self._bases.setdefault(source.alias_or_name.lower(), full_name)
                else:
                    self._whole = False
            if around is select:
                self._own = len(self._bases)
            around = _around(around)
        joins = select.args.get("joins") or ()
        self._using = {name.name.lower() for join in joins for name in join.args.get("using") or ()}

    def columns(self) -> Iterator[tuple[str, str]]:
        """(name, alias) of the columns that this SELECT names, and of those that its USING stands for."""
        for column in self._select.find_all(exp.Column):
            name = column.name.lower()
            if column.parent_select is self._select and not (name in self._using or self._is_alias(column)):
                yield name, column.table.lower()
        yield from ((name, alias) for name in sorted(self._using) for alias in self._bases)

    def _is_alias(self, column: exp.Column) -> bool:
        """Whether it may stand for another output of the same SELECT."""
        for projection in self._select.expressions:
            if isinstance(projection, exp.Alias) and projection.alias.lower() == column.name.lower():
                return not column.table and not any(part is column for part in projection.walk())
        return False

    def explain(self, name: str, alias: str, schema: Schema) -> QueryRefused | None:
        """What is wrong with a column, if it is one that must be found in the tables of the schema."""
        if alias in self._bases:
            places = [self._bases[alias]]
        elif alias or not self._whole:
            return None
        else:
            places = list(self._bases.values())
        having = [table for table in places if name in self._tables[table].columns]
        if len([table for table in having if table in places[: self._own]]) > 1:
            return QueryRefused(f"The column {name} is in several tables.", "Write it as alias.column.")
        return None if having else _missing(name, places, self._tables, schema)


def _sources(select: exp.Select) -> list[exp.Expr]:
    first = [select.args["from_"].this] if select.args.get("from_") else []
    return [*first, *(join.this for join in select.args.get("joins") or ())]


def _full_name(source: exp.Expr) -> str:
    """`source.table` for a table of the schema, nothing for a named or nested query."""
    return f"{source.db}.{source.name}".lower() if isinstance(source, exp.Table) and source.db else ""


def _around(select: exp.Select) -> exp.Select | None:
    """The SELECT that `select` is an expression of; a query in a FROM or a WITH sees nothing around it."""
    boundary = select.find_ancestor(exp.Select, exp.From, exp.Join, exp.CTE)
    return boundary if isinstance(boundary, exp.Select) else None


def _missing(name: str, places: list[str], tables: Mapping[str, TableSchema], schema: Schema) -> QueryRefused:
    if any(name in (known.lower() for known in schema.tables[table].columns) for table in places):
        return QueryRefused(
            f"The column {name} may not be read by this program.", "Leave it out, or ask for it to be given."
        )
    near = difflib.get_close_matches(name, {known for table in places for known in tables[table].columns}, 1)
    advice = f"Did you mean {near[0]}?" if near else "Use a column of the dictionary."
    return QueryRefused(f"There is no column {name} in {', '.join(sorted(set(places)))}.", advice)
