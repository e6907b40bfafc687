"""What the rewritten program calls instead of touching objects itself: attributes, writes, imports.

Only the text written in a program passes these guards; what a library does inside is beyond them. They
serve the reader and depth. The boundary is the jail.
"""

from __future__ import annotations

import builtins
from importlib import import_module
from types import ModuleType
from typing import Any

from RestrictedPython.transformer import INSPECT_ATTRIBUTES

from sandbox.checks.language import _arguments as arguments
from sandbox.checks.language._rules import rules
from sandbox.checks.language._spelling import MODULE, TUPLE_HELPERS
from sandbox.errors import PolicyRefused

_SPECIAL = frozenset(INSPECT_ATTRIBUTES) | rules().attributes.keys()
_CHECKED = {
    **dict.fromkeys(("agg", "aggregate", "apply", "transform"), arguments.functions_by_name),
    **dict.fromkeys(("to_string", "to_json", "to_markdown"), arguments.no_path),
    "pivot_table": arguments.aggregated,
    "query": arguments.query,
}
_CHECKED_OF_MODULES = {
    ("pandas", "pivot_table"): arguments.aggregated,
    ("pandas", "crosstab"): arguments.aggregated,
    ("pandas", "set_option"): arguments.options,
    ("pandas", "reset_option"): arguments.options,
    ("pandas", "option_context"): arguments.options,
}
_WATCHED = _SPECIAL | _CHECKED.keys() | {"format", "format_map", "rcParams", "plot", "hist", "boxplot"}
_NEVER_WRITTEN = frozenset({"dtype", "data", "strides", "base", "ctypes", "flags"})
_BUILTIN = frozenset({dict, list, set, str, tuple, int, float})
_CONTAINERS = (dict, list, set)
_WRITABLE_MODULES = ("pandas", "numpy", "collections", MODULE)


def guarded_getattr(thing: Any, name: str) -> Any:
    """`thing.name`, if the policy lets a program read it."""
    if type(thing) in _BUILTIN and name not in _WATCHED:  # the common case in loops
        return getattr(thing, name)
    if isinstance(thing, ModuleType):
        return member(thing.__name__, name, thing)
    if name in _WATCHED:
        return _watched(thing, name)
    value = getattr(thing, name)
    if isinstance(value, ModuleType):
        raise PolicyRefused(f"{name} leads to a module.", "Import what you need by name.")
    return value


def _watched(thing: Any, name: str) -> Any:
    if name in _SPECIAL:
        why = rules().attributes.get(name)
        raise PolicyRefused(f"{name} may not be used.", why.instead if why else "Leave it out.")
    if isinstance(thing, str) and name in ("format", "format_map"):
        return arguments.format_text(thing) if name == "format" else _refuse_format_map()
    if isinstance(thing, type) and issubclass(thing, str) and name in ("format", "format_map"):
        return arguments.format_unbound if name == "format" else _refuse_format_map()
    value = getattr(thing, name)
    if not _is_pandas(thing):
        return value
    if name in ("plot", "hist", "boxplot"):
        return _Plot(value)
    return arguments.checked(value, _CHECKED[name]) if name in _CHECKED and callable(value) else value


def _refuse_format_map() -> Any:
    raise PolicyRefused("format_map may not be used.", "Use an f-string.")


def _is_pandas(thing: Any) -> bool:
    owner = thing if isinstance(thing, type) else type(thing)
    return any(base.__module__.partition(".")[0] == "pandas" for base in owner.__mro__)


class _Plot:
    """`frame.plot` and its methods without `backend=`, which would import a module by name."""

    def __init__(self, plot: Any) -> None:
        self._plot = plot

    def __call__(self, *given: Any, **named: Any) -> Any:
        if "backend" in named:
            raise PolicyRefused("backend= may not be used.", "Leave it out; matplotlib draws.")
        return self._plot(*given, **named)

    def __getattr__(self, name: str) -> Any:
        return _Plot(getattr(self._plot, name))


class _Style:
    """`plt.rcParams` for a program: the look of figures, key by key."""

    def __init__(self, parameters: Any) -> None:
        self._parameters = parameters

    def __setitem__(self, key: str, value: Any) -> None:
        texts = rules().strings
        if not isinstance(key, str) or not key.startswith(texts.style_keys) or key in texts.style_keys_refused:
            raise PolicyRefused("This setting of matplotlib may not be changed.", "Style the figure itself.")
        self._parameters[key] = value

    def __getitem__(self, key: str) -> Any:
        return self._parameters[key]

    def update(self, values: dict[str, Any]) -> None:
        for key, value in dict(values).items():
            self[key] = value


def member(module: str, name: str, loaded: ModuleType | None = None) -> Any:
    """`module.name`, if the list of modules has it."""
    policy = rules()
    if not policy.may_use(module, name):
        raise PolicyRefused(f"{name} of {module} is not on the list of what a program may use.", "Leave it out.")
    if name in policy.modules[module].sub and policy.may_import(f"{module}.{name}"):
        return import_module(f"{module}.{name}")
    value = getattr(loaded or import_module(module), name)
    if name == "rcParams":
        return _Style(value)
    if isinstance(value, ModuleType) and not policy.may_import(value.__name__):
        raise PolicyRefused(f"{name} leads to a module that is not on the list.", "Leave it out.")
    check = arguments.formula if module == "statsmodels.formula.api" else _CHECKED_OF_MODULES.get((module, name))
    return arguments.checked(value, check) if check else value


def guarded_import(module: str, top: bool) -> Any:
    """`import a.b` (top: the name `a` is bound) or `import a.b as c`."""
    if not rules().may_import(module):
        raise PolicyRefused(f"{module} is not on the list of modules.", "Leave it out.")
    loaded = import_module(module)
    return import_module(module.partition(".")[0]) if top else loaded


def guarded_import_from(module: str, name: str) -> Any:
    """`from module import name`."""
    return member(module, name)


def guarded_write(thing: Any, attribute: str | None = None) -> Any:
    """`thing` itself, if a program may assign to its items (or to that attribute of it)."""
    if attribute is None and type(thing) in _BUILTIN:
        return thing
    owner = thing if isinstance(thing, type) else type(thing)
    if attribute is not None and (attribute in _NEVER_WRITTEN and owner.__module__ == "numpy" or attribute in _SPECIAL):
        raise PolicyRefused(f"{attribute} may not be assigned.", "Make a new object instead.")
    if owner.__module__ == MODULE or (thing is not owner and _is_container(thing, owner)):
        return thing
    raise PolicyRefused(
        f"A program may not assign to parts of a {owner.__name__}.", "Use the method of the library that sets it."
    )


def _is_container(thing: Any, owner: type) -> bool:
    if isinstance(thing, ModuleType):
        return False
    return isinstance(thing, _CONTAINERS) or owner is _Style or owner.__module__.partition(".")[0] in _WRITABLE_MODULES


# Builtins that need a guard of their own.


def _getattr(thing: Any, name: str, *default: Any) -> Any:
    """`getattr` with a computed name: public names only, and never the way to a query."""
    # The sentence can't name the attribute: a computed name may be a value.
    hidden = type(name) is not str or (name.startswith("_") and name not in TUPLE_HELPERS) or name == "sql"
    if hidden or (isinstance(thing, ModuleType) and not rules().may_use(thing.__name__, name)):
        raise PolicyRefused(
            "This attribute can't be read by a computed name.", "Write the attribute out, or use a dict."
        )
    try:
        return guarded_getattr(thing, name)
    except AttributeError:
        if default:
            return default[0]
        raise


def _hasattr(thing: Any, name: str) -> bool:
    try:
        _getattr(thing, name)
    except (AttributeError, PolicyRefused):
        return False
    return True


def _type(*given: Any) -> type:
    if len(given) != 1:
        raise PolicyRefused("A class can't be made by calling type.", "Write class Name: … instead.")
    return type(given[0])


def _print(*given: Any, **named: Any) -> None:
    """Nowhere to print to; programs that print for comfort still run."""


def _import_in_c(name: str, scope: Any = None, local: Any = None, wanted: Any = (), level: int = 0) -> Any:
    """`__import__` of the program's builtins: no statement of a program reaches it, but C code does.

    numpy's lazy imports and `datetime.strptime` call PyImport_Import, which looks here and passes a list
    as `fromlist` (bytecode passes None or a tuple).
    """
    if type(wanted) is not list:
        raise PolicyRefused("A program can't import this way.", "Write an import statement.")
    return builtins.__import__(name, scope, local, wanted, level)


def namespace() -> dict[str, Any]:
    """The globals a compiled program starts with."""
    allowed: dict[str, Any] = {name: getattr(builtins, name) for name in rules().builtins}
    own = {"getattr": _getattr, "hasattr": _hasattr, "type": _type, "print": _print, "__import__": _import_in_c}
    return {
        "__builtins__": allowed | own,
        "__name__": MODULE,
        "_getattr_": guarded_getattr,
        "_write_": guarded_write,
        "_import_": guarded_import,
        "_import_from_": guarded_import_from,
    }
