"""The part of the policy that says no: every refusal becomes a flag with a line, a reason and what to write instead."""

from __future__ import annotations

import ast

from RestrictedPython.transformer import RestrictingNodeTransformer

from sandbox.checks.facts import Flag
from sandbox.checks.language._spelling import ENUM_HOOKS

METHODS = frozenset(
    {
        "__init__",
        "__post_init__",
        "__repr__",
        "__str__",
        "__len__",
        "__call__",
        "__hash__",
        "__bool__",
        "__iter__",
        "__next__",
        "__enter__",
        "__exit__",
        "__contains__",
        "__getitem__",
        "__lt__",
        "__le__",
        "__eq__",
        "__ne__",
        "__gt__",
        "__ge__",
        "__add__",
        "__sub__",
        "__mul__",
        "__truediv__",
        "__floordiv__",
        "__mod__",
        "__pow__",
        "__matmul__",
        "__radd__",
        "__rsub__",
        "__rmul__",
        "__rtruediv__",
        "__iadd__",
        "__isub__",
        "__imul__",
        "__neg__",
        "__pos__",
        "__abs__",
        "__round__",
        "__float__",
        "__and__",
        "__or__",
        "__xor__",
        "__invert__",
        "__format__",
        "__setitem__",
        "__delitem__",
        "__missing__",
        "__reversed__",
        "__init_subclass__",
    }
)
_SYNTAX = {
    "Await": "Write it without async; a program runs one thing after the other.",
    "AsyncFunctionDef": "Write an ordinary function.",
    "AsyncFor": "Write an ordinary loop.",
    "AsyncWith": "Write an ordinary with block.",
    "TryStar": "Write `except ValueError:` instead of `except*`.",
    "TypeAlias": "Leave the type alias out.",
    **dict.fromkeys(("TypeVar", "TypeVarTuple", "ParamSpec"), "Leave the type parameters in brackets out."),
}


class Refusing(RestrictingNodeTransformer):
    """RestrictedPython's transformer with `flags` for its sentences, and our rule for names."""

    def __init__(self) -> None:
        super().__init__()
        self.flags: list[Flag] = []

    def refuse(self, node: ast.AST, rule: str, reason: str, instead: str) -> None:
        self.flags.append(
            Flag(line=getattr(node, "lineno", 0), severity="refuse", rule=rule, reason=reason, instead=instead)
        )

    def error(self, node: ast.AST, info: str) -> None:
        """Every refusal of the base class arrives here as a sentence without advice."""
        kind = type(node).__name__
        self.refuse(node, "syntax", info, _SYNTAX.get(kind, "Write it in plainer Python."))

    def warn(self, node: ast.AST, info: str) -> None:
        """The base class warns about print collectors and unknown syntax; `error` says the latter again."""

    def check_name(self, node: ast.AST, name: str | None, allow_magic_methods: bool = False) -> None:
        if name is None or name == "_" or name in ENUM_HOOKS or (name == "__slots__" and isinstance(node, ast.Name)):
            return
        method = allow_magic_methods and name in METHODS and getattr(node, "col_offset", 0) != 0
        if name.startswith("_") and not method:
            self.refuse(node, "names", f"{name} begins with an underscore.", "Choose a name without it.")
        elif not name.isascii():
            self.refuse(
                node, "names", f"The name {ascii(name)} is not in plain letters.", "Use the letters a to z in names."
            )
