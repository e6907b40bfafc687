"""The sources of a SELECT after their joins: which of them has rows that stand several times, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from sandbox.checks.clinical._columns import Frame
from sandbox.checks.clinical._words import is_named


@dataclass(frozen=True)
class Joined:
    """`frames` by alias, as after the join; `many` names what multiplies a source's rows; `first` is the FROM.

    `optional` are those on the right of a left join.
    """

    frames: dict[str, Frame]
    many: dict[str, str]
    first: str
    optional: frozenset[str]


Ends = dict[tuple[str, str], tuple[set[str], set[str]]]


def conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    """The conditions that must all hold."""
    if isinstance(node, exp.And):
        yield from conjuncts(node.this)
        yield from conjuncts(node.expression)
    elif isinstance(node, exp.Paren):
        yield from conjuncts(node.this)
    else:
        yield node


def join_sources(node: exp.Select, read: Callable[[exp.Expr], Frame]) -> Joined:
    """Read FROM and every JOIN of a SELECT."""
    frames: dict[str, Frame] = {}
    optional: set[str] = set()
    from_ = node.args.get("from_") or node.args.get("from")
    first = from_.this.alias_or_name.lower() if from_ else ""
    if from_:
        frames[first] = read(from_.this)
    conditions = list(conjuncts(node.args["where"].this)) if node.args.get("where") else []
    pairs: Ends = defaultdict(lambda: (set(), set()))
    for join in node.args.get("joins") or ():
        alias = join.this.alias_or_name.lower()
        frame = read(join.this)
        if join.kind.upper() in ("SEMI", "ANTI"):
            continue
        frames[alias] = frame
        if join.side.upper() in ("LEFT", "FULL"):
            frames[alias] = _marked(frame)
            optional.add(alias)
        if join.args.get("on"):
            conditions += conjuncts(join.args["on"])
        for name in join.args.get("using") or ():
            _pair(pairs, _holder(frames, name.name.lower(), alias), alias, name.name.lower(), name.name.lower())
    fixed = _equalities(conditions, frames, pairs)
    for absent in _absent(conditions, frames):
        pairs = {ends: columns for ends, columns in pairs.items() if absent not in ends}
    many = {alias: _multiplier(alias, frames, pairs, fixed) for alias in frames}
    for alias, frame in frames.items():
        looked_up = alias != first and frame.per_patient  # what is known of a patient, at each of their rows
        frames[alias] = frame if looked_up else _times(frame, many[alias])
    return Joined(frames, many, first, frozenset(optional))


def _marked(frame: Frame) -> Frame:
    return replace(frame, columns={name: replace(col, optional=True) for name, col in frame.columns.items()})


def _times(frame: Frame, by: str) -> Frame:
    if not by:
        return frame
    return replace(frame, columns={name: replace(col, many=col.many or by) for name, col in frame.columns.items()})


def _holder(frames: dict[str, Frame], name: str, not_alias: str) -> str:
    return next((alias for alias, frame in frames.items() if alias != not_alias and name in frame.columns), "")


def _pair(pairs: Ends, one: str, other: str, one_column: str, other_column: str) -> None:
    if one and other and one != other:
        pairs[one, other][0].add(one_column)
        pairs[one, other][1].add(other_column)
        pairs[other, one][0].add(other_column)
        pairs[other, one][1].add(one_column)


def _equalities(conditions: list[exp.Expr], frames: dict[str, Frame], pairs: Ends) -> dict[str, set[str]]:
    """Fill `pairs` with columns that are equal; return those that equal a written value, by alias."""
    fixed: dict[str, set[str]] = defaultdict(set)
    for condition in conditions:
        if not isinstance(condition, exp.EQ):
            continue
        left, right = condition.this, condition.expression
        if isinstance(left, exp.Column) and isinstance(right, exp.Column):
            _pair(pairs, _alias(left, frames), _alias(right, frames), left.name.lower(), right.name.lower())
        elif isinstance(left, exp.Column) and isinstance(right, exp.Literal | exp.Placeholder | exp.Boolean):
            fixed[_alias(left, frames)].add(left.name.lower())
    return fixed


def _absent(conditions: list[exp.Expr], frames: dict[str, Frame]) -> set[str]:
    """Left joins that only look for rows without a partner (`key IS NULL`)."""
    nulls = [one.this for one in conditions if isinstance(one, exp.Is) and isinstance(one.expression, exp.Null)]
    columns = [(column, frames.get(_alias(column, frames))) for column in nulls if isinstance(column, exp.Column)]
    return {
        _alias(column, frames)
        for column, frame in columns
        if frame and (col := frame.columns.get(column.name.lower())) and col.optional and col.is_key
    }


def _alias(column: exp.Column, frames: dict[str, Frame]) -> str:
    return column.table.lower() or _holder(frames, column.name.lower(), "")


def _multiplier(alias: str, frames: dict[str, Frame], pairs: Ends, fixed: dict[str, set[str]]) -> str:
    """What can make a row of `alias` stand several times: the first joined table with several rows for one."""
    seen, waiting = {alias}, [alias]
    while waiting:
        here = waiting.pop(0)
        for (one, other), (_, columns) in pairs.items():
            if one != here or other in seen or other not in frames:
                continue
            seen.add(other)
            waiting.append(other)
            chosen = columns | fixed.get(other, set())
            ranked = any(is_named("rank", name) for name in fixed.get(other, ()))
            if not ranked and frames[other].is_unique(chosen) is not True and frames[other].is_unique(columns) is False:
                return frames[other].table or other
    return ""
