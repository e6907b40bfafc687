"""Reading one query: what it returns as rows, and what it does on the way, as events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sandbox.checks.clinical._columns import Col, Frame, table_frame
from sandbox.checks.clinical._events import Asked, Reading
from sandbox.checks.clinical._joined import Joined, conjuncts, join_sources
from sandbox.checks.clinical._query_events import emit
from sandbox.checks.clinical._query_values import Values

LONGEST = 30_000


def read_query(reading: Reading, sql: str, line: int, dialect: str, bound: Mapping[str, tuple[str, ...]]) -> Frame:
    """The rows that a query returns; its events are added to `reading`. A query that can't be read returns no facts."""
    tree = _parsed(sql, dialect)
    if tree is None:
        return Frame(query=line)
    reader = QueryReader(reading, line, bound)
    frame = reader.query(tree, {}, None)
    reading.events.append(Asked(line, reader.named, reader.filtered))
    return replace(frame, query=line, columns={n: replace(c, name=n, query=line) for n, c in frame.columns.items()})


def _parsed(sql: str, dialect: str) -> exp.Query | None:
    if len(sql) > LONGEST:
        return None
    try:
        tree = sqlglot.parse_one(sql, read=dialect or None, error_level=sqlglot.ErrorLevel.RAISE)
    except (SqlglotError, ValueError):  # the query check says so
        return None
    return tree if isinstance(tree, exp.Query) else None


class QueryReader:
    """Walks a query from the inside out. `named` and `filtered` are columns by table, with their lines."""

    def __init__(self, reading: Reading, line: int, bound: Mapping[str, tuple[str, ...]]) -> None:
        self.reading = reading
        self.bound = bound
        self.named: dict[str, dict[str, int]] = {}
        self.filtered: dict[str, dict[str, int]] = {}
        self._line = line

    def line(self, node: exp.Expr) -> int:
        """The line of the program on which `node` stands."""
        found = next((part.meta["line"] for part in node.walk() if "line" in part.meta), 1)
        return self._line + int(found) - 1

    def query(self, node: exp.Expr, ctes: Mapping[str, Frame], outer: Values | None) -> Frame:
        ctes = dict(ctes)
        with_ = node.args.get("with_") or node.args.get("with")
        for cte in with_.expressions if with_ else ():
            ctes[cte.alias.lower()] = self.query(cte.this, ctes, outer)
        if isinstance(node, exp.Subquery):
            return self.query(node.this, ctes, outer)
        if isinstance(node, exp.SetOperation):
            left, right = self.query(node.this, ctes, outer), self.query(node.expression, ctes, outer)
            return Frame(columns=left.columns, whole=left.whole and right.whole)
        return self._select(node, ctes, outer) if isinstance(node, exp.Select) else Frame()

    def _select(self, node: exp.Select, ctes: Mapping[str, Frame], outer: Values | None) -> Frame:
        joined = join_sources(node, lambda source: self._source(source, ctes, outer))
        values = Values(self, joined, outer)
        for nested in _nested(node):
            self.query(nested, ctes, values)
        outputs = {one.alias_or_name.lower(): values.of(one) for one in node.expressions if not one.is_star}
        if any(one.is_star for one in node.expressions):
            outputs = {name: col for frame in joined.frames.values() for name, col in frame.columns.items()} | outputs
        values.outputs = outputs
        values.present = {one.full_name for part in _wheres(node) for one in values.required(part)}
        emit(self, node, values)
        return _returned(node, values, outputs)

    def _source(self, node: exp.Expr, ctes: Mapping[str, Frame], outer: Values | None) -> Frame:
        if isinstance(node, exp.Table):
            if not node.db and node.name.lower() in ctes:
                return ctes[node.name.lower()]
            name = f"{node.db}.{node.name}".lower().lstrip(".")
            self.named.setdefault(name, {})
            schema = self.reading.schema
            return table_frame(name, schema.tables.get(name) if schema else None, self._line)
        return self.query(node, ctes, outer)


def _nested(node: exp.Select) -> Iterator[exp.Expr]:
    """Queries in conditions and projections; those in FROM and WITH are sources."""
    parts = [*node.expressions, *(node.args[name] for name in ("where", "having", "qualify") if node.args.get(name))]
    for part in parts:
        for found in part.walk(prune=lambda one: isinstance(one, exp.Query)):
            if isinstance(found, exp.Query):
                yield found


def _returned(node: exp.Select, values: Values, outputs: dict[str, Col]) -> Frame:
    """The rows of a SELECT: which columns name one, which were required to be there."""
    columns = {
        name: replace(col, name=name, present=col.present or col.full_name in values.present)
        for name, col in outputs.items()
    }
    unique, repeats = _keys(node, values, outputs)
    if _once(node, values, outputs):
        columns = {name: replace(col, many="") for name, col in columns.items()}
    return Frame(columns=columns, unique=unique, repeats=repeats, whole=not node.is_star)


def _once(node: exp.Select, values: Values, outputs: dict[str, Col]) -> bool:
    """Whether what was multiplied by a join is one row again: only the first is kept, or nothing tells them apart."""
    if _first_of_each(node, values, outputs) is not None:
        return True
    tells_apart = [col for col in outputs.values() if not col.many and not col.by]
    return bool(node.args.get("distinct") or node.args.get("group")) and not tells_apart


def _keys(
    node: exp.Select, values: Values, columns: dict[str, Col]
) -> tuple[tuple[frozenset[str], ...], frozenset[str]]:
    if node.args.get("group"):
        grouped = values.grouped(node)
        return ((frozenset(grouped),) if grouped is not None else ()), frozenset()
    if any(part.find(exp.AggFunc) and not part.find(exp.Window) for part in node.expressions):
        return (frozenset(),), frozenset()
    unique, repeats = carried(values.joined, columns)
    partition = _first_of_each(node, values, columns)
    if partition is not None:
        unique = (*unique, partition)
        repeats = repeats - partition if len(partition) == 1 else repeats
    elif node.args.get("distinct"):
        unique = (*unique, frozenset(columns))
        repeats = repeats if len(columns) > 1 else frozenset()
    return unique, repeats


def carried(joined: Joined, columns: dict[str, Col]) -> tuple[tuple[frozenset[str], ...], frozenset[str]]:
    """Keys of the sources that still name a row after the join, under the names of the outputs."""
    unique: list[frozenset[str]] = []
    repeats: set[str] = set()
    for alias, frame in joined.frames.items():
        origin = {id(col): name for name, col in frame.columns.items()}
        outs = {origin[id(col)]: name for name, col in columns.items() if id(col) in origin}
        if not joined.many.get(alias):
            unique += [frozenset(outs[name] for name in key) for key in frame.unique if key <= set(outs)]
            repeats |= {outs[name] for name in frame.repeats if name in outs}
        else:
            keys = {name for name, col in frame.columns.items() if col.is_key}
            repeats |= {outs[name] for name in keys | frame.repeats if name in outs}
    return tuple(unique), frozenset(repeats)


def _first_of_each(node: exp.Select, values: Values, columns: dict[str, Col]) -> frozenset[str] | None:
    """The outputs that name one row because only the first of each was kept (`row_number() … = 1`)."""
    for part in (*_wheres(node), *_conditions(node, "qualify")):
        if isinstance(part, exp.EQ) and isinstance(part.expression, exp.Literal) and part.expression.name == "1":
            col = values.of(part.this)
            if col.made == "row_number":
                names = {one.full_name: name for name, one in columns.items() if not one.made}
                if all(one.full_name in names for one in col.of):
                    return frozenset(names[one.full_name] for one in col.of)
    return None


def _wheres(node: exp.Select) -> list[exp.Expr]:
    return _conditions(node, "where")


def _conditions(node: exp.Select, part: str) -> list[exp.Expr]:
    return list(conjuncts(node.args[part].this)) if node.args.get(part) else []
