"""What the policy allows and a reader is easily misled by: each finder yields (line, the name it is about).

Reasons and examples are data (`[[misleading]]` in `language.toml`); which lines they are about is found here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeGuard

Found = Iterator[tuple[int, str]]
_REPORTS = frozenset({"step", "value", "text", "table", "figure"})


def long_lines(text: str, longest: int) -> Iterator[int]:
    """The lines of `text` with more than `longest` characters, counted from 1."""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if len(line) > longest:
            yield number


def _shadowed(tree: ast.Module, builtins: frozenset[str]) -> Found:
    """Names of builtins that the program gives another meaning. The members of a class are no such names."""
    members = {id(part) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for part in _members(node)}
    for node in ast.walk(tree):
        if id(node) not in members:
            yield from ((getattr(node, "lineno", 0), name) for name in _bound(node) if name in builtins)


def _members(node: ast.ClassDef) -> Iterator[ast.AST]:
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef):
            yield statement
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            yield from statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def _bound(node: ast.AST) -> Iterable[str]:
    """The names that `node` itself binds."""
    if isinstance(node, ast.Name):
        return () if isinstance(node.ctx, ast.Load) else (node.id,)
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        return (node.name or "",)
    if isinstance(node, ast.arg):
        return (node.arg,)
    if isinstance(node, ast.alias):
        return (node.asname or node.name.partition(".")[0],)
    return (node.rest or "",) if isinstance(node, ast.MatchMapping) else ()


def _second_statements(tree: ast.Module, builtins: frozenset[str]) -> Found:
    """Statements that begin on the line where the one before them ends."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            statements = block if isinstance(block, list) else []
            for before, after in zip(statements, statements[1:], strict=False):
                if after.lineno == before.end_lineno:
                    yield after.lineno, ""


def _computed_labels(tree: ast.Module, builtins: frozenset[str]) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_report(node.func):
            named = [keyword.value for keyword in node.keywords if keyword.arg == "label"]
            label = node.args[0] if node.args else named[0] if named else None
            if not _is_text(label) and not _lacks_label(node):
                yield node.lineno, ""


def _missing_labels(tree: ast.Module, builtins: frozenset[str]) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_report(node.func) and _lacks_label(node):
            yield node.lineno, ""


def _lacks_label(call: ast.Call) -> bool:
    """`report.text("Few stays.")`: one thing is passed, so it stands where the label should."""
    return len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Starred)


def _is_report(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and called.attr in _REPORTS and getattr(called.value, "id", "") == "report"


def _computed_attributes(tree: ast.Module, builtins: frozenset[str]) -> Found:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") in ("getattr", "setattr")
            and not _is_text(_second(node))
        ):
            yield node.lineno, ""


def _doubled_keys(tree: ast.Module, builtins: frozenset[str]) -> Found:
    """Keys that stand twice in one dict: Python takes the last, a reader may see the first."""
    for node in ast.walk(tree):
        seen: set[object] = set()
        for key in node.keys if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant):
                if key.value in seen:
                    yield key.lineno, ""
                seen.add(key.value)


def _interfaces(tree: ast.Module, builtins: frozenset[str]) -> Found:
    """Texts with a part of a hidden name in them, which can be put together to one."""
    for node in ast.walk(tree):
        if _is_text(node) and node.value != "__main__" and _HIDDEN.search(str(node.value)):
            yield node.lineno, ""


_HIDDEN = re.compile(r"\A__\w|\w__\Z|array_(interface|struct)")


def _second(call: ast.Call) -> ast.expr | None:
    return call.args[1] if len(call.args) > 1 else None


def _is_text(node: ast.AST | None) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


FINDERS: dict[str, Callable[[ast.Module, frozenset[str]], Found]] = {
    "shadowing": _shadowed,
    "one line": _second_statements,
    "labels": _computed_labels,
    "no label": _missing_labels,
    "doubled keys": _doubled_keys,
    "getattr": _computed_attributes,
    "interfaces": _interfaces,
}
