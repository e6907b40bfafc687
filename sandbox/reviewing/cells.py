"""Values of results as text for a screen: exact where they are exact, short where they are not.

    texts_of(column, 200)           # one text per row; "" where there is nothing
    number_text(0.26143790849)      # "0.261438"

Whole numbers keep every digit. Other numbers have six significant digits, and more only where the whole part alone
is longer, so that none that is not whole looks as if it were.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.visible import visible, visible_lines

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS = 6
_EXACT = 2.0**53
_LONGEST_WHOLE = 15
_NO_FRACTION = re.compile(r"\.0+(?=$|Z|[+-])")
_FRACTION = re.compile(r"(\.\d*?[1-9])0+(?=$|Z|[+-])")
_MIDNIGHT = re.compile(r" 00:00:00$")


def texts_of(column: pa.Array, longest: int) -> list[str]:
    """The cells of an Arrow column, each of at most `longest` characters, the last of them an ellipsis where it is cut.

    No type needs pandas, no date or zone makes Python stumble, and a long text is cut before Python holds it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    as_text: Callable[[Any], str] = one_line
    if pa.types.is_floating(kind):
        as_text = number_text
    elif pa.types.is_boolean(kind):
        as_text = _yes_or_no
    elif pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_time(kind):
        column, as_text = column.cast(pa.string()), _time_text
    elif pa.types.is_duration(kind):
        column, as_text = column.cast(pa.duration("us"), safe=False), str
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = pc.utf8_slice_codeunits(column, 0, longest + 1)
    else:
        as_text = str
    return ["" if value is None else _cut(as_text(value), longest) for value in column.to_pylist()]


def type_words(kind: pa.DataType) -> tuple[str, bool]:
    """A column's type in words, and whether it holds numbers."""
    import pyarrow as pa

    words: tuple[tuple[Callable[[pa.DataType], bool], str, bool], ...] = (
        (pa.types.is_boolean, "yes or no", False),
        (pa.types.is_integer, "whole number", True),
        (pa.types.is_floating, "number", True),
        (pa.types.is_decimal, "number", True),
        (pa.types.is_timestamp, "date and time", False),
        (pa.types.is_date, "date", False),
        (pa.types.is_time, "time", False),
        (pa.types.is_duration, "length of time", False),
        (pa.types.is_null, "nothing", False),
    )
    return next(((word, numeric) for is_one, word, numeric in words if is_one(kind)), ("text", False))


def value_text(value: object) -> str:
    """A value or text that a program reported: a scalar, a short list, or a mapping with one entry a line."""
    if isinstance(value, dict):
        return "\n".join(f"{one_line(str(key))}: {value_text(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(value_text, value))
    if isinstance(value, bool):
        return _yes_or_no(value)
    if isinstance(value, float):
        return number_text(value)
    return "" if value is None else visible_lines(str(value))


def number_text(number: float) -> str:
    """A number as a person reads it."""
    if not math.isfinite(number):
        return {math.inf: "infinite", -math.inf: "-infinite"}.get(number, "not a number")
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    whole = len(str(int(abs(number))))
    return f"{number:.{DIGITS if whole < DIGITS or whole > _LONGEST_WHOLE else whole + 1}g}"


def one_line(text: str) -> str:
    """Foreign text on one line; what a reader would not see is written out."""
    return text if text.isprintable() else visible(text)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _time_text(text: str) -> str:
    """A date, a time, or both, as Arrow writes them, without a fraction of zeros and without midnight."""
    return _MIDNIGHT.sub("", _FRACTION.sub(r"\1", _NO_FRACTION.sub("", text)))
