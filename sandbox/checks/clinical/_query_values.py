"""The expressions of a query as columns: where their values come from and how they are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from sqlglot import exp

from sandbox.checks.clinical._columns import Col, Number
from sandbox.checks.clinical._events import Reading
from sandbox.checks.clinical._joined import Joined
from sandbox.checks.clinical._times import difference, is_time, shifted

_SAME = (exp.Paren, exp.Alias, exp.Cast, exp.TryCast, exp.Round, exp.DateTrunc, exp.TimestampTrunc, exp.Nullif,
         exp.IgnoreNulls, exp.Filter, exp.Date, exp.Floor, exp.Ceil)  # fmt: skip
HOW: dict[type[exp.Expr], str] = {
    exp.Avg: "mean", exp.Sum: "sum", exp.Count: "count", exp.Median: "median", exp.Stddev: "std", exp.StddevSamp: "std",
    exp.StddevPop: "std", exp.Variance: "variance", exp.Min: "min", exp.Max: "max", exp.Quantile: "median",
    exp.PercentileCont: "median", exp.PercentileDisc: "median", exp.ApproxQuantile: "median",
}  # fmt: skip
YEARS = ("YEAR", "YEARS", "Y")


class Notes(Protocol):
    """What the reader keeps of the columns that are named."""

    named: dict[str, dict[str, int]]
    reading: Reading

    def line(self, node: exp.Expr) -> int: ...


class Values:
    """Columns of one SELECT: those of its own sources, then of the query around it.

    `outputs` are its own by name; `present` are columns that its WHERE requires to be there.
    """

    def __init__(self, notes: Notes, joined: Joined, outer: Values | None) -> None:
        self.joined = joined
        self.outputs: dict[str, Col] = {}
        self.present: set[str] = set()
        self._notes = notes
        self._outer = outer

    def of(self, node: exp.Expr | None) -> Col:
        """The facts of an expression; nothing known is an unnamed computed column. None: a call without arguments."""
        self._notes.reading.step()
        if node is None:
            return Col(name="", made="computed")
        if isinstance(node, exp.Column):
            return self._column(node)
        for kinds, rule in self._rules():
            if isinstance(node, kinds):
                return rule(node)
        columns = tuple(self.of(one) for one in own(node) if isinstance(one, exp.Column))
        return Col(name="", made="computed", of=columns)

    def _rules(self) -> tuple[tuple[tuple[type, ...], Callable[[exp.Expr], Col]], ...]:
        return (
            (_SAME, lambda node: self.of(node.this)),
            ((exp.WithinGroup,), lambda node: self._computed(node, "median")),
            ((exp.Window,), self._window),
            ((exp.DateDiff, exp.TimestampDiff), self._difference),
            ((exp.Sub,), self._subtraction),
            ((exp.Add, exp.DateAdd, exp.DateSub), self._addition),
            ((exp.Coalesce,), self._filled),
            ((exp.Year,), lambda node: self._computed(node, "year")),
            ((exp.Extract,), lambda node: self._computed(node, "year" if node.name.upper() in YEARS else "computed")),
            ((exp.Case, exp.If, exp.Predicate, exp.Not, exp.Connector), lambda node: self._computed(node, "condition")),
            ((exp.AggFunc,), self._aggregate),
        )  # fmt: skip

    def _column(self, node: exp.Column) -> Col:
        alias, name = node.table.lower(), node.name.lower()
        frames = self.joined.frames
        for here, frame in frames.items():
            only = len(frames) == 1 and not self._is_output(name)
            if alias in ("", here) and (name in frame.columns or alias or only):
                if frame.table:
                    self._notes.named.setdefault(frame.table, {}).setdefault(name, self._notes.line(node))
                return frame.columns.get(name) or self._unknown(here, name)
        if self._is_output(name) and not alias:
            return self.outputs[name]
        return self._outer._column(node) if self._outer else Col(name=name)

    def _unknown(self, alias: str, name: str) -> Col:
        """A column of a table that the schema does not have."""
        table, joined = self.joined.frames[alias].table, self.joined
        return Col(name=name, table=table, source=name, many=joined.many[alias], optional=alias in joined.optional)

    def _is_output(self, name: str) -> bool:
        return name in self.outputs

    def _filled(self, node: exp.Expr) -> Col:
        col = self.of(node.this)
        return replace(col, optional=False, made="filled", of=(col,))

    def _window(self, node: exp.Expr) -> Col:
        inner = node.this
        partition = tuple(self.of(one) for one in node.args.get("partition_by") or ())
        if isinstance(inner, exp.RowNumber):
            return Col(name="", made="row_number", of=partition)
        if isinstance(inner, exp.Lead | exp.Lag):
            col = self.of(inner.this)
            return replace(col, made="next" if isinstance(inner, exp.Lead) else "previous", of=(col,))
        return self._computed(inner, "computed")

    def _difference(self, node: exp.Expr) -> Col:
        unit = (node.args["unit"].name if node.args.get("unit") else "DAY").upper()
        later, earlier = self.of(node.this), self.of(node.expression)
        return difference(later, earlier, made="years" if unit in YEARS else "days")

    def _subtraction(self, node: exp.Expr) -> Col:
        left, right = self.of(node.this), self.of(node.expression)
        if isinstance(node.expression, exp.Interval):
            return shifted(left)
        if left.made == "year":
            return difference(left, right, made="years")
        return (
            difference(left, right)
            if is_time(left) and is_time(right)
            else Col(name="", made="computed", of=(left, right))
        )

    def _addition(self, node: exp.Expr) -> Col:
        left = self.of(node.this)
        return shifted(left) if is_time(left) else self._computed(node, "computed")

    def _aggregate(self, node: exp.Expr) -> Col:
        made = HOW.get(type(node), "computed")
        return replace(self._computed(node, made), by=("group",))

    def _computed(self, node: exp.Expr, made: str) -> Col:
        columns = tuple(self.of(part) for part in _arguments(node))
        name = columns[0].name if len(columns) == 1 else ""
        schema = columns[0].schema if len(columns) == 1 and made in ("min", "max") else None
        return Col(name=name, made=made, of=columns, schema=schema)

    def required(self, node: exp.Expr) -> list[Col]:
        """Columns that a condition requires to be there."""
        if isinstance(node, exp.Not) and isinstance(node.this, exp.Is):
            return [self.of(node.this.this)]
        if isinstance(node, exp.Is | exp.Or | exp.Not | exp.Query | exp.Exists) or node.find(exp.Coalesce):
            return []
        parts = [node.this, node.expression] if isinstance(node, exp.Binary) else [node.this]
        return [self.of(part) for part in parts if isinstance(part, exp.Column)]

    def grouped(self, node: exp.Select) -> tuple[str, ...] | None:
        """The outputs that the rows are grouped by; None where one of them is not returned."""
        group = node.args["group"]
        if group.args.get("all"):
            return tuple(one.alias_or_name.lower() for one in node.expressions if not one.find(exp.AggFunc))
        names = []
        for one in group.expressions:
            if isinstance(one, exp.Literal) and one.is_int and 0 < int(one.name) <= len(node.expressions):
                names.append(node.expressions[int(one.name) - 1].alias_or_name.lower())
                continue
            found = [
                out.alias_or_name.lower()
                for out in node.expressions
                if one in (out, out.unalias()) or (one.name and one.name == out.alias)
            ]
            if not found:
                return None
            names.append(found[0])
        return tuple(names)

    def number(self, node: exp.Expr) -> Number | None:
        """What a part of a division counts."""
        while isinstance(node, exp.Paren | exp.Cast | exp.Nullif | exp.Filter | exp.Round | exp.Mul | exp.Alias):
            is_factor = isinstance(node, exp.Mul) and isinstance(node.this, exp.Literal)
            node = node.expression if is_factor else node.this
        if not isinstance(node, exp.Count | exp.Sum):
            return None
        if isinstance(node, exp.Sum):
            col = self.of(node.this)
            return Number("sum", col=replace(col, present=col.present or col.full_name in self.present))
        if isinstance(node.this, exp.Star):
            return Number("rows")
        if isinstance(node.this, exp.Distinct):
            roots = [root for root in self.of(node.this.expressions[0]).roots() if root.schema]
            is_patient = any(root.schema and root.schema.key == "patient" for root in roots)
            return Number("patients" if is_patient else "keys")
        return Number("present", col=self.of(node.this))


def _arguments(node: exp.Expr) -> Iterator[exp.Expr]:
    """The columns below a function, outermost expressions that are columns or computed from them."""
    for one in own(node):
        if isinstance(one, exp.Column):
            yield one


def own(node: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of an expression, without those of nested queries."""
    for part in node.walk(prune=lambda one: isinstance(one, exp.Query)):
        if not isinstance(part, exp.Query):
            yield part
