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
        for column in scope.columns():
            refusal = scope.explain(column.name.lower(), column.table.lower(), schema)
            if refusal is not None:
                return refusal
    return QueryRefused("A column can't be resolved.", "Give every table an alias and write alias.column.")


class _Scope:
    """The tables of one SELECT by alias; `whole` says that it reads nothing but tables of the schema."""

    def __init__(self, select: exp.Select, tables: Mapping[str, TableSchema]) -> None:
        self._select = select
        self._tables = tables
        self._bases: dict[str, str] = {}
        sources = [select.args["from_"].this] if select.args.get("from_") else []
        sources += [join.this for join in select.args.get("joins") or ()]
        for source in sources:
            if isinstance(source, exp.Table) and source.db:
                self._bases[source.alias_or_name.lower()] = f"{source.db}.{source.name}".lower()
        self._whole = len(self._bases) == len(sources) and select.parent_select is None
        self._aliases = {
            projection.alias.lower() for projection in select.expressions if isinstance(projection, exp.Alias)
        }

    def columns(self) -> Iterator[exp.Column]:
        """The columns of this SELECT itself, and those that its USING names."""
        for column in self._select.find_all(exp.Column):
            if column.parent_select is self._select:
                yield column
        for join in self._select.args.get("joins") or ():
            for name in join.args.get("using") or ():
                for alias in self._bases:
                    yield exp.column(name.name, table=alias)

    def explain(self, name: str, alias: str, schema: Schema) -> QueryRefused | None:
        """What is wrong with a column, if it is one that this SELECT must find in its own tables."""
        if alias in self._bases:
            places = [self._bases[alias]]
        elif alias or not self._whole or name in self._aliases:
            return None
        else:
            places = list(self._bases.values())
        having = [table for table in places if name in self._tables[table].columns]
        if len(having) > 1:
            return QueryRefused(f"The column {name} is in several tables.", "Write it as alias.column.")
        return None if having else _missing(name, places, self._tables, schema)


def _missing(name: str, places: list[str], tables: Mapping[str, TableSchema], schema: Schema) -> QueryRefused:
    if any(name in (known.lower() for known in schema.tables[table].columns) for table in places):
        return QueryRefused(
            f"The column {name} may not be read by this program.", "Leave it out, or ask for it to be given."
        )
    near = difflib.get_close_matches(name, {known for table in places for known in tables[table].columns}, 1)
    advice = f"Did you mean {near[0]}?" if near else "Use a column of the dictionary."
    return QueryRefused(f"There is no column {name} in {', '.join(sorted(set(places)))}.", advice)
