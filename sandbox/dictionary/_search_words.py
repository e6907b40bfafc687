"""The words of a search as expressions of SQLite's FTS5: what a hit must contain, and what it may.

words = words_in("readmission after HF")
every_word(words)        # ("readmission" OR "admission" …) AND "after" AND ("hf" OR "chf" OR "heart failure")
beginnings(["i50*"])     # ["i50"]: what codes may begin with
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from importlib import resources

MOST_WORDS = 40
MOST_TERMS = 8  # that an index of millions is asked for at once
LEAST_BEGINNING = 3  # shorter beginnings of words are in too many of millions
# They say what is looked for, or nothing; no entry has to contain them.
_EMPTY_WORDS = (
    "a all an and any at by code codes column columns for from how in is list many of on or per table tables the to "
    "value values what which with"
)


def words_in(query: str) -> list[str]:
    """The words in lower case, a star at the end kept (`%` is one too)."""
    words = re.findall(r"\w[\w.\-]*[*%]?", query.lower())
    return [word.replace("%", "*") for word in words if any(map(str.isalnum, word))][:MOST_WORDS]


def beginnings(words: list[str]) -> list[str]:
    """Those that may be the beginning of codes: `i50`, `i50.2*`, `250*`; a plain number only when it stands alone."""
    stems = [(word, word.rstrip("*.-")) for word in words]
    return [
        word
        for word, stem in stems
        if any(map(str.isdigit, stem)) and (len(words) == 1 or not stem.isdigit() or word.endswith("*"))
    ]


def every_word(words: list[str]) -> str:
    """Each word, or one that means the same."""
    phrases, rest = _phrases(words)
    terms = [_one_of([_all_of(phrase.split()), *map(_quoted, synonyms()[phrase])]) for phrase in phrases]
    terms += [_one_of(map(_quoted, (word, *_same(word)))) for word in _telling(rest, phrases)]
    return " AND ".join(terms)


def plain_words(words: list[str]) -> list[str]:
    """For an index without the places of words: each word that tells something, or one that means the same."""
    phrases, rest = _phrases(words)
    groups = [(phrase, *synonyms()[phrase]) for phrase in phrases]
    groups += [(word, *_same(word)) for word in _telling(rest, phrases)]
    terms = [[part for text in group if (part := _parts_of(text))] for group in groups]
    return [_one_of(dict.fromkeys(term)) for term in terms if term][:MOST_TERMS]


def _parts_of(text: str) -> str:
    """All the words inside, as the index has cut them; a star counts from `LEAST_BEGINNING` letters on."""
    parts = [f'"{part}"' for part in re.findall(r"[^\W_]+", text)]
    if parts and text.endswith("*") and len(parts[-1]) >= LEAST_BEGINNING + 2:
        parts[-1] += " *"
    return f"({' AND '.join(parts)})" if parts else ""


def any_word(words: list[str]) -> str:
    """Any of the words, or of those that mean the same."""
    phrases, _ = _phrases(words)
    texts = [*_telling(words, []), *(same for word in words for same in _same(word))]
    texts += [same for phrase in phrases for same in synonyms()[phrase]]
    return " OR ".join(map(_quoted, dict.fromkeys(texts)))


@functools.cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Every word or phrase of `resources/rules/synonyms.toml` with the others of its group."""
    text = (resources.files("resources") / "rules" / "synonyms.toml").read_text(encoding="utf-8")
    groups: list[list[str]] = tomllib.loads(text)["groups"]
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        for phrase in group:
            found[phrase] = (*found.get(phrase, ()), *(other for other in group if other != phrase))
    return found


def _phrases(words: list[str]) -> tuple[list[str], list[str]]:
    """Phrases of several words that have synonyms, and the words that are in none."""
    text, found = f" {' '.join(words)} ", []
    for phrase in sorted((phrase for phrase in synonyms() if " " in phrase), key=len, reverse=True):
        if f" {phrase} " in text:
            text = text.replace(f" {phrase} ", " ")
            found.append(phrase)
    return found, text.split()


def _same(word: str) -> tuple[str, ...]:
    return synonyms().get(word) or synonyms().get(word.removesuffix("s"), ())


def _telling(words: list[str], phrases: list[str]) -> list[str]:
    """Without the empty words, unless there are no others."""
    return [word for word in words if word not in _EMPTY_WORDS.split()] or ([] if phrases else words)


def _all_of(words: list[str]) -> str:
    return f"({' AND '.join(map(_quoted, _telling(words, [])))})"


def _one_of(expressions: Iterable[str]) -> str:
    return f"({' OR '.join(expressions)})"


def _quoted(text: str) -> str:
    """Quoting makes every character of it plain text; a star after the quotes means any ending."""
    return f'"{text.rstrip("*")}" *' if text.endswith("*") else f'"{text}"'
