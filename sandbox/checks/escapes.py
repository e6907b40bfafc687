r"""Text as it reads once its escapes are undone: JSON and program text write a line break as a backslash and a letter.

    for view, offsets in views('{"text":"see\\nKowalczyk"}'):     # the text itself, then without escapes
        ...                                                        # offsets[i]: where view[i] stands in the text

Whoever looks for identifiers reads every view. In the text itself, the `n` of an escape joins the word behind it,
and an escaped letter is no letter at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ROUNDS = 4  # JSON in a program in JSON; deeper than that nobody quotes
_ESCAPE = re.compile(
    r"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u(?P<four>[0-9a-fA-F]{4})|x(?P<two>[0-9a-fA-F]{2})|U(?P<eight>[0-9a-fA-F]{8})|(?P<one>[abfnrtv0\"'\\/]))"
)
_ONE = {"n": "\n", "r": "\n", "t": "\t", "a": " ", "b": " ", "f": " ", "v": " ", "0": " "}


def views(text: str) -> Iterator[tuple[str, list[int] | None]]:
    """`text`, then what it is after each round of undoing escapes, while that changes anything.

    With each view come the offsets in `text` of its characters and of its end (None: the same).
    """
    yield text, None
    view, offsets = text, list(range(len(text) + 1)) if "\\" in text else []
    for _ in range(_ROUNDS):
        if "\\" not in view:
            return
        after, places = _undone(view)
        if after == view:
            return
        view, offsets = after, [offsets[place] for place in places]
        yield view, offsets


def _undone(text: str) -> tuple[str, list[int]]:
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for match in _ESCAPE.finditer(text):
        parts += (text[at : match.start()], _character(match))
        places += (*range(at, match.start()), match.start())
        at = match.end()
    parts.append(text[at:])
    places += range(at, len(text) + 1)
    return "".join(parts), places


def _character(match: re.Match[str]) -> str:
    if match["one"]:
        return _ONE.get(match["one"], match["one"])
    if match["high"]:
        return chr(0x10000 + ((int(match["high"], 16) - 0xD800) << 10) + int(match["low"], 16) - 0xDC00)
    number = int(match["four"] or match["two"] or match["eight"], 16)
    return chr(number) if number < 0xD800 or 0xDFFF < number <= 0x10FFFF else " "  # half a pair is no character
