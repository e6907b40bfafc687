"""Names of people, organisations and systems, found in the names of tables and columns, in comments and in values.

    clean_name("DR_SMITH_CLINIC_LIST", never)       -> Cleaned("dr_clinic_list", ("the name of a person",))
    may_be_told("Transfer from St Elsewhere", never)  -> False, where the workspace never tells St Elsewhere

`never` are words that the workspace never tells: the hospital, the city, the vendor. What is proposed here is a
dictionary name; the real one stays in `physical`, and a reviewer may choose another (`review.renaming`).
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Collection, Sequence
from importlib import resources
from typing import NamedTuple

import msgspec

from sandbox.errors import BadInput

from .comments import clean_comment, suspect
from .samples import given_names
from .words import is_familiar

PERSON, ORGANISATION, SYSTEM = "the name of a person", "the name of an organisation", "the name of a system"
NEVER, VALUE = "a name that is never told", "a value in place of a name"
_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[a-z]+|\d+")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_SIGNS, _LONG_NUMBER = re.compile(r"[\d.,_-]+"), re.compile(r"\d{4}")  # two steps: one pattern is cubic in its digits
LONGEST = 256  # characters: no database has longer names, and what stands there then is a value
_SHORTEST_INSIDE = 5  # a shorter word is found inside others by chance


class Cleaned(NamedTuple):
    """The proposed name, and what was taken out of it; nothing: the name is as it was, in lower case."""

    name: str
    found: tuple[str, ...] = ()


class _Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    titles: str
    surnames: str
    organisations: str
    saints: str
    keep: str
    systems: tuple[str, ...]
    example: tuple[dict[str, str], ...]


def clean_name(name: str, never: Collection[str] = (), instead: str = "column_1") -> Cleaned:
    """What to call a table or column of this name; `instead` where nothing of it may be told."""
    if len(name) > LONGEST or "@" in name or _is_date_or_number(name):
        return Cleaned(instead, (VALUE,))
    pieces = _pieces(name)
    gone: dict[int, str] = {}
    for found, reason in (
        (_never(pieces, never), NEVER),
        (_systems(pieces), SYSTEM),
        (_organisations(pieces), ORGANISATION),
        (_people(pieces), PERSON),
    ):
        for place in found:
            gone.setdefault(place, reason)
    if not gone:
        return Cleaned(name.lower())
    left = "_".join(piece for place, piece in enumerate(pieces) if place not in gone)
    reasons = tuple(dict.fromkeys(gone[place] for place in sorted(gone)))
    return Cleaned(left if left and not left.isdigit() else instead, reasons)


def _is_date_or_number(name: str) -> bool:
    return bool(_DATE.fullmatch(name) or (_SIGNS.fullmatch(name) and _LONG_NUMBER.search(name)))


def clean_names(
    names: Sequence[str], never: Collection[str] = (), kind: str = "column", shown: Sequence[str] | None = None
) -> list[Cleaned]:
    """The same for all names of a table, or of a source: no two become one. `shown` are their names until now."""
    before = [name.lower() for name in names] if shown is None else list(shown)
    cleaned = [clean_name(name, never, f"{kind}_{place}") for place, name in enumerate(names, 1)]
    taken = {old for old, one in zip(before, cleaned, strict=True) if not one.found}
    told = []
    for old, one in zip(before, cleaned, strict=True):
        name, number = one.name, 2
        while one.found and name in taken:
            name, number = f"{one.name}_{number}", number + 1
        taken.add(name)
        told.append(Cleaned(name if one.found else old, one.found))
    return told


def clean_words(text: str, never: Collection[str] = ()) -> str:
    """A comment or description without the sentences that name a person, a place to write to, or what is never told."""
    sentences = re.split(r"(?<=[.;!?])\s+", clean_comment(text))
    return " ".join(sentence for sentence in sentences if not names_never(sentence, never))


def may_be_told(value: str, never: Collection[str] = ()) -> bool:
    """Whether a value may stand in a list that is told: it names nobody and nothing that is never told."""
    return not suspect(value) and not names_never(value, never)


def names_never(text: str, never: Collection[str]) -> bool:
    """Whether one of the words that are never told is in the text, in any case and spelling of its gaps."""
    return bool(_never(_pieces(text), never))


def _pieces(name: str) -> list[str]:
    return [
        piece.lower()
        for token in re.split(r"[\W_]+", name)
        for piece in (_PIECES.findall(token) if not _is_system(token.lower()) else [token])
    ]


def _never(pieces: Sequence[str], never: Collection[str]) -> set[int]:
    found: set[int] = set()
    for words in map(_pieces, never):
        for start in range(len(pieces) - len(words) + 1):
            if words and list(pieces[start : start + len(words)]) == words:
                found.update(range(start, start + len(words)))
        whole = "".join(words)
        if len(whole) >= _SHORTEST_INSIDE:
            found.update(place for place, piece in enumerate(pieces) if whole in piece)
            found.update(_spread(pieces, whole))
    return found


def _spread(pieces: Sequence[str], whole: str) -> set[int]:
    """Where neighbouring pieces, written together, are the word."""
    found: set[int] = set()
    for start in range(len(pieces)):
        joined = ""
        for end in range(start, len(pieces)):
            joined += pieces[end]
            if joined == whole:
                found.update(range(start, end + 1))
            if len(joined) >= len(whole):
                break
    return found


def _systems(pieces: Sequence[str]) -> set[int]:
    return {place for place, piece in enumerate(pieces) if _is_system(piece)}


def _is_system(token: str) -> bool:
    return any(pattern.fullmatch(token) for pattern in _system_patterns())


def _organisations(pieces: Sequence[str]) -> set[int]:
    """The unfamiliar words right before `hospital` and the like, with the saint that begins them."""
    found: set[int] = set()
    for place, piece in enumerate(pieces):
        if piece not in _set("organisations"):
            continue
        start = place
        while start > 0 and _may_be_a_name(pieces[start - 1]):
            start -= 1
        if start > 0 and pieces[start - 1] in _set("saints"):
            start -= 1
        named = range(start, place)
        if len(named) > 0 and not (start > 0 and pieces[start - 1] in _set("titles")):
            found.update(named)
    return found


def _people(pieces: Sequence[str]) -> set[int]:
    """What follows a title; a common surname; a given name, with what stands behind it and is no ordinary word."""
    found: set[int] = set()
    for place, piece in enumerate(pieces):
        after = place + 1
        follows = after < len(pieces) and (_may_be_a_name(pieces[after]) or pieces[after] in _set("surnames"))
        if piece in _set("titles") and follows:
            found.add(after)
        if piece in _set("surnames") and piece not in _clinical():
            found.add(place)
        if piece in given_names() and not is_familiar(piece) and piece not in _clinical():
            found.update((place, after) if follows else (place,))
    return found


def _may_be_a_name(piece: str) -> bool:
    ordinary = is_familiar(piece) or piece in _set("keep") or piece in _clinical() or piece in _common()
    return len(piece) > 2 and piece.isalpha() and not ordinary


def _set(name: str) -> frozenset[str]:
    return _sets()[name]


@functools.cache
def _sets() -> dict[str, frozenset[str]]:
    words = _load()
    return {
        name: frozenset(getattr(words, name).split())
        for name in ("titles", "surnames", "organisations", "saints", "keep")
    }


@functools.cache
def _system_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in _load().systems)


@functools.cache
def _phi_words() -> dict[str, str]:
    text = (resources.files("resources") / "rules" / "phi_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@functools.cache
def _clinical() -> frozenset[str]:
    return frozenset(_phi_words()["clinical"].split())


@functools.cache
def _common() -> frozenset[str]:
    return frozenset(_phi_words()["common"].split())


@functools.cache
def _load() -> _Words:
    text = (resources.files("resources") / "rules" / "name_words.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Words)


def check_examples() -> None:
    """`BadInput` naming the first example of the rules that does not hold."""
    for example in _load().example:
        given = clean_name(example["name"]).name
        if given != example["gives"]:
            raise BadInput(f"The name {example['name']!r} gives {given!r}, not {example['gives']!r}.")
