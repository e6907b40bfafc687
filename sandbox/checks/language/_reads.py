"""Which attributes a program may read with which guard, decided by their names before it runs.

    d.append(x)          stays as it is            a name on `direct_names`
    row.age              _read_(row.age)           any other: the value must not be a module
    frame.agg("mean")    _getattr_(frame, "agg")   a watched name: the object decides

Why a name can be enough. What a guard has to know of an *object* is whether it is a module and whether it is one of
those whose method takes text as code. The second is settled by the name: only watched names have such methods. The
first can't be true of anything that a program holds: imports give it stand-ins (`_listed`), which themselves have only
what is on the list, and `_read_` lets no attribute hand it a real module. That last check is left out for names under
which no object of the reviewed libraries has a module: the public names of Python's own types, and those that the
program itself gives to its attributes, unless they are among `modules_as_attributes` in `language.toml` (a test reads
the libraries' sources for such names). Hidden names and refused ones never come this far: the text is refused.
"""

from __future__ import annotations

import ast
import datetime

from RestrictedPython.transformer import INSPECT_ATTRIBUTES

from sandbox.checks.language import _arguments as arguments
from sandbox.checks.language._rules import rules
from sandbox.checks.language._spelling import own_attributes

SPECIAL = frozenset(INSPECT_ATTRIBUTES) | rules().attributes.keys()
CHECKED = {
    **dict.fromkeys(
        [("pandas", name) for name in ("agg", "aggregate", "apply", "transform")], arguments.functions_by_name
    ),
    **dict.fromkeys([("pandas", name) for name in ("to_string", "to_json", "to_markdown", "info")], arguments.no_path),
    ("pandas", "pivot_table"): arguments.aggregated,
    ("pandas", "query"): arguments.query,
    ("pandas", "eval"): arguments.expression,
    **dict.fromkeys(
        [
            ("matplotlib", name)
            for name in ("set_major_formatter", "set_minor_formatter", "bar_label", "clabel", "colorbar")
        ],
        arguments.plain_formats,
    ),
}
ONLY_OF = {"eval": ("pandas",), "write": ("StringIO",), "writelines": ("StringIO",)}
WATCHED = (
    SPECIAL
    | ONLY_OF.keys()
    | {name for _, name in CHECKED}
    | {"format", "format_map", "rcParams", "plot", "hist", "boxplot", "__class__"}
)
_TYPES = (
    str, bytes, int, float, complex, bool, list, tuple, dict, set, frozenset, range, slice,
    datetime.date, datetime.datetime, datetime.timedelta,
)  # fmt: skip
BUILTIN_NAMES = frozenset(name for kind in _TYPES for name in dir(kind) if not name.startswith("_"))


def direct_names(tree: ast.AST) -> frozenset[str]:
    """The attributes that this program may read without a guard."""
    return frozenset((BUILTIN_NAMES | own_attributes(tree)) - WATCHED - rules().modules_as_attributes)
