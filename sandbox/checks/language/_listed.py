"""Modules as a program has them: stand-ins with the names on the list, never the modules themselves.

    pd = guarded_import("pandas", True)      # a `Listed`; pd.DataFrame is there, pd.io is not
    mean = guarded_import_from("statistics", "mean")

A program that never holds a module can read attributes without asking each time whether this is one (`_reads`).
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from sandbox.checks.language import _arguments as arguments
from sandbox.checks.language._formulas import of_formula
from sandbox.checks.language._rules import rules
from sandbox.checks.language._stand_ins import Style, StyleSheets, array_type
from sandbox.errors import PolicyRefused

_CHECKED = {
    ("pandas", "pivot_table"): arguments.aggregated,
    ("pandas", "crosstab"): arguments.aggregated,
    ("pandas", "set_option"): arguments.options,
    ("pandas", "reset_option"): arguments.options,
    ("pandas", "option_context"): arguments.options,
    ("matplotlib.ticker", "StrMethodFormatter"): arguments.plain_formats,
    ("matplotlib.pyplot", "colorbar"): arguments.plain_formats,
    ("matplotlib.pyplot", "setp"): arguments.properties,
    ("matplotlib.pyplot", "rc_context"): arguments.style_settings,
    ("matplotlib", "rc_context"): arguments.style_settings,
    ("collections", "namedtuple"): arguments.own_names,
}


class Listed:
    """One module of the list. What is read is kept, so that a second read costs what it costs elsewhere."""

    def __init__(self, module: str) -> None:
        self.__dict__["_module"] = module

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__version__":  # protocols that libraries ask any object for
            raise AttributeError(name)
        value = member(self._module, name)
        self.__dict__[name] = value
        return value

    def has(self, name: str) -> bool:
        return rules().may_use(self._module, name)

    def __setattr__(self, name: str, value: Any) -> None:
        raise PolicyRefused("A module may not be changed.", "Keep the value in a variable of your own.")

    def __delattr__(self, name: str) -> None:
        raise PolicyRefused("A module may not be changed.", "Leave it as it is.")

    def __repr__(self) -> str:
        return f"<module {self._module}>"


@cache
def listed(module: str) -> Listed:
    """The stand-in for a module; one for each, however often it is imported."""
    return Listed(module)


def member(module: str, name: str) -> Any:
    """`module.name`, if the list of modules has it."""
    policy = rules()
    if not policy.may_use(module, name):
        raise PolicyRefused(f"{name} of {module} is not on the list of what a program may use.", policy.other(name))
    entry = policy.modules[module]
    if name in entry.sub and policy.may_import(f"{module}.{name}"):
        return listed(policy.modules[f"{module}.{name}"].name)
    value = getattr(import_module(entry.name), name)
    if module in ("matplotlib", "matplotlib.pyplot") and name == "style":
        return StyleSheets(value)
    if isinstance(value, ModuleType):
        return _inner(value, name)
    return _stand_in(module, name, value)


def _inner(value: ModuleType, name: str) -> Listed:
    if not rules().may_import(value.__name__):
        raise PolicyRefused(f"{name} leads to a module that is not on the list.", rules().other(name))
    return listed(value.__name__)


def _stand_in(module: str, name: str, value: Any) -> Any:
    """The value itself, or what a program is given in its place."""
    from sandbox.checks.language._helpers import STAND_INS  # they go through the guards, which know this module

    if name == "rcParams":
        return Style(value)
    if (module, name) in STAND_INS:
        return STAND_INS[module, name]
    if (module, name) == ("numpy", "ndarray"):
        return array_type(value)
    if module == "statsmodels.formula.api":
        return of_formula(value)
    check = _CHECKED.get((module, name))
    return arguments.checked(value, check) if check else value


def guarded_import(module: str, top: bool) -> Any:
    """`import a.b` (top: the name `a` is bound) or `import a.b as c`."""
    if not rules().may_import(module):
        raise PolicyRefused(f"{module} is not on the list of modules.", rules().other(module))
    import_module(rules().modules[module].name)
    return listed(module.partition(".")[0] if top else module)


def guarded_import_from(module: str, name: str) -> Any:
    """`from module import name`."""
    return member(module, name)
