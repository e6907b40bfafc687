"""What the rewritten program calls instead of touching objects itself: attributes, writes, imports.

Only the text written in a program passes these guards; what a library does inside is beyond them. They
serve the reader and depth. The boundary is the jail.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from io import StringIO
from types import FunctionType, ModuleType
from typing import Any

from sandbox.checks.language import _arguments as arguments
from sandbox.checks.language._listed import Listed, guarded_import, guarded_import_from
from sandbox.checks.language._reads import CHECKED, ONLY_OF, SPECIAL, WATCHED
from sandbox.checks.language._rules import rules
from sandbox.checks.language._spelling import MODULE, TUPLE_HELPERS
from sandbox.checks.language._stand_ins import Kind, Plot, Style, kind_of
from sandbox.errors import PolicyRefused

_NEVER_WRITTEN = frozenset({"dtype", "data", "strides", "shape", "base", "ctypes", "flags"})
_CONTAINERS = (dict, list, set)
_PRINT = print
_WRITABLE_MODULES = ("pandas", "numpy", "collections", MODULE)


def guarded_read(value: Any) -> Any:
    """The value of an attribute that the program's text names, unless it is a module."""
    if isinstance(value, ModuleType):
        raise PolicyRefused("The attribute leads to a module.", "Import what you need by name.")
    return value


def guarded_getattr(thing: Any, name: str) -> Any:
    """`thing.name`, if the policy lets a program read it. For names whose reading depends on the object."""
    if name == "__class__":
        return kind_of(thing)
    if type(thing) is Listed:
        return getattr(thing, name)
    if isinstance(thing, ModuleType):
        raise PolicyRefused("A module was reached by a detour.", "Import what you need by name.")
    if name.startswith("_") and name not in TUPLE_HELPERS:
        raise PolicyRefused(f"{name} is an internal of an object.", "Leave it out.")
    return _watched(thing, name) if name in WATCHED else guarded_read(getattr(thing, name))


def _watched(thing: Any, name: str) -> Any:
    if name in SPECIAL:
        why = rules().attributes.get(name)
        raise PolicyRefused(f"{name} may not be used.", why.instead if why else "Leave it out.")
    if name in ("format", "format_map") and issubclass(_class_of(thing), str):
        return _formatting(thing, name)
    value = getattr(thing, name)
    library = _library(thing)
    if name in ONLY_OF and type(thing) not in OWN and not (set(ONLY_OF[name]) & {library, type(thing).__name__}):
        raise PolicyRefused(f"{name} may not be used.", _INSTEAD)
    if library == "pandas" and name in ("plot", "hist", "boxplot"):
        return Plot(value)
    check = CHECKED.get((library, name))
    if check is None or not callable(value):
        return guarded_read(value)
    return (arguments.evaluating if name in ("query", "eval") else arguments.checked)(value, check)


_INSTEAD = "Hand results to report.value, report.table, report.figure or report.text; write expressions in Python."


def _formatting(thing: Any, name: str) -> Any:
    if name == "format_map":
        raise PolicyRefused("format_map may not be used.", "Use an f-string.")
    return arguments.format_unbound if isinstance(thing, type) else arguments.format_text(thing)


def _class_of(thing: Any) -> type:
    return thing if isinstance(thing, type) else type(thing)


def _library(thing: Any) -> str:
    """The library whose methods `thing` has, through whichever class of the program."""
    found = {base.__module__.partition(".")[0] for base in _class_of(thing).__mro__}
    return next((name for name in ("pandas", "matplotlib") if name in found), "")


# Classes of the program: their instances may be written to. Types whose items were once allowed to be written.
OWN: set[type] = set()
ITEMS: set[type] = {dict, list}


def build_class(body: Any, name: str, *bases: Any, **options: Any) -> type:
    """What a `class` statement calls: the class is remembered as the program's own."""
    made: type = builtins.__build_class__(body, name, *bases, **options)
    if isinstance(made, type) and made.__module__ == MODULE:
        OWN.add(made)
    return made


def guarded_write(thing: Any, attribute: str | None = None) -> Any:
    """`thing` itself, if a program may assign to its items (or to that attribute of it)."""
    kind = type(thing)
    if kind in OWN or (attribute is None and kind in ITEMS):
        return thing
    owner = _class_of(thing)
    if kind is FunctionType and thing.__module__ == MODULE and attribute is not None:
        return thing
    if attribute is not None and (
        attribute in SPECIAL or (attribute in _NEVER_WRITTEN and owner.__module__ == "numpy")
    ):
        raise PolicyRefused(f"{attribute} may not be assigned.", _ANEW.get(attribute, "Make a new object instead."))
    if thing is not owner and _is_container(thing, owner):
        if attribute is None:
            ITEMS.add(kind)
        return thing
    if owner.__module__ == MODULE:
        return thing
    raise PolicyRefused(_NO_WRITING.format(owner.__name__), "Use the method of the library that sets it.")


_NO_WRITING = "A program may not assign to parts of a {}."
_ANEW = {"shape": "Write array.reshape(…).", "dtype": "Write array.astype(…)."}


def _is_container(thing: Any, owner: type) -> bool:
    library = owner.__module__.partition(".")[0]
    if isinstance(thing, ModuleType) or (library == "numpy" and callable(thing)):  # a function of numpy
        return False
    return isinstance(thing, _CONTAINERS) or owner is Style or library in _WRITABLE_MODULES


# Arguments by name that the text does not show.


def named_arguments(given: Any) -> dict[str, Any]:
    """What is passed with `**`: the rule for arguments that are named in the text holds there, too."""
    found = {**given}
    _check_named(found)
    return found


def settings(given: Any, argument: str) -> Any:
    """The value of `prop=`, `options=` and the like: a library passes its items on as arguments."""
    if isinstance(given, str) and argument in ("prop", "title_fontproperties"):  # a pattern, with a font's file in it
        raise PolicyRefused("The settings of a text are a dict here.", 'Write prop={"size": 8}.')
    if not isinstance(given, Mapping):
        return given
    plain = given if type(given) is dict else {**given}
    _check_named(name for name in plain if isinstance(name, str))
    return plain


def _check_named(names: Iterable[Any]) -> None:
    for name in names:
        if type(name) is not str:  # a program's own kind of text could answer one thing here and be another later
            raise PolicyRefused("The names of arguments must be plain texts.", "Name each one: start=start.")
        if why := rules().keywords.get(name):
            raise PolicyRefused(f"{name}= may not be passed.", why.instead)


# Builtins that need a guard of their own.


def read_by_name(thing: Any, name: str, *default: Any) -> Any:
    """`getattr` with a computed name: public names only, and never the way to a query."""
    # The sentence can't name the attribute: a computed name may be a value.
    hidden = type(name) is not str or (name.startswith("_") and name not in TUPLE_HELPERS) or name == "sql"
    if hidden or (type(thing) is Listed and not thing.has(name)):
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
        read_by_name(thing, name)
    except (AttributeError, PolicyRefused):
        return False
    return True


def _setattr(thing: Any, name: str, value: Any) -> None:
    """`setattr` under a computed name: on the program's own objects."""
    setattr(_own(thing, name), name, value)


def _set_frozen(thing: Any, name: str, value: Any) -> None:
    """`object.__setattr__` in the `__post_init__` of a frozen dataclass."""
    object.__setattr__(_own(thing, name), name, value)


def _own(thing: Any, name: str) -> Any:
    if type(name) is not str or name.startswith("_") or type(thing).__module__ != MODULE:
        raise PolicyRefused(
            "This attribute can't be set under a computed name.", "Write the assignment out, or use a dict."
        )
    return thing


def _print(*given: Any, **named: Any) -> None:
    """Nowhere to print to, but a text in memory; programs that print for comfort still run."""
    if type(named.get("file")) is StringIO:
        _PRINT(*given, **named)


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
    own = {
        "getattr": read_by_name,
        "setattr": _setattr,
        "hasattr": _hasattr,
        "type": Kind,
        "print": _print,
        "__import__": _import_in_c,
        "__build_class__": build_class,
    }
    return {
        "__builtins__": allowed | own,
        "__name__": MODULE,
        "_getattr_": guarded_getattr,
        "_read_": guarded_read,
        "_write_": guarded_write,
        "_setattr_": _set_frozen,
        "_type_": type,
        "_own_": OWN,
        "_items_": ITEMS,
        "_named_": named_arguments,
        "_settings_": settings,
        "_import_": guarded_import,
        "_import_from_": guarded_import_from,
    }
