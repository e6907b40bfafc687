"""Reading a program's expressions: columns, conditions, counts, and what pandas does with them."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from sandbox.checks.clinical._columns import Col, Frame, Grouped, Mask, Number, Series, Written
from sandbox.checks.clinical._events import Aggregated, Compared, Dated, Divided
from sandbox.checks.clinical._functions import call_function
from sandbox.checks.clinical._methods import call_method
from sandbox.checks.clinical._query_events import DATE
from sandbox.checks.clinical._times import age, difference, is_time, shifted, window_of_span, window_of_times

if TYPE_CHECKING:
    from sandbox.checks.clinical._program import ProgramReader, Value

OPS: dict[type[ast.cmpop], str] = {
    ast.Eq: "=", ast.NotEq: "<>", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in",
}  # fmt: skip
_SPANS = ("Timedelta", "timedelta", "timedelta64", "DateOffset", "to_timedelta", "relativedelta")


class Expressions:
    """Gives what is known of an expression; None for nothing."""

    def __init__(self, program: ProgramReader) -> None:
        self.program = program

    def of(self, node: ast.expr) -> Value:
        self.program.reading.step()
        rule = getattr(self, f"_{type(node).__name__.lower()}", None)
        if rule is not None:
            found: Value = rule(node)
            return found
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.of(child)
        return None

    def column(self, value: Value) -> Col | None:
        return value.col if isinstance(value, Series) else None

    # Names and values

    def _name(self, node: ast.Name) -> Value:
        return self.program.names.get(node.id)

    def _constant(self, node: ast.Constant) -> Value:
        if not isinstance(node.value, str | int | float):
            return None
        if isinstance(node.value, str) and (found := DATE.match(node.value)):
            self.program.reading.events.append(Dated(node.lineno, found[1]))
        return Written((str(node.value),))

    def _list(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        found = [self.of(one) for one in node.elts]
        if found and all(isinstance(one, Written) for one in found):
            return Written(tuple(text for one in found if isinstance(one, Written) for text in one.values))
        return tuple(found)

    _tuple = _set = _list

    def _attribute(self, node: ast.Attribute) -> Value:
        value, name = self.of(node.value), node.attr
        if isinstance(value, Frame):
            if name == "shape":
                return ("shape", value)
            return value if name in ("loc", "iloc", "T", "index") else self._take(value, name)
        if isinstance(value, Grouped) and name in value.frame.columns:
            return replace(value, only=name)
        if isinstance(value, Series):
            return _part_of_time(value, name)
        return value if isinstance(value, Mask) else None

    def _take(self, frame: Frame, name: str) -> Value:
        if name in frame.columns:
            return Series(frame.columns[name], frame)
        known = name.isidentifier() and not frame.whole and not hasattr(frame, name)
        return Series(Col(name=name, table=frame.table, source=name if frame.table else ""), frame) if known else None

    def _subscript(self, node: ast.Subscript) -> Value:
        value, key = self.of(node.value), node.slice
        is_loc = isinstance(node.value, ast.Attribute) and node.value.attr == "loc"
        if isinstance(value, tuple) and value[:1] == ("shape",) and isinstance(value[1], Frame):
            self.program.counted(node.lineno, value[1])
            return Number("rows", value[1])
        if isinstance(value, Frame) and isinstance(key, ast.Tuple) and is_loc and len(key.elts) == 2:
            rows = self.filter(value, self.of(key.elts[0]))
            return self._choose(rows, key.elts[1])
        if isinstance(value, Frame):
            return self._choose(value, key)
        if isinstance(value, Grouped):
            return replace(value, only=_text(key)) if _text(key) else value
        inner = self.of(key)
        if isinstance(value, Series) and isinstance(inner, Mask):
            return Series(value.col, value.frame.filtered() if value.frame else None)
        return None

    def _choose(self, frame: Frame, key: ast.expr) -> Value:
        """A column by its name, several, or rows by a condition."""
        if _text(key):
            return self._take(frame, _text(key))
        if isinstance(key, ast.List):
            names = [_text(one) for one in key.elts]
            return replace(frame, columns={name: frame.columns[name] for name in names if name in frame.columns})
        if isinstance(key, ast.Name) and key.id in self.program.loops:
            return None  # one column after the other
        return self.filter(frame, self.of(key))

    def query_mask(self, frame: Frame, node: ast.expr | None) -> Value:
        """The condition of `frame.query("…")`, where columns are names and @ stands before variables."""
        if node is None or not _text(node):
            return None
        try:
            tree = ast.parse(_text(node).replace("@", " ").strip(), mode="eval")
        except (SyntaxError, ValueError, MemoryError):
            return None
        for part in ast.walk(tree):
            if isinstance(part, ast.expr):
                ast.copy_location(part, node)
        names = self.program.names
        self.program.names = {**names, **{name: Series(col, frame) for name, col in frame.columns.items()}}
        found = self.of(tree.body)
        self.program.names = names
        return found

    def filter(self, frame: Frame, mask: Value) -> Frame:
        if isinstance(mask, Series):
            mask = Mask(frame=mask.frame)
        if not isinstance(mask, Mask):
            return frame.filtered() if mask is None else frame
        self.program.reading.events += [Dated(line, date, bounds=True) for line, date in mask.dates]
        columns = {
            name: replace(col, present=True) if name in mask.present else col for name, col in frame.columns.items()
        }
        if any(is_time(col) or col.later is not None for col in mask.cols) and len(_tables(mask.cols)) > 1:
            columns = {name: replace(col, many="") for name, col in columns.items()}  # the pairs that are meant
        return replace(frame.filtered(), columns=columns)

    # Operators

    def _unaryop(self, node: ast.UnaryOp) -> Value:
        value = self.of(node.operand)
        if isinstance(node.op, ast.Invert) and isinstance(value, Mask):
            return Mask(frame=value.frame, rejecting=value.rejecting if not value.present else (), cols=value.cols)
        return value

    def _boolop(self, node: ast.BoolOp) -> Value:
        found = [self.of(one) for one in node.values]
        masks = [one for one in found if isinstance(one, Mask)]
        return reduce(lambda one, other: _both(one, other, isinstance(node.op, ast.And)), masks) if masks else found[-1]

    def _ifexp(self, node: ast.IfExp) -> Value:
        self.of(node.test)
        body, other = self.of(node.body), self.of(node.orelse)
        return body if body is not None else other

    def _binop(self, node: ast.BinOp) -> Value:
        left, right = self.of(node.left), self.of(node.right)
        if (
            isinstance(left, Mask | Series)
            and isinstance(right, Mask | Series)
            and isinstance(node.op, ast.BitAnd | ast.BitOr)
        ):
            return _both(left, right, isinstance(node.op, ast.BitAnd))
        if isinstance(left, Number) and isinstance(right, Number) and isinstance(node.op, ast.Div):
            self.program.reading.events.append(Divided(node.lineno, left, right))
            return None
        if isinstance(left, Number):
            return left
        if isinstance(left, Series) and isinstance(node.op, ast.Sub | ast.Add | ast.Div | ast.FloorDiv | ast.Mult):
            return self._arithmetic(node, left, right)
        col = self.column(right)
        return (
            Series(Col(name="", made="computed", of=(col,)), right.frame) if col and isinstance(right, Series) else None
        )

    def _arithmetic(self, node: ast.BinOp, left: Series, right: Value) -> Value:
        if isinstance(right, Written) and right.length and is_time(left.col):
            return Series(shifted(left.col), left.frame)
        if isinstance(node.op, ast.Sub) and isinstance(right, Series):
            return Series(self._minus(node, left.col, right.col), left.frame)
        if isinstance(node.op, ast.Div | ast.FloorDiv) and isinstance(right, Written):
            self._years(node, left.col, right.values[0] if right.values else "")
            return left
        cols = (left.col, right.col) if isinstance(right, Series) else (left.col,)
        return Series(Col(name=left.col.name, made="computed", of=cols, many=left.col.many), left.frame)

    def _minus(self, node: ast.BinOp, left: Col, right: Col) -> Col:
        if left.made == "year":
            after = isinstance(self.parents.get(node), ast.BinOp) and isinstance(self.parents[node].op, ast.Sub)  # type: ignore[attr-defined]
            found = None if after else age(node.lineno, left, right, "years")
            self.program.reading.events += [found] if found else []
            return difference(left, right, made="years")
        if is_time(left) and is_time(right):
            return difference(left, right)
        return Col(name="", made="difference", of=(left, right))

    def _years(self, node: ast.BinOp, col: Col, divisor: str) -> None:
        if col.later is None or col.earlier is None:
            return
        if divisor in ("365", "365.0"):
            found = age(node.lineno, col.later, col.earlier, "days")
            self.program.reading.events += [found] if found else []

    @property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return self.program.parents

    def _compare(self, node: ast.Compare) -> Value:
        left, right = self.of(node.left), self.of(node.comparators[0])
        for other in node.comparators[1:]:
            self.of(other)
        op = OPS.get(type(node.ops[0]), "")
        if not isinstance(left, Series):
            return None
        return self.compared(node.lineno, left, op, right)

    def compared(self, line: int, left: Series, op: str, right: Value, present: bool = True) -> Mask:
        """A column held against values, or another column."""
        events, col = self.program.reading.events, left.col
        cols: tuple[Col, ...] = (col,)
        dates: tuple[tuple[int, str], ...] = ()
        if isinstance(right, Series):
            window = window_of_times(line, col, op, right.col)
            events += [window] if window else []
            cols = (col, right.col)
        elif col.later is not None:
            span = window_of_span(line, col, op)
            events += [span] if span else []
        elif isinstance(right, Written) and right.values:
            events.append(Compared(line, col, op, right.values))
            if not right.parameter and op not in ("=", "<>"):
                dates = tuple((line, found[1]) for one in right.values if (found := DATE.match(one)))
        rejecting = () if op == "<>" else cols
        names = frozenset(one.name for one in cols) if present and op != "<>" else frozenset()
        return Mask(frame=left.frame, rejecting=rejecting, present=names, cols=cols, dates=dates)

    # Calls

    def _call(self, node: ast.Call) -> Value:
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "sql":
            return self.program.query(node)
        if isinstance(function, ast.Attribute):
            if function.attr in _SPANS:
                return _span(node)
            value = self.of(function.value)
            if value is not None and not isinstance(value, tuple):
                return call_method(self, node, function.attr, value)
            return call_function(self, node, function.attr)
        if isinstance(function, ast.Name):
            if function.id in _SPANS:
                return _span(node)
            own = self.program.call_own(function.id, node)
            return own if own is not None else call_function(self, node, function.id)
        return None

    def _lambda(self, node: ast.Lambda) -> Value:
        return None  # read where it is called

    def call_lambda(self, node: ast.expr | None, value: Value) -> Value:
        """A lambda of one argument, or one of the program's functions, applied to `value`."""
        if not isinstance(node, ast.Lambda) or not node.args.args:
            return None
        name, names = node.args.args[0].arg, self.program.names
        self.program.names = {**names, name: value}
        found = self.of(node.body)
        self.program.names = names
        return found

    def aggregated(self, node: ast.Call, how: str, col: Col, per_key: bool = False) -> None:
        step = how in ("mean", "std") and self._is_step(node, how)
        self.program.reading.events.append(Aggregated(node.lineno, how, col, per_key or step))

    def _is_step(self, node: ast.Call, how: str) -> bool:
        """Whether a mean or a deviation is a part of a formula (centred, standardised) and not a result.

        A difference or ratio of two means is a result, and so is a mean in other units.
        """
        around: list[ast.BinOp] = []
        here = self.parents.get(node)
        while isinstance(here, ast.expr):
            if isinstance(here, ast.Compare) and how == "std":
                return True
            around += [here] if isinstance(here, ast.BinOp) else []
            here = self.parents.get(here)
        if not around or not isinstance(self.parents.get(node), ast.BinOp | ast.Call):
            return bool(around) and how == "std"
        other = around[0].left if around[0].right is node else around[0].right
        return how == "std" or len(around) > 1 or not isinstance(other, ast.Call | ast.Constant)


def _both(left: Mask | Series, right: Mask | Series, both: bool) -> Mask:
    one = left if isinstance(left, Mask) else Mask(frame=left.frame)
    other = right if isinstance(right, Mask) else Mask(frame=right.frame)
    rejecting = one.rejecting + other.rejecting if both or (one.rejecting and other.rejecting) else ()
    present = one.present | other.present if both else one.present & other.present
    return Mask(
        frame=one.frame or other.frame,
        rejecting=rejecting,
        present=present,
        cols=one.cols + other.cols,
        dates=one.dates + other.dates,
    )


def _span(node: ast.Call) -> Written:
    """A length of time, with its days where they are written."""
    given = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "days")]
    days = tuple(str(one.value) for one in given if isinstance(one, ast.Constant))
    return Written(days, length=True)


def _tables(cols: tuple[Col, ...]) -> set[tuple[str, int]]:
    return {(root.table, root.query) for col in cols for root in col.roots()}


def _part_of_time(value: Series, name: str) -> Series:
    """`.dt.year` is another thing than the time; `.dt.days` of a difference is still that difference."""
    if name in ("year", "month", "day", "hour", "quarter", "week", "weekday", "dayofyear"):
        return Series(Col(name=value.col.name, made=name, of=(value.col,)), value.frame)
    return value


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
