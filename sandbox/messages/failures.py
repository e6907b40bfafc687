"""The closed vocabulary in which a program's failure may be told: a class name and a line, no text.

    failure = checked_failure(untrusted_broke, program_text)

An exception's text, its cause and its notes can each carry a row; even a class can be made at run time
with a name of the program's choosing. So the program's side sends a name out of `EXCEPTIONS`, found by the
identity of the class, and the receiving side forces whatever arrives back into that vocabulary.
"""

from __future__ import annotations

import re

from .data_door import Broke

OTHER = "Exception"

# By the module that holds the class. A subclass that is not here goes by its nearest base that is.
EXCEPTIONS: dict[str, tuple[str, ...]] = {
    "builtins": (
        "ArithmeticError",
        "AssertionError",
        "AttributeError",
        "BaseException",
        "BufferError",
        "EOFError",
        "Exception",
        "FloatingPointError",
        "GeneratorExit",
        "ImportError",
        "IndexError",
        "KeyError",
        "KeyboardInterrupt",
        "LookupError",
        "MemoryError",
        "ModuleNotFoundError",
        "NameError",
        "NotImplementedError",
        "OSError",
        "OverflowError",
        "PermissionError",
        "RecursionError",
        "RuntimeError",
        "StopIteration",
        "SyntaxError",
        "SystemExit",
        "TimeoutError",
        "TypeError",
        "UnboundLocalError",
        "UnicodeError",
        "ValueError",
        "ZeroDivisionError",
    ),
    "pandas.errors": (
        "DataError",
        "IntCastingNaNError",
        "InvalidIndexError",
        "MergeError",
        "OutOfBoundsDatetime",
        "OutOfBoundsTimedelta",
        "SpecificationError",
        "UndefinedVariableError",
        "UnsortedIndexError",
    ),
    "numpy.exceptions": ("AxisError", "DTypePromotionError"),
    "numpy.linalg": ("LinAlgError",),
    "pyarrow.lib": ("ArrowInvalid", "ArrowNotImplementedError", "ArrowTypeError"),
    "statsmodels.tools.sm_exceptions": ("MissingDataError", "PerfectSeparationError"),
    "sandbox.errors": ("BadInput", "LimitReached", "PolicyRefused", "QueryRefused"),
}
# What a program can go over on its own side of the pipe.
LIMITS = frozenset(
    {
        *("columns", "entries", "error output", "figure", "label", "list"),
        *("message", "parts", "rows", "table", "text", "threads"),
    }
)
NAMES = frozenset(name for names in EXCEPTIONS.values() for name in names)
_WORD = re.compile(r"[^\W\d]\w{0,63}")


def checked_failure(untrusted: Broke, program: str) -> Broke:
    """What a real run may say of its failure, whatever its program sent.

    The class is one of `NAMES`, the line is inside the program, the name is a word of the program's own
    text (it was signed, so it tells nothing new), and there is no detail.
    """
    count = program.count("\n") + 1
    return Broke(
        exception=untrusted.exception if untrusted.exception in NAMES else OTHER,
        line=untrusted.line if 1 <= untrusted.line <= count else 0,
        name=untrusted.name if untrusted.name in words_of(program) else "",
        lines=tuple(sorted({line for line in untrusted.lines if 1 <= line <= count})),
        limit=untrusted.limit if untrusted.limit in LIMITS else "",
    )


def words_of(program: str) -> frozenset[str]:
    """Every identifier-like word in the text of a program."""
    return frozenset(_WORD.findall(program))
