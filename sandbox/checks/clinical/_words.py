"""The words that tell what a column holds, and the rules' examples: data in `resources/rules/clinical.toml`."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import msgspec

from sandbox.checks.clinical._columns import Col


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the parts of the file."""


class Rule(_Part, frozen=True, kw_only=True):
    """One rule: its page, and small programs or queries that it is and is not about.

    `schema`: it needs one; its examples are read against `[example]`.
    """

    name: str
    schema: bool = False
    matches: tuple[str, ...]
    does_not_match: tuple[str, ...]


class _File(_Part, frozen=True, kw_only=True):
    words: dict[str, tuple[str, ...]]
    text: dict[str, str]
    never: tuple[str, ...]
    rules: tuple[Rule, ...]
    example: dict[str, object]


@cache
def clinical_file() -> _File:
    """The file as shipped."""
    text = resources.files("resources").joinpath("rules", "clinical.toml").read_bytes()
    return msgspec.toml.decode(text, type=_File)


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_REST = re.compile(r"[^a-z0-9]+")


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(clinical_file().words[kind], key=len, reverse=True))
    return re.compile(f"_(?:{words})_")


def is_named(kind: str, name: str) -> bool:
    """Whether the name has one of the words of this kind in it."""
    spread = _REST.sub("_", _CAMEL.sub("_", name[:200]).lower())
    return bool(_pattern(kind).search(f"_{spread}_"))


def is_about(kind: str, col: Col) -> bool:
    """Whether a column, by its own name or by that of the column it comes from, is of this kind."""
    return is_named(kind, col.name) or (bool(col.source) and is_named(kind, col.source))


def says(kind: str, words: str) -> bool:
    """Whether the program's own words speak of this."""
    return re.search(clinical_file().text[kind], words, re.IGNORECASE) is not None
