"""The part of the policy that says no: every refusal becomes a flag with a line, a reason and what to write instead."""

from __future__ import annotations

import ast

from RestrictedPython.transformer import RestrictingNodeTransformer

from sandbox.checks.facts import Flag
from sandbox.checks.language._spelling import ENUM_HOOKS, OF_MODULES, is_private

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

# What to write for members of modules that are not on the list and often meant.
MEMBER_ADVICE = {
    ("pandas", "options"): 'Leave it out; how tables are shown is set with pd.set_option("display.max_rows", 20).',
}
_OPERATORS = {
    "__len__": "len(x)", "__str__": "str(x)", "__repr__": "repr(x)", "__iter__": "iter(x)", "__next__": "next(x)",
    "__contains__": "y in x", "__getitem__": "x[key]", "__call__": "x()", "__eq__": "x == y", "__hash__": "hash(x)",
    "__lt__": "x < y", "__gt__": "x > y", "__add__": "x + y", "__and__": "x & y", "__or__": "x | y",
}  # fmt: skip


def hidden_advice(attribute: str) -> str:
    """What to write instead of an attribute that begins with an underscore."""
    if attribute in _OPERATORS:
        return f"Write {_OPERATORS[attribute]}."
    if attribute[1:].isdigit():
        return "Columns that are no names lose theirs in itertuples: rename them first, or take row[2] by its place."
    if is_private(attribute):
        return f'For a column write frame["{attribute}"]; of a library use what it documents.'
    return "Leave it out; type(x) and isinstance(x, T) are there to ask what something is."


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
            instead = "Leave it out: nothing imports a program." if name in OF_MODULES else "Choose a name without it."
            self.refuse(node, "names", f"{name} begins with an underscore.", instead)
        elif not name.isascii():
            self.refuse(
                node, "names", f"The name {ascii(name)} is not in plain letters.", "Use the letters a to z in names."
            )
