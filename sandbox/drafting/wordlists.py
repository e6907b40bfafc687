"""Words that tell a person's name from a disease, and a number that identifies from one that counts.

The lists are data (`resources/rules/phi_words.toml`), so that a privacy officer can read and a site can extend
them; they are read once.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_NEAR = 40
_WORD = re.compile(r"[A-Za-z]+")


@cache
def word_list(name: str) -> frozenset[str]:
    """One list of `phi_words.toml`, by its name."""
    text = (files("resources") / "rules" / "phi_words.toml").read_text("utf-8")
    return frozenset(str(tomllib.loads(text)[name]).split())


def is_common_word(plain: str) -> bool:
    """Whether a word that could be a surname is also an eponym, a clinical or an ordinary English word."""
    return any(
        form in word_list(name)
        for name in ("clinical", "common", "code", "organisation", "first")
        for form in (plain, plain.removesuffix("s"), plain.removesuffix("'s"))
    )


def is_clinical_word(plain: str) -> bool:
    """Whether a capitalised word is an eponym or an ordinary word of hospital data."""
    return plain in word_list("clinical")


def is_first_name(plain: str) -> bool:
    return plain in word_list("first")


def ends_a_place(plain: str) -> bool:
    """Whether a name before this word belongs to a hospital, a score, a disease and the like."""
    return plain in word_list("organisation")


def company_near(text: str, at: int) -> bool:
    """Whether a word that makes a number an identifier stands shortly before `at`."""
    before = text[max(0, at - _NEAR) : at].lower()
    return any(word in word_list("company") for word in _WORD.findall(before.replace("_", " "))[-4:])
