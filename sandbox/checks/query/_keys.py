"""Keys stay opaque: what an expression's values are, and whether it does to a key what may be done to one.

A patient or event key may be joined, compared for equality within its domain, counted, grouped, partitioned
by, chosen (CASE, COALESCE, LAG, ANY_VALUE) and returned. It may not be computed with, taken apart, cast,
compared with a written value, or used to order: its value could then leave as something that is no token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec
from sqlglot import exp

from sandbox.errors import QueryRefused

What = Literal["patient_key", "event_key", "date", "aggregate", "plain"]


class Kind(msgspec.Struct, frozen=True):
    """What the values of an expression are; `column` is the key column they come from."""

    what: What = "plain"
    domain: str = ""
    column: str = ""

    @property
    def is_key(self) -> bool:
        return self.what in ("patient_key", "event_key")

    def meets(self, other: Kind) -> bool:
        return (self.what, self.domain) == (other.what, other.domain)


PLAIN, DATE, AGGREGATE = Kind(), Kind("date"), Kind("aggregate")

_EQUALITY = (exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ)
_COUNTS = (exp.Count, exp.ApproxDistinct)
# These hand on one of their first argument's values unchanged. Beside a key they may have these arguments and no
# other: an argument that nobody has read could be a value that is handed on in the key's place.
_CHOICES: dict[type[exp.Expr], frozenset[str]] = {
    exp.AnyValue: frozenset(), exp.First: frozenset(), exp.Last: frozenset(), exp.FirstValue: frozenset(),
    exp.LastValue: frozenset(), exp.NthValue: frozenset({"offset"}), exp.Lag: frozenset({"offset", "default"}),
    exp.Lead: frozenset({"offset", "default"}), exp.ArgMax: frozenset({"expression"}),
    exp.ArgMin: frozenset({"expression"}),
}  # fmt: skip
_WRAPPERS = (exp.Paren, exp.Alias, exp.IgnoreNulls, exp.RespectNulls)
_DATES = (exp.CurrentDate, exp.CurrentTimestamp, exp.DateTrunc, exp.TimestampTrunc, exp.LastDay, exp.DateFromParts,
          exp.TimestampFromParts, exp.StrToTime, exp.DateAdd, exp.DateBin, exp.Date, exp.StrToDate, exp.AddMonths,
          exp.NextDay, exp.TsOrDsToDate, exp.DateSub, exp.TimestampAdd)  # fmt: skip
_DATE_TYPES = ("DATE", "DATETIME", "TIMESTAMP")
_AGGREGATES = (exp.AggFunc,)
_VARYING = (exp.Column, exp.Star, exp.Query, exp.Window, exp.AggFunc)  # without one, every row has the same

_ASK = "Join, compare, count, group, partition or return keys; use other columns for the rest."


class Expressions:
    """Finds the kind of an expression, or refuses what it does to a key.

    `resolve` gives the kind of a column, `outputs` the kinds that a nested query returns.
    """

    def __init__(self, resolve: Callable[[exp.Column], Kind], outputs: Callable[[exp.Expr], Iterable[Kind]]) -> None:
        self._resolve = resolve
        self._outputs = outputs

    def kind(self, node: exp.Expr) -> Kind:
        """The kind of `node`; every part of it is checked on the way."""
        for types, rule in _RULES:
            if isinstance(node, types):
                return rule(self, node)
        return self._computed(node)

    def plain(self, node: exp.Expr, doing: str) -> Kind:
        """The kind of `node`, which may not be a key."""
        kind = self.kind(node)
        if kind.is_key:
            raise QueryRefused(f"The key {kind.column} may not be {doing}.", _ASK)
        return kind

    def order(self, node: exp.Expr | None) -> None:
        """Check the expressions of an ORDER BY: keys carry an order that may not be used."""
        for ordered in node.expressions if node else ():
            by = ordered.this if isinstance(ordered, exp.Ordered) else ordered
            kind = self.kind(by)
            if not any(by.find_all(*_VARYING)):  # the engine takes ORDER BY (2) for the second column, maybe a key
                raise QueryRefused("ORDER BY needs a column, not a written value.", "Name the column to order by.")
            if kind.is_key:
                raise QueryRefused(
                    f"The key {kind.column} may not be used to order.",
                    "Order by a date. For the first row of each patient: QUALIFY row_number() OVER"
                    " (PARTITION BY pat_id ORDER BY admit_dt) = 1.",
                )

    def group(self, node: exp.Expr) -> None:
        """One expression of a GROUP BY, or a set of them; keys are welcome."""
        if isinstance(node, exp.Tuple | exp.GroupingSets | exp.Cube | exp.Rollup):
            for part in node.expressions:
                self.group(part)
        else:
            self.kind(node)

    # Rules, one per sort of node.

    def _column(self, node: exp.Column) -> Kind:
        return self._resolve(node)

    def _wrapper(self, node: exp.Expr) -> Kind:
        return self.kind(node.this)

    def _leaf(self, node: exp.Expr) -> Kind:
        return PLAIN

    def _star(self, node: exp.Star) -> Kind:
        raise QueryRefused("A star stands for whole rows, keys among them.", "Write count(*), or name the columns.")

    def _equality(self, node: exp.Binary) -> Kind:
        left, right = self.kind(node.this), self.kind(node.expression)
        if left.is_key or right.is_key:
            self._meet(left, right, node.this, node.expression)
        return PLAIN

    def _meet(self, left: Kind, right: Kind, *nodes: exp.Expr) -> None:
        if left.is_key and right.is_key and left.meets(right):
            return
        key = (left if left.is_key else right).column
        if left.is_key and right.is_key:
            raise QueryRefused(
                f"{left.column} and {right.column} identify different things.", "Compare keys of the same kind only."
            )
        if any(isinstance(node.unnest(), exp.Placeholder) for node in nodes):
            raise QueryRefused(
                f"The key {key} can't be compared with a parameter.",
                f'Pass the keys as cohort={{"{key}": frame.{key}}}.',
            )
        raise QueryRefused(
            f"The key {key} may only be compared with a key.",
            "A program never holds a key's value; use a join or cohort=.",
        )

    def _is(self, node: exp.Is) -> Kind:
        if isinstance(node.expression, exp.Null):
            self.kind(node.this)
            return PLAIN
        return self._computed(node)

    def _in(self, node: exp.In) -> Kind:
        kind = self.kind(node.this)
        query = node.args.get("query")
        found = list(self._outputs(query)) if query else [self.kind(item) for item in node.expressions]
        if isinstance(node.this.unnest(), exp.Tuple) or (query and len(found) != 1):
            raise QueryRefused("IN compares one column.", "Write EXISTS (SELECT 1 FROM … WHERE …).")
        if kind.is_key or any(other.is_key for other in found):
            for other in found:
                self._meet(kind, other, *node.expressions)
        return PLAIN

    def _exists(self, node: exp.Exists) -> Kind:
        list(self._outputs(node.this))
        return PLAIN

    def _count(self, node: exp.Expr) -> Kind:
        counted = [*node.this.expressions] if isinstance(node.this, exp.Distinct) else [node.this, *node.expressions]
        for part in counted:
            if part is not None and not (isinstance(part, exp.Star) and isinstance(node, exp.Count)):
                self.kind(part)
        return AGGREGATE

    def _choice(self, node: exp.Expr) -> Kind:
        first, default = node.this, node.args.get("default")
        kind = self.kind(first)
        for part in _children(node):
            if part is not first and part is not default:
                self.plain(part, "used to choose another value")
        returned = [(first.this if isinstance(first, exp.Order) else first, kind)]
        if default is not None:  # what LAG and LEAD return where there is no such row
            returned.append((default, self.kind(default)))
        found = _one_of(returned)
        if found.is_key:
            _check_arguments(node, found)
            return found
        return DATE if kind is DATE else AGGREGATE if isinstance(node, _AGGREGATES) else PLAIN

    def _case(self, node: exp.Expr) -> Kind:
        branches = node.args.get("ifs") or [node]
        if node.args.get("ifs") and node.this:
            self.plain(node.this, "compared with written values")
        for branch in branches:
            self.plain(branch.this, "used as a condition")
        results = [branch.args["true"] for branch in branches]
        last = node.args.get("default") or node.args.get("false")
        return self._returned([*results, *([last] if last else [])])

    def _coalesce(self, node: exp.Coalesce) -> Kind:
        return self._returned([node.this, *node.expressions])

    def _returned(self, results: list[exp.Expr]) -> Kind:
        return _one_of([(result, self.kind(result)) for result in results])

    def _window(self, node: exp.Window) -> Kind:
        kind = self.kind(node.this)
        for part in node.args.get("partition_by") or ():
            self.kind(part)
        self.order(node.args.get("order"))
        spec = node.args.get("spec")
        for bound in (spec.args.get("start"), spec.args.get("end")) if spec else ():
            if isinstance(bound, exp.Expr):
                self.plain(bound, "a bound of a window")
        return PLAIN if kind is AGGREGATE else kind

    def _filter(self, node: exp.Filter) -> Kind:
        self.plain(node.expression.this, "used as a condition")
        return self.kind(node.this)

    def _within_group(self, node: exp.WithinGroup) -> Kind:
        self.order(node.expression)
        return self._computed(node.this)

    def _ordered_argument(self, node: exp.Order) -> Kind:
        self.order(node)
        return self.kind(node.this)

    def _distinct(self, node: exp.Distinct) -> Kind:
        kinds = [self.kind(part) for part in node.expressions]
        key = next((kind for kind in kinds if kind.is_key), None)
        if key and len(kinds) > 1:
            raise QueryRefused(f"The key {key.column} stands beside other values in a DISTINCT.", _ASK)
        return kinds[0] if kinds else PLAIN

    def _nested(self, node: exp.Expr) -> Kind:
        kinds = list(self._outputs(node))
        if len(kinds) != 1:
            raise QueryRefused("A query in an expression must return one column.", "Write a join.")
        return kinds[0]

    def _cast(self, node: exp.Cast) -> Kind:
        self.plain(node.this, "cast")
        return DATE if node.to.this.name.startswith(_DATE_TYPES) else PLAIN

    def _computed(self, node: exp.Expr) -> Kind:
        """Anything else computes with its parts, so none of them may be a key."""
        kinds = [self.plain(part, "computed with or taken apart") for part in _children(node)]
        if isinstance(node, _AGGREGATES) or AGGREGATE in kinds:
            return AGGREGATE
        if isinstance(node, _DATES) or (isinstance(node, exp.Add | exp.Sub) and _moves_a_date(node, kinds)):
            return DATE
        return PLAIN


def _one_of(results: list[tuple[exp.Expr, Kind]]) -> Kind:
    """The kind of a value that is one of `results`: a key only where each of them is that key, or NULL."""
    kinds = [kind for result, kind in results if not isinstance(result.unnest(), exp.Null)]
    keys = [kind for kind in kinds if kind.is_key]
    for kind in kinds if keys else ():
        if not kind.meets(keys[0]):
            raise QueryRefused(
                f"The key {keys[0].column} is mixed with other values.", "Let every branch return the key, or NULL."
            )
    if keys:
        return keys[0]
    if AGGREGATE in kinds:
        return AGGREGATE
    return DATE if kinds and all(kind is DATE for kind in kinds) else PLAIN


def _check_arguments(node: exp.Expr, key: Kind) -> None:
    for part, value in node.args.items():
        if value and part != "this" and part not in _CHOICES[type(node)]:
            raise QueryRefused(
                f"The key {key.column} is chosen with an argument too many.",
                "Write any_value(key), arg_max(key, date).",
            )


def _children(node: exp.Expr) -> list[exp.Expr]:
    return [
        child for child in node.iter_expressions() if not isinstance(child, exp.DataType | exp.Var | exp.Identifier)
    ]


def _moves_a_date(node: exp.Expr, kinds: list[Kind]) -> bool:
    return kinds[0] is DATE and isinstance(node.expression.unnest(), exp.Interval | exp.ToDays | exp.Anonymous)


_Rule = Callable[[Expressions, Any], Kind]
_RULES: tuple[tuple[type | tuple[type, ...], _Rule], ...] = (
    (exp.Column, Expressions._column),
    (_WRAPPERS, Expressions._wrapper),
    ((exp.Literal, exp.Null, exp.Boolean, exp.Placeholder, exp.Var), Expressions._leaf),
    (exp.Star, Expressions._star),
    (_EQUALITY, Expressions._equality),
    (exp.Is, Expressions._is),
    (exp.In, Expressions._in),
    (exp.Exists, Expressions._exists),
    (_COUNTS, Expressions._count),
    (tuple(_CHOICES), Expressions._choice),
    ((exp.Case, exp.If), Expressions._case),
    (exp.Coalesce, Expressions._coalesce),
    (exp.Window, Expressions._window),
    (exp.Filter, Expressions._filter),
    (exp.WithinGroup, Expressions._within_group),
    (exp.Order, Expressions._ordered_argument),
    (exp.Distinct, Expressions._distinct),
    ((exp.Subquery, exp.Select, exp.SetOperation), Expressions._nested),
    ((exp.Cast, exp.TryCast), Expressions._cast),
)
