"""Arguments that are text but act as code, checked when the call is made.

pandas looks up functions by name (`agg("mean")`), statsmodels evaluates formulas, `str.format` walks
attributes. The guard on attributes hands out these wrappers in place of such methods.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from sandbox.checks.language._rules import rules
from sandbox.errors import PolicyRefused

_BACKTICKS = re.compile(r"`([^`]*)`")
_QUERY_NODES = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.Invert,
    ast.BinOp, ast.BitAnd, ast.BitOr, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow,
    ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Name, ast.Load,
    ast.Constant, ast.List, ast.Tuple,
)  # fmt: skip
_CALLED = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_DOTTED = re.compile(r"[A-Za-z_]\w*\s*(?:\.\s*\w+)+")
_QUOTED = re.compile(r"""(["'])([^"'\\]*)\1""")
_FORMULA = re.compile(r"[\w\s~+*:\-()/^.,|<>=&]*\Z")

Call = Callable[..., Any]


def checked(function: Call, check: Callable[[tuple[Any, ...], Mapping[str, Any]], None]) -> Call:
    """`function`, called only after `check` has agreed with the arguments."""

    @wraps(function, assigned=("__name__", "__doc__"), updated=())
    def call(*arguments: Any, **named: Any) -> Any:
        check(arguments, named)
        return function(*arguments, **named)

    return call


def functions_by_name(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`agg`, `apply`, `transform`: function names come from a list; the keys of dicts are columns."""
    for argument in arguments:
        _check_function(argument)
    for name, argument in named.items():
        if name in ("func", "aggfunc", "arg"):
            _check_function(argument)
        elif isinstance(argument, tuple) and len(argument) == 2:
            _check_function(argument[1])
        elif name == "engine":
            raise PolicyRefused("engine= is not available.", "Leave it out.")


def aggregated(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`pivot_table`, `crosstab`: only `aggfunc` is a function name, wherever it stands."""
    for argument in (named.get("aggfunc"), *arguments[3:]):
        if not isinstance(argument, str) or "aggfunc" in named or argument in dir(str):
            _check_function(argument if argument is named.get("aggfunc") else None)
    if len(arguments) > 3 and "aggfunc" not in named:
        raise PolicyRefused("aggfunc must be named here.", 'Write aggfunc="mean".')


def _check_function(argument: Any) -> None:
    if isinstance(argument, str):
        if argument not in rules().strings.functions:
            raise PolicyRefused(
                "A function of that name can't be called by its name here.", "Pass the function itself, or a lambda."
            )
    elif isinstance(argument, Mapping):
        for value in argument.values():
            _check_function(value)
    elif isinstance(argument, tuple) and len(argument) == 2 and isinstance(argument[0], str):
        _check_function(argument[1])
    elif isinstance(argument, list | tuple | set | frozenset):
        for value in argument:
            _check_function(value)


def query(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`DataFrame.query`: comparisons of columns with constants; no calls, no attributes, no `@`."""
    texts = [argument for argument in (*arguments, *named.values()) if isinstance(argument, str)]
    if set(named) - {"expr", "inplace"} or not texts:
        raise PolicyRefused("query takes one text here.", _MASK)
    for text in texts:
        check_query_text(text)


_MASK = 'Write a mask: frame[(frame["age"] >= 18) & frame["dx"].isin(codes)].'


def check_query_text(text: str) -> None:
    """Raise `PolicyRefused` unless a `DataFrame.query` text only compares columns and constants."""
    try:
        tree = ast.parse(_BACKTICKS.sub("column", text).strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as problem:
        raise PolicyRefused("The text of query can't be read, or uses @.", _MASK) from problem
    for node in ast.walk(tree):
        if not isinstance(node, _QUERY_NODES) or (isinstance(node, ast.Name) and node.id.startswith("_")):
            raise PolicyRefused("query may only compare columns with constants.", _MASK)


def formula(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """statsmodels formulas are evaluated as Python; only names, operators and a few functions may stand in one."""
    if not arguments and "formula" not in named:
        raise PolicyRefused("The formula is missing.", 'Write smf.logit("y ~ x", data=frame).')
    texts = [named[name] for name in ("formula", "re_formula", "groups") if name in named] + list(arguments[:1])
    texts += list(dict(named.get("vc_formula") or {}).values())
    for text in texts:
        if isinstance(text, str):
            check_formula(text)
        elif text is (arguments[0] if arguments else named.get("formula")):
            raise PolicyRefused("A formula must be a text.", 'Write smf.logit("y ~ x", data=frame).')


def check_formula(text: str) -> None:
    """Raise `PolicyRefused` unless a formula uses only names, operators and the functions on the list."""
    allowed = rules().strings.formula_calls
    bare = _QUOTED.sub("text", text)
    dotted = {re.sub(r"\s", "", name) for name in _DOTTED.findall(bare)}
    if not _FORMULA.match(bare) or "__" in bare or set(_CALLED.findall(bare)) - allowed or dotted - allowed:
        raise PolicyRefused(
            "A formula may use columns, operators and " + ", ".join(sorted(allowed)) + " only.",
            "Compute other terms as columns first.",
        )


def no_path(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`to_string`, `to_json`, `to_markdown`: they return a text unless a path is given."""
    if any(isinstance(argument, str | bytes) or hasattr(argument, "write") for argument in arguments) or {
        "buf",
        "path_or_buf",
        "path",
    } & set(named):
        raise PolicyRefused("A program can't write files.", "Leave the path out; the text is returned.")


def options(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`pandas.set_option`: display options only."""
    for key in (*arguments[::2], *named):
        if not isinstance(key, str) or not key.startswith(rules().strings.options):
            raise PolicyRefused("Only display options of pandas may be set.", "Leave it out.")


def plain_fields(text: str) -> None:
    """`str.format`: fields by name or position, no attributes or items."""
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError as problem:
        raise PolicyRefused("The format text can't be read.", "Use an f-string.") from problem
    for _, field, specification, _ in fields:
        if field and not (field.isidentifier() or field.isdigit()):
            raise PolicyRefused("A format field may not read attributes or items.", "Use an f-string.")
        if specification and "{" in specification:
            plain_fields(specification)


def format_text(template: str) -> Call:
    """A stand-in for `template.format`."""

    def call(*arguments: Any, **named: Any) -> str:
        plain_fields(template)
        return template.format(*arguments, **named)

    return call


def format_unbound(template: str, *arguments: Any, **named: Any) -> str:
    """A stand-in for `str.format`."""
    plain_fields(template)
    return str(template).format(*arguments, **named)
