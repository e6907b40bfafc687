"""How a failure inside the jail is told: the class by identity, the innermost line of the program.

A program can raise anything: a class whose metaclass lies about its name, an instance whose
`__class__`, `__traceback__` or `args` run code. So nothing here asks the exception: classes are compared
by `is`, the bases and arguments are read through the interpreter's own descriptors, and the
traceback is the one the interpreter kept. Only a trial on synthetic data may quote text (`detail`).
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from types import CodeType, TracebackType
from typing import Any

from sandbox.errors import LimitReached
from sandbox.messages.data_door import Broke
from sandbox.messages.failures import EXCEPTIONS, OTHER, words_of

DETAIL_LIMIT = 6_000
_NO_THREAD = "can't start new thread"  # what `threading` says when the system gives none
_bases_of: Any = type.__dict__["__mro__"].__get__
_args_of: Any = BaseException.__dict__["args"].__get__
_named = (
    (NameError, NameError.__dict__["name"].__get__),
    (UnboundLocalError, NameError.__dict__["name"].__get__),
    (AttributeError, AttributeError.__dict__["name"].__get__),
)


class Registry:
    """The classes of `messages.failures.EXCEPTIONS` whose modules are loaded, by identity."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[type, str]] = {}
        for module, names in EXCEPTIONS.items():
            for name in names:
                found = getattr(sys.modules.get(module), name, None)
                if found is not None:
                    self._known[id(found)] = (found, name)

    def name_of(self, problem: BaseException) -> str:
        """The nearest known class in the true bases of the exception's true class."""
        for base in _bases_of(type(problem)):
            if id(base) in self._known:
                return self._known[id(base)][1]
        return OTHER


def describe(
    registry: Registry,
    problem: BaseException,
    trace: TracebackType | None,
    program: str,
    codes: frozenset[int],
    *,
    synthetic: bool,
) -> Broke:
    """The failure of `program`; `codes` are the identities of its code objects, `trace` is the interpreter's."""
    return Broke(
        exception=registry.name_of(problem),
        line=innermost_line(trace, codes),
        name=_name_in(problem, program),
        detail=_detail(problem, trace, program, codes) if synthetic else "",
        limit=_limit_in(problem),
    )


def innermost_line(trace: TracebackType | None, codes: frozenset[int]) -> int:
    """The last line of the program itself on the way to the exception; 0 when it never got there."""
    lines = [line for code, line in _frames(trace) if id(code) in codes]
    return lines[-1] if lines else 0


def _frames(trace: TracebackType | None) -> Iterator[tuple[CodeType, int]]:
    while trace is not None:
        yield trace.tb_frame.f_code, trace.tb_lineno
        trace = trace.tb_next


def _name_in(problem: BaseException, program: str) -> str:
    """The one name that exact built-in classes carry, when the program's own text has that word."""
    name: object = ""
    for kind, read in _named:
        if type(problem) is kind:
            name = read(problem)
    if type(problem) is KeyError:
        arguments = _args_of(problem)
        name = arguments[0] if len(arguments) == 1 else ""
    return name if type(name) is str and name in words_of(program) else ""


def _limit_in(problem: BaseException) -> str:
    """The limit that an exact exception of ours or of the interpreter stands for."""
    if type(problem) is LimitReached:
        found = vars(problem).get("limit")
        return found if type(found) is str else ""
    first = next(iter(_args_of(problem)), None)
    if type(problem) is RuntimeError and type(first) is str and first == _NO_THREAD:
        return "threads"
    return "error output" if type(problem) is OSError and type(first) is int and first == errno.EFBIG else ""


def _detail(problem: BaseException, trace: TracebackType | None, program: str, codes: frozenset[int]) -> str:
    """The program's own lines, the library function that raised, and the text. No path of this machine."""
    source = program.splitlines()
    lines = []
    for code, line in _frames(trace):
        if id(code) in codes:
            text = source[line - 1].strip() if 0 < line <= len(source) else ""
            lines.append(f"line {line}, in {code.co_name}: {text}")
    last = list(_frames(trace))[-1:]
    lines += [f"  in {os.path.basename(code.co_filename)}, {code.co_name}" for code, _ in last if id(code) not in codes]
    lines += "".join(traceback.format_exception_only(problem)).splitlines()
    return "\n".join(lines)[:DETAIL_LIMIT]
