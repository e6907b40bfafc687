"""Functions of the standard library that reach attributes by name, as a program is given them: through the guards."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from sandbox.checks.language._guards import read_by_name
from sandbox.checks.language._stand_ins import AnyArray
from sandbox.errors import PolicyRefused

Getter = Callable[[Any], Any]


def attrgetter(*names: str) -> Getter:
    """`operator.attrgetter`: public names, dotted ones too."""

    def one(thing: Any, name: str) -> Any:
        return functools.reduce(read_by_name, name.split(".") if type(name) is str else [name], thing)

    def get(thing: Any) -> Any:
        found = tuple(one(thing, name) for name in names)
        return found[0] if len(names) == 1 else found

    return get


def methodcaller(name: str, /, *given: Any, **named: Any) -> Getter:
    """`operator.methodcaller`: a public method, with the checks that its name asks for."""
    return lambda thing: read_by_name(thing, name)(*given, **named)


def wraps(wrapped: Any, *given: Any, **named: Any) -> Any:
    """`functools.wraps` as programs use it. Its options copy any attribute, a function's globals among them."""
    if given or named:
        raise PolicyRefused("wraps takes one function here.", "Write @functools.wraps(function).")
    return functools.wraps(wrapped)


def use(backend: str, **options: Any) -> None:
    """`matplotlib.use`: figures are drawn without a screen in any case; a module can't be named here."""


def simple_namespace(**values: Any) -> SimpleNamespace:
    """`types.SimpleNamespace` without hidden names, by which libraries ask an object for its memory."""
    if any(name.startswith("_") for name in values):
        raise PolicyRefused("A name begins with an underscore.", "Choose a name without it.")
    return SimpleNamespace(**values)


class Quiet:
    """A logger of a program: what is logged goes nowhere, as what is printed does."""

    def nothing(self, *given: Any, **named: Any) -> None:
        pass

    debug = info = warning = error = exception = critical = log = setLevel = nothing
    name, level = "program", 0


_QUIET = Quiet()


def get_logger(name: str = "") -> Quiet:
    """`logging.getLogger`."""
    return _QUIET


STAND_INS: dict[tuple[str, str], Any] = {
    ("operator", "attrgetter"): attrgetter,
    ("operator", "methodcaller"): methodcaller,
    ("functools", "wraps"): wraps,
    ("numpy.typing", "NDArray"): AnyArray,  # the alias itself, called, would make an array
    ("matplotlib", "use"): use,
    ("types", "SimpleNamespace"): simple_namespace,
    ("logging", "getLogger"): get_logger,
    **{
        ("logging", name): _QUIET.nothing
        for name in ("basicConfig", "debug", "info", "warning", "error", "exception", "critical", "disable")
    },
}
