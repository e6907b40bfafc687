"""Where every column of a resolved query comes from: the exact read set, and what each output is.

Works on the tree that sqlglot has qualified, with a resolver of its own: a column that the two resolve
differently is refused, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlglot import exp

from sandbox.checks.facts import ColumnSchema, Output, TableSchema
from sandbox.checks.query._keys import DATE, PLAIN, Expressions, Kind
from sandbox.errors import QueryRefused

_DATE_TYPES = ("DATE", "TIMESTAMP")


class _Source(msgspec.Struct, frozen=True):
    """Something in a FROM: its columns, and the table's full name when it is one of the schema."""

    kinds: dict[str, Kind]
    table: str = ""


class _Frame:
    """The names one SELECT can see: its own sources, then those of the query around it."""

    def __init__(self, outer: _Frame | None) -> None:
        self.outer = outer
        self.sources: dict[str, _Source] = {}
        self.aliases: dict[str, Kind] = {}

    def add(self, alias: str, source: _Source) -> None:
        if alias in self.sources or not alias:
            raise QueryRefused("Two tables of one FROM have the same name.", "Give each table its own alias.")
        self.sources[alias] = source

    def find(self, alias: str) -> _Source | None:
        return self.sources.get(alias) or (self.outer.find(alias) if self.outer else None)


class Analysis:
    """Reads a qualified tree: `outputs` by name, `read` by `source.table`.

    `tables` are the tables of the schema, by full name, with the columns that this query may have.
    """

    def __init__(self, tree: exp.Query, tables: dict[str, TableSchema]) -> None:
        self._tables = tables
        self._seen: set[int] = set()
        self.read: dict[str, set[str]] = {}
        self.outputs = tuple(
            Output(name=name, kind=kind.what, domain=kind.domain) for name, kind in self._query(tree, {}, None).items()
        )
        for column in tree.find_all(exp.Column):
            if id(column) not in self._seen:
                raise QueryRefused("A part of the query can't be vouched for.", "Write it more plainly.")

    def _query(self, node: exp.Expr, ctes: dict[str, _Source], outer: _Frame | None) -> dict[str, Kind]:
        """The outputs of a SELECT, a set operation, or either in brackets."""
        ctes = dict(ctes)
        with_ = node.args.get("with_")
        for cte in with_.expressions if with_ else ():
            if cte.alias in ctes:
                raise QueryRefused("Two named queries have the same name.", "Give each its own name.")
            ctes[cte.alias] = _Source(self._query(cte.this, ctes, outer))
        if isinstance(node, exp.Subquery):
            found = self._query(node.this, ctes, outer)
            self._tail(node, found)
            return found
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, ctes, outer)
        if isinstance(node, exp.Select):
            return self._select(node, ctes, outer)
        raise QueryRefused("A query may only be built of SELECTs.", "Write SELECT … FROM ….")

    def _set_operation(self, node: exp.SetOperation, ctes: dict[str, _Source], outer: _Frame | None) -> dict[str, Kind]:
        left, right = self._query(node.this, ctes, outer), self._query(node.expression, ctes, outer)
        others = list(right.values())
        if len(left) != len(others):
            raise QueryRefused(
                "The two sides of a set operation return different numbers of columns.", "Make them match."
            )
        found: dict[str, Kind] = {}
        for (name, one), other in zip(left.items(), others, strict=True):
            if (one.is_key or other.is_key) and not one.meets(other):
                raise QueryRefused(
                    f"The column {name} is a key on one side only.", "Return the same kind of value on both sides."
                )
            found[name] = one if one.meets(other) else PLAIN
        self._tail(node, found)
        return found

    def _tail(self, node: exp.Expr, outputs: dict[str, Kind]) -> None:
        """ORDER BY, LIMIT and OFFSET after a set operation see its outputs only."""
        frame = _Frame(None)
        frame.aliases = outputs
        self._ends(node, self._expressions({}, frame))

    def _ends(self, node: exp.Expr, expressions: Expressions) -> None:
        expressions.order(node.args.get("order"))
        for part in ("limit", "offset"):
            if node.args.get(part):
                rows = node.args[part].args  # FETCH says it in another part than LIMIT
                expressions.plain(rows.get("count") or rows["expression"], "a number of rows")

    def _select(self, node: exp.Select, ctes: dict[str, _Source], outer: _Frame | None) -> dict[str, Kind]:
        frame = _Frame(outer)
        expressions = self._expressions(ctes, frame)
        if node.args.get("from_"):
            self._add_source(node.args["from_"].this, ctes, frame)
        for join in node.args.get("joins") or ():
            self._add_source(join.this, ctes, frame)
            if join.args.get("using"):
                raise QueryRefused("USING could not be resolved here.", "Write ON a.column = b.column.")
            if join.args.get("on"):
                expressions.plain(join.args["on"], "used as a condition")
        found = self._projections(node, expressions)
        for part in ("where", "having", "qualify"):
            if node.args.get(part):
                expressions.plain(node.args[part].this, "used as a condition")
        group = node.args.get("group")
        for expression in _grouped(group) if group else ():
            expressions.group(expression)
        frame.aliases = found
        on = node.args["distinct"].args.get("on") if node.args.get("distinct") else None
        for expression in on.expressions if on else ():
            expressions.kind(expression)
        self._ends(node, expressions)
        return found

    def _projections(self, node: exp.Select, expressions: Expressions) -> dict[str, Kind]:
        found: dict[str, Kind] = {}
        for projection in node.expressions:
            name = projection.alias_or_name
            if not name or name in found or isinstance(projection, exp.Star) or projection.is_star:
                raise QueryRefused(
                    "Two columns of a SELECT have the same name, or a star could not be resolved.",
                    "Name the columns, and give each its own name with AS.",
                )
            found[name] = expressions.kind(projection)
        return found

    def _expressions(self, ctes: dict[str, _Source], frame: _Frame) -> Expressions:
        def resolve(column: exp.Column) -> Kind:
            return self._column(column, frame)

        def outputs(node: exp.Expr) -> Iterable[Kind]:
            return self._query(node, ctes, frame).values()

        return Expressions(resolve, outputs)

    def _add_source(self, node: exp.Expr, ctes: dict[str, _Source], frame: _Frame) -> None:
        if isinstance(node, exp.Subquery):
            frame.add(node.alias, _Source(self._query(node, ctes, frame.outer)))
        elif isinstance(node, exp.Table) and node.db:
            frame.add(node.alias_or_name, self._table(node))
        elif isinstance(node, exp.Table) and node.name in ctes:
            frame.add(node.alias_or_name, ctes[node.name])
        else:
            raise QueryRefused("A part of the FROM can't be vouched for.", "Write FROM source.table.")

    def _table(self, node: exp.Table) -> _Source:
        table = f"{node.db}.{node.name}"
        self.read.setdefault(table, set())
        return _Source({name: column_kind(name, column) for name, column in self._tables[table].columns.items()}, table)

    def _column(self, node: exp.Column, frame: _Frame) -> Kind:
        self._seen.add(id(node))
        if not node.table:
            return self._alias(node, frame)
        source = frame.find(node.table)
        kind = _known(source.kinds.get(node.name) if source else None, node)
        if source and source.table:
            self.read[source.table].add(node.name)
        return kind

    def _alias(self, node: exp.Column, frame: _Frame) -> Kind:
        """The kind of an output by its name; that name may not stand for a key of the FROM as well."""
        kind = _known(frame.aliases.get(node.name), node)
        same = [source.kinds[node.name] for source in frame.sources.values() if node.name in source.kinds]
        for other in same:
            if other.is_key and not other.meets(kind):
                raise QueryRefused(
                    f"The name {node.name} is an output and a key of a table at once.", "Give the output another name."
                )
        return kind


def _known(kind: Kind | None, node: exp.Column) -> Kind:
    if kind is None:
        raise QueryRefused(f"The column {node.name} can't be resolved.", "Give tables an alias and write alias.column.")
    return kind


def _grouped(group: exp.Group) -> list[Any]:
    parts = [*group.expressions]
    for name in ("grouping_sets", "cube", "rollup"):
        parts += group.args.get(name) or []
    return parts


def column_kind(name: str, column: ColumnSchema) -> Kind:
    """What a column of a table holds, as a program sees it."""
    if column.key != "none":
        return Kind("patient_key" if column.key == "patient" else "event_key", column.domain, name)
    is_date = column.type.upper().startswith(_DATE_TYPES) and column.derivation in ("none", "month")
    return DATE if is_date else PLAIN
