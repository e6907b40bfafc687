"""Everything that a program can call, found by walking what the guards permit; and what of it could lead out.

    python tests/checks/reachability.py            # what is found and not on the reviewed list, and what is gone
    python tests/checks/reachability.py --write    # make the list again; a test fails until each new line has a reason

From every name on the list of modules and from values of the kinds that programs have, every public attribute that the
policy does not refuse is followed, each class once. A callable is a finding when it takes something like a path, a file
or a text of code, or when its own code names what opens, loads, evaluates, starts or connects.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from reachable_roots import values

from sandbox.checks.language._guards import _library
from sandbox.checks.language._reads import CHECKED, ONLY_OF, SPECIAL
from sandbox.checks.language._rules import Rules, rules

_WRITE = sys.stdout.write
REVIEWED = Path(__file__).with_name("reachable.json")
PARAMETERS = frozenset(
    [
        "path",
        "paths",
        "file",
        "files",
        "filename",
        "filenames",
        "fname",
        "fnames",
        "filepath",
        "filepath_or_buffer",
        "path_or_buf",
        "path_or_buffer",
        "buf",
        "buffer",
        "fp",
        "fid",
        "stream",
        "directory",
        "dirname",
        "folder",
        "url",
        "uri",
        "command",
        "cmd",
        "code",
        "source",
        "expr",
        "backend",
        "style_file",
        "handle",
        "fileobj",
        "local_dict",
        "global_dict",
        "eval_env",
        "resolvers",
        "workers",
        "n_jobs",
        "usetex",
        "formula",
    ]
)
NAMES = frozenset(
    [
        "open",
        "eval",
        "exec",
        "compile",
        "__import__",
        "import_module",
        "Popen",
        "system",
        "popen",
        "spawn",
        "socket",
        "urlopen",
        "urlretrieve",
        "CDLL",
        "LoadLibrary",
        "ctypes",
        "memmap",
        "fromfile",
        "tofile",
        "pickle",
        "load_pickle",
        "save_pickle",
        "loads",
        "unlink",
        "mkdir",
        "makedirs",
        "get_handle",
        "subprocess",
        "importlib",
        "multiprocessing",
        "Pool",
        "ProcessPoolExecutor",
        "ThreadPoolExecutor",
        "MapWrapper",
        "getframe",
        "_getframe",
        "savefig",
        "print_figure",
        "read_csv",
        "to_csv",
        "webbrowser",
        "check_output",
        "dlopen",
    ]
)
_PLAIN = (list, tuple, dict, str, int, float)
_DATA = (str, bytes, int, float, complex, bool, type(None))


def findings(policy: Rules) -> dict[str, str]:
    """What is reachable under `policy` and could lead out: its full name, and why it is listed."""
    found: dict[str, str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, thing in reachable(policy):
            if isinstance(thing, ModuleType):
                found[f"{name} -> {thing.__name__}"] = "a module"
            elif why := _why(thing):
                found.setdefault(_full_name(name, thing), why)
    return dict(sorted(found.items()))


def reachable(policy: Rules) -> Iterator[tuple[str, Any]]:
    """Every callable and every module that a program can get at, each once, with how it was reached."""
    waiting = [*_listed(policy), *values().items()]
    seen: set[int] = set()
    kept: list[Any] = []  # so that no identity is used twice
    while waiting:
        name, thing = waiting.pop()
        kind = thing if isinstance(thing, type) else type(thing)
        if isinstance(thing, ModuleType):
            yield name, thing
            continue
        if callable(thing) and id(_function(thing)) not in seen:
            seen.add(id(_function(thing)))
            kept.append(_function(thing))
            yield name, thing
        walked = id(kind) * 2 + isinstance(thing, type)  # a class and an instance of it have different attributes
        if isinstance(thing, (*_DATA, FunctionType)) or -walked in seen:
            waiting += ((f"{name}[0]", item) for item in _items(thing) if type(item) not in _PLAIN)
            continue
        seen.add(-walked)
        waiting += ((f"{name}[0]", item) for item in _items(thing))
        waiting += ((f"{name}.{part}", value) for part, value in _attributes(thing, policy))


def _listed(policy: Rules) -> Iterator[tuple[str, Any]]:
    for module, entry in policy.modules.items():
        loaded = import_module(entry.name)
        for name in entry.names:
            value = getattr(loaded, name, None)
            if not isinstance(value, ModuleType) or not policy.may_import(value.__name__):
                yield f"{module}.{name}", value


def _attributes(thing: Any, policy: Rules) -> Iterator[tuple[str, Any]]:
    """What the guards let a program read of `thing`. Names whose arguments are checked are not followed."""
    for name in dir(thing):
        if name.startswith("_") or name in SPECIAL or name in policy.attributes or _checked(thing, name):
            continue
        try:
            yield name, getattr(thing, name)
        except _NOTHING_THERE:
            continue


def _items(thing: Any) -> list[Any]:
    """The first item of a plain container: the ticks of an axis, the lines of a plot."""
    if isinstance(thing, dict):
        return list(thing.values())[:1]
    return list(thing[:1]) if isinstance(thing, list | tuple) else []


# What properties of the libraries raise when they have nothing to give.
_NOTHING_THERE = (
    AttributeError, TypeError, ValueError, NotImplementedError, RuntimeError, LookupError, ImportError, AssertionError,
    NameError, ArithmeticError, Warning,
)  # fmt: skip


def _checked(thing: Any, name: str) -> bool:
    """Whether the guards look at each call of this attribute, or refuse it."""
    library = _library(thing)
    return (library, name) in CHECKED or (name in ONLY_OF and library not in ONLY_OF[name])


def _why(thing: Any) -> str:
    takes = sorted({name for name in _parameters(thing) if name in PARAMETERS or _ALIKE.search(name)})
    names = sorted(NAMES & set(_names(getattr(_function(thing), "__code__", None))))
    return "; ".join(filter(None, [takes and f"takes {', '.join(takes)}", names and f"names {', '.join(names)}"]))


_ALIKE = re.compile(r"(?<!dtype_)backend|(?<!pro)file(?!d)|fname")


def _parameters(thing: Any) -> Iterator[str]:
    """Its parameters; for those written in C, the words in the first line of what they say of themselves."""
    code = getattr(_function(thing), "__code__", None)
    if code is not None:
        return iter(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    if isinstance(thing, type):
        return iter(())  # its __init__ is looked at where it is Python's, in `_function`
    text = getattr(thing, "__text_signature__", None) or (inspect.getdoc(thing) or "").partition("\n")[0]
    return iter(re.findall(r"\w+", text) if "(" in str(text) else ())


def _names(code: CodeType | None) -> Iterator[str]:
    if code is not None:
        yield from code.co_names
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield from _names(constant)


def _function(thing: Any) -> Any:
    """The function that runs when `thing` is called."""
    if isinstance(thing, type):
        made = getattr(thing, "__init__", None)
        return made if isinstance(made, FunctionType) else thing
    inner = inspect.unwrap(getattr(thing, "__func__", thing), stop=lambda f: hasattr(f, "__signature__"))
    return getattr(inner, "func", inner) if type(inner).__name__ == "partial" else inner


def _full_name(name: str, thing: Any) -> str:
    function = _function(thing)
    owner = getattr(function, "__objclass__", None) or type(getattr(function, "__self__", None))
    if not isinstance(function, FunctionType) and owner is not type(None) and hasattr(function, "__name__"):
        return f"{owner.__module__}.{owner.__name__}.{function.__name__}"
    module, inside = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    return f"{module}.{inside}" if module and inside else f"{name} ({type(thing).__name__})"


def modules_as_attributes() -> set[str]:
    """Names under which an object of a loaded library has a module: attributes of classes, and `self.name = module`."""
    found: set[str] = set()
    for module in [loaded for loaded in list(sys.modules.values()) if _is_library(loaded)]:
        modules = {name for name, value in vars(module).items() if isinstance(value, ModuleType)} | _ALIASES
        source = Path(str(getattr(module, "__file__", "")))
        if source.suffix == ".py":
            found |= {name for name, value in _KEPT.findall(source.read_text("utf-8")) if value in modules}
        for kind in [value for value in vars(module).values() if isinstance(value, type)]:
            found |= {name for name, value in list(vars(kind).items()) if isinstance(value, ModuleType)}
    return {name for name in found if not name.startswith("_")}


_LIBRARIES = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "patsy", "dateutil", "pyarrow")
_ALIASES = {"xp", "module"}
_KEPT = re.compile(r"^\s*\w+\.(\w+) = (\w+)\s*$", re.MULTILINE)


def _is_library(module: ModuleType) -> bool:
    return getattr(module, "__name__", "").partition(".")[0] in _LIBRARIES


def main() -> None:
    found, reviewed = findings(rules()), json.loads(REVIEWED.read_text())
    if "--write" in sys.argv:
        kept = {name: reviewed.get(name, f"NEW: {why}") for name, why in found.items()}
        REVIEWED.write_text(json.dumps(kept, indent=1) + "\n")
    for name in found.keys() - reviewed.keys():
        _WRITE(f"new {name} | {found[name]}\n")
    for name in reviewed.keys() - found.keys():
        _WRITE(f"gone {name}\n")
    _WRITE(f"{len(found)} findings; modules as attributes: {sorted(modules_as_attributes())}\n")


if __name__ == "__main__":
    main()
