"""Formulas of statsmodels, which patsy evaluates as Python: checked with the data that they are read on.

patsy looks a name up among the columns first, then in the calling frame, at last among the builtins of Python, and it
calls what stands second in `C(…)`: `C(ward, exit)` ends the process. So every name is a column or one on the list.
"""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from sandbox.checks.language._rules import rules
from sandbox.errors import PolicyRefused

# Letters of every script begin a name: Python takes a wide "eval" for the plain one.
_CALLED = re.compile(r"([^\W\d][\w.]*)\s*\(")
_DOTTED = re.compile(r"[^\W\d]\w*\s*(?:\.\s*\w+)+")
_QUOTED = re.compile(r"""(?<!\w)(["'])([^"'\\]*)\1""")  # no f"…", which would be evaluated
_RENAMED_CALL = re.compile(r":=|\)\s*\(")  # (open)("…"), and (log := open) before log("…")
_FORMULA = re.compile(r"[\w\s~+*:\-()/^.,|<>=&]*\Z")
_NUMBER = re.compile(r"(?<![\w.])\d+\.?\d*(?:[eE][+-]?\d+)?(?!\w)")
_OPTION = re.compile(r"[^\W\d]\w*\s*=(?!=)")  # df=4, the name of an argument
_NAME = re.compile(r"[^\W\d]\w*")
_QUOTES = re.compile(r"\bQ\s*\(")
_QUOTED_COLUMN = re.compile(r"""\bQ\s*\(\s*(["'])([^"'\\]*)\1\s*\)""")
_CONSTANTS = frozenset({"True", "False", "None"})

Call = Callable[..., Any]


def of_formula(function: Call) -> Call:
    """A function that takes a formula, where `np.log(x)` finds numpy: patsy looks names up in the calling frame."""

    @wraps(function, assigned=("__name__", "__doc__"), updated=())
    def call(*arguments: Any, **named: Any) -> Any:
        import numpy as np  # noqa: F401  only where a program runs

        formula(arguments, named, place)
        return function(*arguments, **named)

    place = list(inspect.signature(function).parameters).index("data")  # second; third of gee, behind the groups
    return call


def formula(arguments: tuple[Any, ...], named: Mapping[str, Any], place: int = 1) -> None:
    """statsmodels formulas are evaluated as Python; only columns, operators and a few functions may stand in one."""
    if not arguments and "formula" not in named:
        raise PolicyRefused("The formula is missing.", _WRITE)
    given = [named[name] for name in ("re_formula", "vc_formula", "groups") if name in named] + [
        one for number, one in enumerate(arguments) if number not in (0, place)
    ]
    texts = [text for one in given for text in (one.values() if type(one) is dict else [one])]
    whole = [*arguments[:1], *(named[name] for name in ("formula",) if name in named)]
    if any(type(text) is not str for text in whole) or not isinstance(named.get("vc_formula"), dict | None):
        raise PolicyRefused("A formula must be a text.", _WRITE)
    columns = _columns(arguments[place] if len(arguments) > place else named.get("data"))
    for text in [*whole, *texts]:
        if type(text) is str:
            check_formula(text, columns)
        elif isinstance(text, str | Mapping):
            raise PolicyRefused("A formula must be a text.", _WRITE)


_WRITE = 'Write smf.logit("y ~ x", data=frame).'


def _columns(data: Any) -> frozenset[str]:
    """The names that the data has, asked of exact types: a class of the program could answer otherwise later."""
    kind = type(data)
    if kind is dict:
        names: Iterable[Any] = data
    elif kind.__name__ == "DataFrame" and kind.__module__.partition(".")[0] == "pandas":
        names = data.columns
    else:
        raise PolicyRefused("A formula is read on a DataFrame.", _WRITE)
    return frozenset(name for name in names if type(name) is str)


def check_formula(text: str, columns: frozenset[str]) -> None:
    """Raise `PolicyRefused` unless a formula uses only columns, operators and the functions on the list."""
    allowed = rules().strings.formula_calls
    bare = _QUOTED.sub(" 0 ", text)
    dotted = {re.sub(r"\s", "", name) for name in _DOTTED.findall(bare)}
    other = set(_CALLED.findall(bare)) - allowed or dotted - allowed
    if not _FORMULA.match(bare) or "__" in bare or other or _RENAMED_CALL.search(bare):
        raise PolicyRefused(
            "A formula may use columns, operators and " + ", ".join(sorted(allowed)) + " only.",
            "Compute other terms as columns first.",
        )
    # Python takes a wide "exit" for the plain one, which the columns may not have.
    names = {unicodedata.normalize("NFKC", name) for name in _names(bare)}
    quoted = [name for _, name in _QUOTED_COLUMN.findall(text)]  # Q looks in the calling frame, too
    computed = len(_QUOTES.findall(bare)) != len(quoted)
    if names - columns - allowed - _CONSTANTS or set(quoted) - columns or computed:
        raise PolicyRefused(
            "A name in the formula is no column of the data that is passed with it.",
            'Correct it, or make the column first: frame["old"] = frame["age"] >= 80.',
        )


def _names(bare: str) -> set[str]:
    """What Python would look up in a formula without texts: all but listed `np.log`, numbers and names of arguments."""
    for pattern in (_DOTTED, _NUMBER, _OPTION):
        bare = pattern.sub(" ", bare)
    return set(_NAME.findall(bare))
