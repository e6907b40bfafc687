"""Values before they are listed are read like any text that leaves: what could be a person's is withheld.

That many share a value does not make it harmless: "ask Dr. Okafor" may stand in a thousand rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from .comments import suspect
from .model import Column
from .rules import load_rules
from .samples import given_names

LONGEST_VALUE = 60
MANY_WITHHELD, SHARE_WITHHELD = 3, 0.2
Recognise = Callable[[str], object]  # something true for a text in which an identifier was recognised

_PERSON_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


class Listed(NamedTuple):
    """The values that may be told, and how many may not."""

    values: tuple[str, ...]
    withheld: int


def may_be_listed(column: Column, values: Iterable[str], recognise: Recognise) -> Listed:
    """The values of a column without those that are long, shaped like an identifier, or read like a person."""
    every = tuple(values)
    kept = tuple(value for value in every if _is_harmless(column.name, value, recognise))
    withheld = len(every) - len(kept)
    if withheld >= MANY_WITHHELD and withheld >= SHARE_WITHHELD * len(every):
        return Listed((), len(every))  # a list with so many names is a list of names
    return Listed(kept, withheld)


def with_evidence(column: Column, withheld: int) -> Column:
    """The column with a word on how many values were withheld; never which."""
    if not withheld:
        return column
    what = "a value that many patients share was" if withheld == 1 else f"{withheld} values that many share were"
    reason = f"{what} withheld: long, shaped like an identifier, or like a person's name"
    return msgspec.structs.replace(column, evidence=(*column.evidence, reason))


def recognise_nothing(text: str) -> bool:
    """For callers without the recognisers of messages; what this package knows by itself still counts."""
    return False


def _is_harmless(name: str, value: str, recognise: Recognise) -> bool:
    """Read by itself, and behind the column's name: a number alone says nothing, `mrn: 0042117` does."""
    if len(value) > LONGEST_VALUE or suspect(value) or _reads_like_a_person(value):
        return False
    shapes = (pattern for shape, pattern in load_rules().shapes if shape.column_class != "date")
    if any(pattern.fullmatch(value.strip()) for pattern in shapes):
        return False
    return not recognise(value) and not recognise(f"{name}: {value}")


def _reads_like_a_person(value: str) -> bool:
    """A given name alone, or first or last of two to four words that are nothing but words."""
    words = [word.lower() for word in _PERSON_WORDS.findall(value)]
    if not 1 <= len(words) <= 4 or any(character.isdigit() for character in value):
        return False
    return bool({words[0], words[-1]} & given_names())
