"""What a SELECT does that the rules look at, as events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from sqlglot import exp

from sandbox.checks.clinical._columns import Col, Frame
from sandbox.checks.clinical._events import (
    Aggregated,
    Compared,
    Counted,
    Dated,
    Divided,
    Event,
    Filled,
    Narrowed,
    Reading,
)
from sandbox.checks.clinical._joined import conjuncts
from sandbox.checks.clinical._query_values import HOW, Values, own
from sandbox.checks.clinical._times import age, window_of_span, window_of_times
from sandbox.checks.clinical._words import is_named

DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T].*)?\Z")
_OPS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=", exp.Like: "like",
}  # fmt: skip
_COMPARISONS = (*_OPS, exp.Between, exp.In)
_AVERAGES = (exp.Avg, exp.Stddev, exp.StddevSamp, exp.StddevPop, exp.Median, exp.Min)


class Reader(Protocol):
    reading: Reading
    bound: Mapping[str, tuple[str, ...]]
    filtered: dict[str, dict[str, int]]

    def line(self, node: exp.Expr) -> int: ...


def emit(reader: Reader, node: exp.Select, values: Values) -> None:
    """Add the events of one SELECT."""
    events = reader.reading.events
    where = [node.args["where"]] if node.args.get("where") else []
    bounding = [*where, *(join.args["on"] for join in node.args.get("joins") or () if join.args.get("on"))]
    for part in (
        *node.expressions,
        *(node.args[name] for name in ("having", "qualify", "order") if node.args.get(name)),
    ):
        events += _of_expression(reader, node, part, values)
        events += _of_conditions(reader, part, values, bounds=False)
    for part in bounding:
        events += _of_expression(reader, node, part, values)
        events += _of_conditions(reader, part, values, bounds=True)
    for part in where:
        events += _narrowing(reader, part, values)


def _of_expression(reader: Reader, select: exp.Select, part: exp.Expr, values: Values) -> Iterator[Event]:
    label = part.alias if isinstance(part, exp.Alias) else ""
    for node in own(part):
        line = reader.line(node)
        if isinstance(node, exp.AggFunc) and type(node) in HOW and not isinstance(node.parent, exp.Window):
            yield from _aggregates(reader, select, node, values, label)
        elif isinstance(node, exp.DateDiff | exp.Sub):
            col = values.of(node)
            if col.made == "years" and col.earlier is not None:
                yield from filter(None, [age(line, col.later, col.earlier, "years")])
        elif isinstance(node, exp.Div | exp.IntDiv):
            yield from _division(line, node, values)
        elif isinstance(node, exp.Coalesce):
            yield from _filling(line, node, values)


def _aggregates(reader: Reader, select: exp.Select, node: exp.Expr, values: Values, label: str) -> Iterator[Event]:
    line, how = reader.line(node), HOW[type(node)]
    group = values.grouped(select) if select.args.get("group") else ()
    if isinstance(node.this, exp.Star):
        yield _count_of_rows(line, values, label, select)
    elif isinstance(node.this, exp.Distinct):
        return
    else:
        quantile = node.args.get("quantile")
        if quantile is not None and quantile.name not in ("0.5", "0.50"):
            how = "quantile"
        ordered = node.parent.expression if isinstance(node.parent, exp.WithinGroup) else None
        col = values.of(ordered.expressions[0].this if ordered else node.this)
        if ordered and node.this.name not in ("0.5", "0.50"):
            how = "quantile"
        per_key = any(values.outputs[name].is_key for name in group or () if name in values.outputs)
        yield Aggregated(line, how, replace(col, many=_many(col, values, select)), per_key)


def _many(col: Col, values: Values, select: exp.Select) -> str:
    """What multiplies the values of an aggregate: "" where the rows are grouped by what they belong to."""
    if not col.of and not col.table:
        return ""
    if col.made in ("computed", "days", "years"):
        found = {_many(one, values, select) for one in col.of}
        return found.pop() if len(found) == 1 else ""
    group = [values.of(one).full_name for one in _group(select)]
    for frame in values.joined.frames.values():
        if any(col.full_name == one.full_name for one in frame.columns.values()):
            keys = [{frame.columns[name].full_name for name in key if name in frame.columns} for key in frame.unique]
            if any(key and key <= set(group) for key in keys):
                return ""
    return col.many


def _group(select: exp.Select) -> list[exp.Expr]:
    found = []
    for one in select.args["group"].expressions if select.args.get("group") else ():
        is_place = isinstance(one, exp.Literal) and one.is_int and 0 < int(one.name) <= len(select.expressions)
        found.append(select.expressions[int(one.name) - 1] if is_place else one)
    return found


def _count_of_rows(line: int, values: Values, label: str, select: exp.Select) -> Counted:
    joined = values.joined
    first = joined.frames.get(joined.first, Frame())
    many = joined.many.get(joined.first, "")
    if not many:
        return Counted(line, first, fine=True)
    by = next((alias for alias, frame in joined.frames.items() if (frame.table or alias) == many), "")
    shown = [one for part in (*select.expressions, *_group(select)) for one in part.find_all(exp.Column)]
    used = any(one.table.lower() == by for one in shown)
    fine = used or (not all(joined.many.values()) and is_fine_count(label, first))
    counted = first.multiplied(many)
    return Counted(line, replace(counted, table=first.table), fine=fine)


def is_fine_count(label: str, first: Frame) -> bool:
    """Whether the rows of the joined table are what a count of this label is after: stays of patients are."""
    if is_named("patients", label):
        return False
    return bool(first.patient_keys) and first.per_patient


def _division(line: int, node: exp.Expr, values: Values) -> Iterator[Event]:
    divisor = node.expression.name if isinstance(node.expression, exp.Literal) else ""
    if divisor:
        col = values.of(node.this)
        if col.earlier is not None and (
            divisor == "365" or (divisor.startswith("365") and isinstance(node, exp.IntDiv))
        ):
            yield from filter(None, [age(line, col.later, col.earlier, "days")])
        return
    top, bottom = values.number(node.this), values.number(node.expression)
    if top is not None and bottom is not None:
        yield Divided(line, top, bottom)


def _filling(line: int, node: exp.Expr, values: Values) -> Iterator[Event]:
    zero = node.expressions[0] if node.expressions else None
    col = values.of(node.this)
    if isinstance(zero, exp.Literal) and zero.name in ("0", "0.0") and not zero.is_string:
        above = node.parent
        while isinstance(above, exp.Paren | exp.Cast):
            above = above.parent
        yield Filled(line, col, HOW[type(above)] if isinstance(above, _AVERAGES) else "")


def _of_conditions(reader: Reader, part: exp.Expr, values: Values, bounds: bool) -> Iterator[Event]:
    for node in own(part):
        if isinstance(node, _COMPARISONS):
            yield from _comparison(reader, node, values, bounds)
        elif isinstance(node, exp.Literal) and node.is_string and (found := DATE.match(node.name)):
            above: exp.Expr | None = node.find_ancestor(*_COMPARISONS)
            alone = above is not None and not above.find(exp.Placeholder)
            yield Dated(reader.line(node), found[1], bounds and alone)


def _comparison(reader: Reader, node: exp.Expr, values: Values, bounds: bool) -> Iterator[Event]:
    line, left = reader.line(node), values.of(node.this)
    for col in (left, values.of(node.expression) if isinstance(node, exp.Binary) else left):
        for root in col.roots():
            reader.filtered.setdefault(root.table, {}).setdefault(root.source, line)
    if isinstance(node, exp.Between):
        yield from filter(None, [window_of_span(line, left, "between")])
        high, low = values.of(node.args["high"]), values.of(node.args["low"])
        for other, op in ((low, ">="), (high, "<=")):
            if other.of or other.table:
                yield from filter(None, [window_of_times(line, left, op, other)])
        return
    if isinstance(node, exp.In):
        yield from _compared(line, left, "in", _written(reader, node.expressions), bounds)
        return
    right, op = values.of(node.expression), _OPS[type(node)]
    if left.later is not None:
        yield from filter(None, [window_of_span(line, left, op)])
    elif right.table or right.of:
        yield from filter(None, [window_of_times(line, left, op, right)])
    else:
        yield from _compared(line, left, op, _written(reader, [node.expression]), bounds)


def _compared(line: int, col: Col, op: str, written: tuple[str, ...], bounds: bool) -> Iterator[Event]:
    if written:
        yield Compared(line, col, op, written, bounds)


def _written(reader: Reader, nodes: list[exp.Expr]) -> tuple[str, ...]:
    found: list[str] = []
    for node in nodes:
        if isinstance(node, exp.Literal):
            found.append(node.name)
        elif isinstance(node, exp.Placeholder):
            found += reader.bound.get(str(node.this), ())
    return tuple(found)


def _narrowing(reader: Reader, where: exp.Expr, values: Values) -> Iterator[Event]:
    """Conditions of WHERE that fail where the right side of a left join has no row."""
    for condition in conjuncts(where.this):
        if optional := _rejecting(condition, values):
            yield Narrowed(reader.line(condition), tuple(optional))


def _rejecting(node: exp.Expr, values: Values) -> list[Col]:
    if isinstance(node, exp.Paren):
        return _rejecting(node.this, values)
    if isinstance(node, exp.Or):
        sides = [_rejecting(node.this, values), _rejecting(node.expression, values)]
        return sides[0] + sides[1] if all(sides) else []
    if isinstance(node, exp.Not):
        return _rejecting(node.this, values) if not isinstance(node.this, exp.Is | exp.And) else []
    if not isinstance(node, _COMPARISONS) or any(own_part for own_part in own(node) if isinstance(own_part, exp.Case)):
        return []
    parts = [values.of(one) for one in (node.this, node.args.get("expression")) if isinstance(one, exp.Expr)]
    return [col for col in parts if col.optional and not col.made]
