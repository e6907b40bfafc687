"""What makes a text a program: `main(data, report, …)`, literal PARAMETERS, literal queries.

A reviewer must see every query and every default in the text, so nothing here may be computed.
"""

from __future__ import annotations

import ast
import copy
import operator
from collections.abc import Iterator
from typing import Any

from sandbox.checks.facts import Flag, WrittenQuery

_ARITHMETIC: dict[type, Any] = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}
_LARGE = 10**12
_SCALARS = (str, int, float, bool, type(None))
_BIND = (
    'Write the text itself inside data.sql("…"), not a name for it, and bind values by name: '
    'data.sql("SELECT … WHERE dx IN (:codes) AND admit_dt >= :start", codes=codes, start=start).'
)

_TWICE = (
    "A key stands twice in PARAMETERS: a reader sees one value and the program gets the other.",
    "Write each key once.",
)
_NOT_LITERAL = (
    "A default in PARAMETERS is not a literal text, number, true, false, None, or a list or dict of those.",
    'Write dates as text ("2022-01-01"), lists as ["a", "b"], codes as {"I50": "failure"}; compute in main.',
)


class _Numbers(ast.NodeTransformer):
    """`24 * 14` as the number it is: a reader sees both."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        sides = [self.visit(node.left), self.visit(node.right)]
        values = [side.value for side in sides if isinstance(side, ast.Constant)]
        numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
        if len(numbers) == 2 and type(node.op) in _ARITHMETIC and max(map(abs, numbers)) < _LARGE:
            return ast.Constant(_ARITHMETIC[type(node.op)](*numbers))
        return node


class Contract:
    """Reads the parts of the contract off a syntax tree; problems are in `flags`."""

    def __init__(self, tree: ast.Module) -> None:
        self.flags: list[Flag] = []
        self.title = (ast.get_docstring(tree) or "").strip().partition("\n")[0].strip()
        if not self.title:
            self._flag(0, "warn", "title", "The program does not say what it is for.", "Begin with a docstring.")
        self.parameters = self._parameters(tree)
        self._check_main(tree)
        self.queries = tuple(self._queries(tree))

    def _flag(self, line: int, severity: Any, rule: str, reason: str, instead: str) -> None:
        self.flags.append(Flag(line=line, severity=severity, rule=rule, reason=reason, instead=instead))

    def _refuse(self, line: int, rule: str, reason: str, instead: str) -> None:
        self._flag(line, "refuse", rule, reason, instead)

    # PARAMETERS

    def _parameters(self, tree: ast.Module) -> dict[str, object]:
        stores = [node for node in ast.walk(tree) if _is_name(node, "PARAMETERS", ast.Store, ast.Del)]
        assigned = [found for statement in tree.body if (found := _assigned(statement, "PARAMETERS")) is not None]
        if not stores:
            return {}
        if len(stores) != 1 or len(assigned) != 1 or not isinstance(assigned[0], ast.Dict):
            self._refuse(
                getattr(stores[-1], "lineno", 0),
                "parameters",
                "PARAMETERS must be written once, at the top, as a literal dict.",
                'Write PARAMETERS = {"start": "2022-01-01"}.',
            )
            return {}
        if any(_is_name(node, "PARAMETERS", ast.Load) for node in ast.walk(tree)):
            self._flag(
                assigned[0].lineno,
                "warn",
                "parameters",
                "The program reads PARAMETERS itself; those are the defaults, not the values of a run.",
                "Use the arguments of main.",
            )
        return self._defaults(assigned[0])

    def _defaults(self, literal: ast.Dict) -> dict[str, object]:
        try:
            value = ast.literal_eval(_Numbers().visit(copy.deepcopy(literal)))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            value = None
        if isinstance(value, dict) and not _doubled(literal) and all(map(_is_default, value.items())):
            return {
                str(name): list(default) if isinstance(default, tuple) else default for name, default in value.items()
            }
        self._refuse(literal.lineno, "parameters", *(_TWICE if _doubled(literal) else _NOT_LITERAL))
        return {}

    # main

    def _check_main(self, tree: ast.Module) -> None:
        mains = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main"]
        bindings = [node for node in ast.walk(tree) if _binds(node, "main")]
        if len(mains) != 1 or len(bindings) != 1:
            self._refuse(0, "main", "There must be exactly one function main.", "Write def main(data, report, …): …")
            return
        main = mains[0]
        named = [argument.arg for argument in (*main.args.posonlyargs, *main.args.args)]
        if named[:2] != ["data", "report"] or main.args.vararg or main.args.posonlyargs or main.decorator_list:
            self._refuse(
                main.lineno,
                "main",
                "main does not begin with the arguments data and report.",
                "Write def main(data, report, …) without decorators, with the names of PARAMETERS after them.",
            )
            return
        self._check_arguments(main, [*named[2:], *(argument.arg for argument in main.args.kwonlyargs)])

    def _check_arguments(self, main: ast.FunctionDef, wanted: list[str]) -> None:
        for name in wanted:
            if name not in self.parameters:
                self._refuse(
                    main.lineno,
                    "parameters",
                    f"main takes {name}, which has no default in PARAMETERS.",
                    f'Add "{name}" to PARAMETERS with the value a run should use.',
                )
        if main.args.kwarg is None:
            for name in sorted(set(self.parameters) - set(wanted)):
                self._refuse(
                    main.lineno,
                    "parameters",
                    f"PARAMETERS has {name}, which main does not take.",
                    f"Add {name} to the arguments of main, or take it out.",
                )

    # data.sql

    def _queries(self, tree: ast.Module) -> Iterator[WrittenQuery]:
        called = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "sql":
                call = called.get(id(node))
                if call is None or not isinstance(node.ctx, ast.Load):
                    self._refuse(
                        node.lineno,
                        "queries",
                        "sql is passed on, so its queries can't be seen here.",
                        'Call data.sql("…") directly.',
                    )
                elif (query := self._query(call)) is not None:
                    yield query

    def _query(self, call: ast.Call) -> WrittenQuery | None:
        first = call.args[0] if call.args else None
        if not isinstance(first, ast.Constant) or not isinstance(first.value, str) or len(call.args) != 1:
            reason = {
                ast.JoinedStr: "The query is an f-string, so what runs can't be read here.",
                ast.Name: "The query stands behind a name, so what runs can't be read here.",
                ast.BinOp: "The query is put together, so what runs can't be read here.",
                type(None): "The query must be the first argument, without a name.",
            }.get(type(first), "The query is not one literal text, so what runs can't be read here.")
            self._refuse(call.lineno, "queries", reason, _BIND)
            return None
        if any(keyword.arg is None for keyword in call.keywords):
            self._refuse(
                call.lineno, "queries", "Parameters are passed with **.", "Name each one: start=start, end=end."
            )
            return None
        names = tuple(keyword.arg for keyword in call.keywords if keyword.arg and keyword.arg != "cohort")
        return WrittenQuery(line=first.lineno, sql=first.value, cohort=self._cohort(call), names=names)

    def _cohort(self, call: ast.Call) -> tuple[str, ...]:
        for keyword in call.keywords:
            if keyword.arg == "cohort":
                value = keyword.value
                if isinstance(value, ast.Dict) and value.keys and all(_is_text(key) for key in value.keys):
                    names = tuple(key.value.lower() for key in value.keys)  # type: ignore[union-attr]
                    if len(set(names)) == len(names):
                        return names
                self._refuse(
                    call.lineno,
                    "queries",
                    "cohort must be a dict written out here, with each column once.",
                    'Write cohort={"pat_id": adults.pat_id}.',
                )
        return ()


def guarded_main(tree: ast.Module) -> int:
    """The line of an `if __name__ == "__main__"` block, or 0."""
    for node in tree.body:
        if isinstance(node, ast.If) and any(_is_name(part, "__name__", ast.Load) for part in ast.walk(node.test)):
            return node.lineno
    return 0


def is_main_guard(node: ast.stmt) -> bool:
    """Exactly `if __name__ == "__main__":` without an else: it never runs here, and is not compiled either."""
    return (
        isinstance(node, ast.If)
        and not node.orelse
        and isinstance(node.test, ast.Compare)
        and _is_name(node.test.left, "__name__", ast.Load)
        and isinstance(node.test.ops[0], ast.Eq)
        and len(node.test.comparators) == 1
        and getattr(node.test.comparators[0], "value", "") == "__main__"
    )


def _is_name(node: ast.AST | None, name: str, *contexts: type[ast.expr_context]) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, contexts)


def _assigned(statement: ast.stmt, name: str) -> ast.expr | None:
    """The value, if `statement` is `name = value` or `name: type = value`."""
    if (
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and _is_name(statement.targets[0], name, ast.Store)
    ):
        return statement.value
    if isinstance(statement, ast.AnnAssign) and _is_name(statement.target, name, ast.Store):
        return statement.value
    return None


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return node.name == name
    return _is_name(node, name, ast.Store, ast.Del) or (
        isinstance(node, ast.alias) and (node.asname or node.name) == name
    )


def _doubled(literal: ast.Dict) -> bool:
    """Whether a dict, or one inside it, has a key twice: Python takes the last."""
    dicts = [node for node in ast.walk(literal) if isinstance(node, ast.Dict)]
    keys = [[key.value for key in node.keys if isinstance(key, ast.Constant)] for node in dicts]
    return any(len(set(some)) < len(some) for some in keys)


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_default(item: tuple[object, object]) -> bool:
    name, default = item
    if not isinstance(name, str) or not name.isidentifier() or not name.isascii() or name.startswith("_"):
        return False
    if isinstance(default, dict):
        return all(isinstance(key, str) for key in default) and _is_default((name, list(default.values())))
    if isinstance(default, list | tuple):
        return all(isinstance(value, _SCALARS) and _is_finite(value) for value in default)
    return isinstance(default, _SCALARS) and _is_finite(default)


def _is_finite(value: object) -> bool:  # JSON has no other numbers, and records are JSON
    return not isinstance(value, float) or abs(value) < float("inf")
