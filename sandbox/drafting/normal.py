"""Normal forms of text: what stays the same when case, accents, separators, spaces or alphabets change.

    compact("MRN 00-42 117")          # "mrn0042117"
    significant("mrn0042117")         # "42117": the digits, without the prefix and the leading zeros
    plain_view("Ｄr．\u00a0Ｍüller")     # ("Dr. Müller", original offsets): same look, plain characters

People change these without meaning to: all caps, pasted non-breaking spaces, look-alike letters, zero-width
joiners, digits with dashes. Recognisers read the plain view; known values are compared by compact form.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# Letters of other alphabets that look like Latin ones (Unicode confusables, the common part).
_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁɡΑΒΕΖΗΙΚΜΝΟΡΤΥΧοι‐‑‒–—−‘’ʼ′“”",
    "ABESIJKMHOPCTYXaesijopcyxdgABEZHIKMNOPTYXoi------''''\"\"",
)
_PREFIXED = re.compile(r"[a-z]{0,4}0*(\d{5,})")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class Word(NamedTuple):
    """A word of a text: where it is, and its compact form."""

    start: int
    end: int
    plain: str

    @property
    def is_name_like(self) -> bool:
        return self.plain.isalpha() and len(self.plain) > 1


def plain_view(text: str) -> tuple[str, list[int]]:
    """`text` in plain characters, and for each of them its offset in `text` (one more for the end)."""
    if text.isascii():
        return text, list(range(len(text) + 1))
    plain: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        for part in _plain_character(character):
            plain.append(part)
            offsets.append(offset)
    offsets.append(len(text))
    return "".join(plain), offsets


def compact(text: str) -> str:
    """Letters and digits only, without case and accents, look-alikes replaced."""
    if text.isascii():
        return text.lower() if text.isalnum() else "".join(filter(str.isalnum, text.lower()))
    view = "".join(_plain_character(character) for character in text)
    return "".join(part for part in _unaccented(view).casefold() if part.isalnum())


def significant(form: str) -> str:
    """The digits of a compact identifier after a prefix of at most four letters and leading zeros."""
    match = _PREFIXED.fullmatch(form)
    return match[1] if match else form


def words(text: str) -> list[Word]:
    """The words of `text` in order, with their places in it."""
    view, offsets = plain_view(text)
    return [
        Word(offsets[match.start()], offsets[match.end() - 1] + 1, compact(match.group()))
        for match in _WORD.finditer(view)
    ]


@lru_cache(maxsize=4096)
def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    if unicodedata.category(character) == "Cf":  # zero-width and direction marks
        return ""
    if character.isspace():
        return "\n" if character in "\u2028\u2029\u0085" else " "
    return unicodedata.normalize("NFKC", character.translate(_LOOK_ALIKES))


def _unaccented(text: str) -> str:
    if text.isascii():
        return text
    return "".join(part for part in unicodedata.normalize("NFKD", text) if not unicodedata.combining(part))
