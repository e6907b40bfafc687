"""Reading a program's statements in their order, without running it: which name holds which rows, and events."""

from __future__ import annotations

import ast
from dataclasses import replace

from sandbox.checks.clinical._columns import Col, Frame, Grouped, Mask, Number, Series, Written
from sandbox.checks.clinical._events import Counted, Narrowed, Reading
from sandbox.checks.clinical._expressions import Expressions
from sandbox.checks.clinical._methods import zeroed
from sandbox.checks.clinical._query import read_query

Value = Frame | Series | Mask | Grouped | Number | Written | tuple[object, ...] | None
_SAME_ROWS = ("copy", "reset_index", "sort_values")
DEEPEST = 4  # calls of the program's own functions inside each other


def read_program(reading: Reading, tree: ast.Module, queries: dict[int, str]) -> None:
    """Add to `reading` what a program does, beginning with its module's statements and main.

    `queries` gives the dialect of each literal query by its line.
    """
    reader = ProgramReader(reading, tree, queries)
    reader.statements([one for one in tree.body if not isinstance(one, ast.FunctionDef | ast.ClassDef)])
    for main in (one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "main"):
        for argument in (*main.args.args, *main.args.kwonlyargs):
            reader.names[argument.arg] = _default(reading.parameters, argument.arg)
        reader.body = main.body
        reader.statements(main.body)


def _default(parameters: dict[str, object], name: str) -> Written | None:
    if name not in parameters:
        return None
    value = parameters[name]
    found = value if isinstance(value, list) else [value]
    return Written(tuple(str(one) for one in found), parameter=name)


class ProgramReader:
    """`names` holds what is known of each variable; `reading` takes the events."""

    def __init__(self, reading: Reading, tree: ast.Module, dialects: dict[int, str]) -> None:
        self.reading = reading
        self.names: dict[str, Value] = {}
        self.body: list[ast.stmt] = []
        self._functions = {
            one.name: one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name != "main"
        }
        self._last_load: dict[str, int] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self._last_load[node.id] = max(node.lineno, self._last_load.get(node.id, 0))
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self.loops = {name.id for node in ast.walk(tree) if isinstance(node, ast.For | ast.comprehension)
                      for name in ast.walk(node.target) if isinstance(name, ast.Name)}  # fmt: skip
        self._dialects = dialects
        self._depth = 0
        self._returned: Value = None
        self.expressions = Expressions(self)

    def value(self, node: ast.expr | None) -> Value:
        return self.expressions.of(node) if node is not None else None

    # Statements

    def statements(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign | ast.AnnAssign) and "PARAMETERS" in _targets(node):
            return
        if isinstance(node, ast.Assign):
            self._assign(node)
        elif isinstance(node, ast.AnnAssign):
            self._bind(node.target, self.value(node.value), node)
        elif isinstance(node, ast.AugAssign):
            self.value(ast.copy_location(ast.BinOp(node.target, node.op, node.value), node))
        elif isinstance(node, ast.FunctionDef):
            self._functions[node.name] = node
        elif isinstance(node, ast.Return):
            self._returned = self.value(node.value)
        elif isinstance(node, ast.For):
            self._loop(node)
        else:
            self._compound(node)

    def _compound(self, node: ast.stmt) -> None:
        """Any other statement: its expressions, then its blocks in order."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
            elif isinstance(child, ast.withitem):
                self.value(child.context_expr)
        for name in ("body", "handlers", "orelse", "finalbody", "cases"):
            for child in getattr(node, name, ()):
                if isinstance(child, ast.stmt):
                    self._statement(child)
                elif isinstance(child, ast.ExceptHandler | ast.match_case):
                    self.statements(child.body)

    def _loop(self, node: ast.For) -> None:
        found = self.value(node.iter)
        if isinstance(found, Grouped) and isinstance(node.target, ast.Tuple):
            self._bind(node.target.elts[-1], found.frame.filtered(), node)
        self.statements([*node.body, *node.orelse])

    def _assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name) and isinstance(value, Frame):
                self._check_narrowed(node, target.id)
            self._bind(target, value, node)

    def _bind(self, target: ast.expr, value: Value, node: ast.stmt) -> None:
        if isinstance(target, ast.Name):
            self.names[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            values = (
                value if isinstance(value, tuple) and len(value) == len(target.elts) else (None,) * len(target.elts)
            )
            for one, part in zip(target.elts, values, strict=True):
                self._bind(one, part, node)  # type: ignore[arg-type]
        elif isinstance(target, ast.Subscript | ast.Attribute):
            self._set_column(target, value)
            self._fill(target, value)

    def _set_column(self, target: ast.Subscript | ast.Attribute, value: Value) -> None:
        """`frame["c"] = …` and `frame.c = …`; `frame.loc[rows, "c"] = …` leaves what is known of the column."""
        name = target.attr if isinstance(target, ast.Attribute) else _text(target.slice)
        frame = self.value(target.value)
        if not isinstance(frame, Frame) or not name or not isinstance(target.value, ast.Name):
            return
        col = value.col if isinstance(value, Series) else Col(name=name, made="computed")
        if isinstance(value, Mask):
            col = Col(name=name, made="condition", of=value.cols)
        columns = {**frame.columns, name: replace(col, name=name)}
        self.names[target.value.id] = replace(frame, columns=columns)

    def _fill(self, target: ast.expr, value: Value) -> None:
        """`frame.loc[frame.c.isna(), "c"] = 0`."""
        if not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Attribute):
            return
        frame_node, place = target.value.value, target.slice
        if not isinstance(frame_node, ast.Name) or not isinstance(place, ast.Tuple) or len(place.elts) != 2:
            return
        frame, mask, name = self.names.get(frame_node.id), self.value(place.elts[0]), _text(place.elts[1])
        is_zero = isinstance(value, Written) and value.values in (("0",), ("0.0",))
        if isinstance(frame, Frame) and isinstance(mask, Mask) and is_zero and name and mask.absent == name:
            col = zeroed(self.expressions, target.lineno, frame.columns.get(name) or Col(name=name))
            self.names[frame_node.id] = replace(frame, columns={**frame.columns, name: col})

    # Filters that make a left join an inner one

    def _check_narrowed(self, node: ast.Assign, target: str) -> None:
        """`m = m[m.x > 3]`, or the unfiltered rows are never used again."""
        name, rows = _filter_of(node.value)
        frame = self.names.get(name)
        is_text = isinstance(rows, ast.Constant) and isinstance(frame, Frame)
        mask = self.expressions.query_mask(frame, rows) if is_text else self.value(rows)  # type: ignore[arg-type]
        if not isinstance(mask, Mask):
            return
        last = node.end_lineno or node.lineno
        is_gone = name == target or self._last_load.get(name, 0) <= last
        optional = tuple(col for col in mask.rejecting if col.optional)
        if optional and is_gone and not self._is_kept(name, last):
            self.reading.events.append(Narrowed(node.lineno, optional))

    def _is_kept(self, name: str, last: int) -> bool:
        """Whether the left side of the join lives on under another name, so that its rows are not lost."""
        frame = self.names.get(name)
        marks = {one.mark for one in frame.chain()} if isinstance(frame, Frame) else set()
        others = {other for other, value in self.names.items() if isinstance(value, Frame) and value.mark in marks}
        return any(self._last_load.get(other, 0) > last for other in others - {name})

    # Calls

    def query(self, node: ast.Call) -> Frame:
        """`data.sql("…")`: the rows that the query returns."""
        first = node.args[0] if node.args else None
        if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
            return Frame()
        bound = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg and isinstance(value, Written):
                bound[keyword.arg] = value.values
        if first.lineno in self.reading.frames:
            return self.reading.frames[first.lineno]
        found = read_query(self.reading, first.value, first.lineno, self._dialects.get(first.lineno, "duckdb"), bound)
        self.reading.frames[first.lineno] = found
        return found

    def call_own(self, name: str, node: ast.Call) -> Value:
        """A call of one of the program's own functions: its body is read with what is passed."""
        function = self._functions.get(name)
        if function is None or self._depth >= DEEPEST:
            return None
        passed = [self.value(one) for one in node.args]
        named = {one.arg: self.value(one.value) for one in node.keywords if one.arg}
        outer, returned = self.names, self._returned
        arguments = [one.arg for one in function.args.args]
        self.names = {**outer, **dict.fromkeys(arguments), **dict(zip(arguments, passed, strict=False)), **named}
        self._depth, self._returned = self._depth + 1, None
        self.statements(function.body)
        found = self._returned
        self.names, self._returned, self._depth = outer, returned, self._depth - 1
        return found

    def counted(self, line: int, frame: Frame) -> None:
        self.reading.events.append(Counted(line, frame, fine=not frame.many))


def _filter_of(node: ast.expr) -> tuple[str, ast.expr | None]:
    """The name and the condition of `name[condition].copy()`, `name.loc[condition]` or `name.query("condition")`.

    ("", None) of anything else.
    """
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAME_ROWS:
        node = node.func.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "query" and node.args:
        return (node.func.value.id, node.args[0]) if isinstance(node.func.value, ast.Name) else ("", None)
    if not isinstance(node, ast.Subscript):
        return "", None
    rows = node.value
    if isinstance(rows, ast.Attribute) and rows.attr == "loc":
        rows = rows.value
    condition = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
    return (rows.id, condition) if isinstance(rows, ast.Name) else ("", None)


def _targets(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {one.id for one in targets if isinstance(one, ast.Name)}


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
