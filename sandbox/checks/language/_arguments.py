"""Arguments that are text but act as code, checked when the call is made.

pandas looks up functions by name (`agg("mean")`), statsmodels evaluates formulas, `str.format` walks
attributes. The guard on attributes hands out these wrappers in place of such methods.
"""

from __future__ import annotations

import ast
import re
import string
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from io import StringIO
from types import ModuleType
from typing import Any, TypeGuard

from sandbox.checks.language._rules import rules
from sandbox.checks.language._stand_ins import check_style
from sandbox.errors import PolicyRefused

_VARIABLE = re.compile(r"@([A-Za-z]\w*)")
# Without quotes: pandas takes a backtick inside quotes for a character, not for the beginning of a name.
_BACKTICKS = re.compile(r"""`([^`'"]*)`""")
_QUERY_NODES = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.Invert,
    ast.BinOp, ast.BitAnd, ast.BitOr, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow,
    ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Name, ast.Load,
    ast.Constant, ast.List, ast.Tuple,
)  # fmt: skip
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
    by_name_only = named.get("func", arguments[0] if arguments else None) is None  # agg(mean_age=("age", "mean"))
    for name, argument in named.items():
        if name in ("engine", "engine_kwargs"):
            raise PolicyRefused("engine= is not available.", "Leave it out.")
        if type(argument) is tuple and len(argument) == 2:
            _check_function(argument[1])
        elif type(argument).__name__ == "NamedAgg" and type(argument).__module__ == "pandas":
            _check_function(argument.aggfunc)
        elif by_name_only or name in ("func", "aggfunc", "arg"):
            _check_function(argument)


def aggregated(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`pivot_table`, `crosstab`: only `aggfunc` is a function name, wherever it stands."""
    _check_function(named.get("aggfunc"))
    if len(arguments) > 3 and "aggfunc" not in named:
        raise PolicyRefused("aggfunc must be named here.", 'Write aggfunc="mean".')


_BY_NAME = "A function of that name can't be called by its name here.", "Pass the function itself, or a lambda."


def _check_function(argument: Any) -> None:
    """Names by exact types only: a program's own kind of text could answer one thing here and be another later."""
    if type(argument) is str:
        if argument not in rules().strings.functions:
            raise PolicyRefused(*_BY_NAME)
    elif type(argument) is dict:
        for value in argument.values():
            _check_function(value)
    elif type(argument) is tuple and len(argument) == 2 and isinstance(argument[0], str):
        _check_function(argument[1])
    elif type(argument) in (list, tuple, set, frozenset):
        for value in argument:
            _check_function(value)
    elif (
        isinstance(argument, str | bytes | Mapping) or hasattr(argument, "__iter__") and not isinstance(argument, type)
    ):
        raise PolicyRefused("Functions are passed in a plain list or dict.", 'Write them out: ["mean", "max"].')


def evaluating(function: Call, check: Callable[[tuple[Any, ...], Mapping[str, Any]], None]) -> Call:
    """`DataFrame.query` and `eval`, where `@name` is a variable of the function that calls it: a plain value."""

    def call(*arguments: Any, **named: Any) -> Any:
        check(arguments, named)
        frame = sys._getframe(1)
        known = frame.f_globals | frame.f_locals
        text = arguments[0] if arguments else named["expr"]
        wanted = {name: known[name] for name in _VARIABLE.findall(text) if name in known}
        if any(callable(value) or isinstance(value, ModuleType) for value in wanted.values()):
            raise PolicyRefused("A variable of query or eval must be a value.", _MASK)
        return function(*arguments, **named, local_dict=wanted, global_dict={})

    return call


def query(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`DataFrame.query`: comparisons of columns with constants and variables; no calls, no attributes."""
    texts = [argument for argument in (*arguments, *named.values()) if type(argument) is not bool]
    if named.get("engine", "python") in ("python", "numexpr"):
        texts = [text for text in texts if text is not named.get("engine")]
    if set(named) - {"expr", "inplace", "engine"} or len(texts) != 1 or type(texts[0]) is not str:
        raise PolicyRefused("query takes one text here.", _MASK)
    for text in texts:
        check_query_text(text)


def expression(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`DataFrame.eval`: lines of `name = …` or one expression, over columns and constants only."""
    texts = [argument for argument in (*arguments, *named.values()) if type(argument) is not bool]
    if set(named) - {"expr", "inplace"} or len(texts) != 1 or type(texts[0]) is not str:
        raise PolicyRefused("eval takes one text here.", _COLUMN)
    for line in filter(str.strip, texts[0].splitlines()):  # as pandas does: a form feed ends a line, too
        name, assigned, value = line.partition("=")
        plain = assigned and name.strip().isidentifier() and not value.startswith("=")
        check_query_text(value if plain else line, _COLUMN)


_COLUMN = 'Write the column: frame["bmi"] = frame["weight"] / frame["height"] ** 2.'
_MASK = 'Write a mask: frame[(frame["age"] >= 18) & frame["dx"].isin(codes)].'


def check_query_text(text: str, instead: str = _MASK) -> None:
    """Raise `PolicyRefused` unless a text of `DataFrame.query` or `eval` only computes with columns and constants."""
    try:
        tree = ast.parse(_VARIABLE.sub(r"\1", _BACKTICKS.sub("column", text)).strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as problem:
        raise PolicyRefused("The text of query or eval can't be read.", instead) from problem
    asked = {id(part) for node in ast.walk(tree) if _asks_column(node) for part in ast.walk(node.func)}
    for node in ast.walk(tree):
        allowed = isinstance(node, _QUERY_NODES) or id(node) in asked or _asks_column(node)
        if not allowed or (isinstance(node, ast.Name) and node.id.startswith("_")):
            raise PolicyRefused("query and eval may only compute with columns and constants.", instead)


def _asks_column(node: ast.AST) -> TypeGuard[ast.Call]:
    """`age.notna()`, `dx.isin(["a"])`, `dx.str.startswith("I50")`: a method on the list, of a column."""
    if not isinstance(node, ast.Call) or node.keywords or not isinstance(node.func, ast.Attribute):
        return False
    owner = node.func.value
    if isinstance(owner, ast.Attribute) and owner.attr in ("str", "dt"):
        owner = owner.value
    return isinstance(owner, ast.Name) and node.func.attr in _COLUMN_METHODS


_COLUMN_METHODS = frozenset(
    {"isna", "isnull", "notna", "notnull", "isin", "between", "startswith", "endswith", "contains", "lower", "upper"}
)


def no_path(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`to_string`, `to_json`, `to_markdown`, `info`: they return or print a text unless a path is given."""
    if any(_is_file(argument) for argument in arguments) or any(
        _is_file(named[name]) for name in ("buf", "path_or_buf", "path") if name in named
    ):
        raise PolicyRefused("A program can't write files.", "Leave the path out; the text is returned.")


def _is_file(argument: Any) -> bool:
    """A path, or something to write to that is not a text in memory."""
    return argument is not None and type(argument) is not StringIO and not isinstance(argument, bool | int)


def options(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`pandas.set_option`: display options only."""
    for key in (*arguments[::2], *named):
        # pandas reads a key as a pattern: "display.x|plotting.backend" is the second one.
        if type(key) is not str or not re.fullmatch(r"[a-z_.]+", key) or not key.startswith(rules().strings.options):
            raise PolicyRefused("Only display options of pandas may be set.", "Leave it out.")


def plain_fields(text: str) -> None:
    """`str.format`: fields by name or position, no attributes or items."""
    if type(text) is not str:  # a program's own kind of text could turn into another one while it is formatted
        raise PolicyRefused("Only a plain text can be formatted.", "Use an f-string.")
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError as problem:
        raise PolicyRefused("The format text can't be read.", "Use an f-string.") from problem
    for _, field, specification, _ in fields:
        if field and not (field.isidentifier() or field.isdigit()):
            raise PolicyRefused("A format field may not read attributes or items.", "Use an f-string.")
        if specification and "{" in specification:
            plain_fields(specification)


def plain_formats(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """matplotlib's tick and label formats are formatted with `str.format`: fields without attributes or items."""
    for argument in (*arguments, *named.values()):
        if isinstance(argument, str):
            plain_fields(argument)


def format_text(template: str) -> Call:
    """A stand-in for `template.format`."""

    def call(*arguments: Any, **named: Any) -> str:
        plain_fields(template)
        return template.format(*arguments, **named)

    return call


def format_unbound(template: str, *arguments: Any, **named: Any) -> str:
    """A stand-in for `str.format`."""
    plain_fields(template)
    return template.format(*arguments, **named)


def properties(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`plt.setp`: properties by their names as arguments, so that the rule for arguments sees them."""
    if len(arguments) > 1 or named.keys() & rules().keywords.keys():
        raise PolicyRefused("Properties are named here.", "Write plt.setp(labels, rotation=45).")


def style_settings(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`plt.rc_context`: settings by their names, never a file."""
    if named or len(arguments) > 1 or not all(type(argument) is dict for argument in arguments):
        raise PolicyRefused("rc_context takes one dict of settings here.", 'Write plt.rc_context({"font.size": 8}).')
    for settings in arguments:
        for key in settings:
            check_style(key)


def own_names(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """`namedtuple`: a class of the program, not one that says it is a library's."""
    if "module" in named:
        raise PolicyRefused("module= may not be used.", "Leave it out.")
