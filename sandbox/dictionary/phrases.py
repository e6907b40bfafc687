"""Phrases in names: how the rules say which words must stand where.

    Phrases.read(["last name", "^name$", "number$"]).met(("patient", "last", "name"))   # "last name"

`^` is the beginning of the name, `$` its end, `*` is met by every name, `@clinical` by the words of that list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from .words import load_vocabulary, words_of


class _Phrase(NamedTuple):
    text: str
    words: tuple[str, ...]
    starts: bool
    ends: bool


class Phrases:
    """A set of phrases, looked up by their first words."""

    def __init__(self, phrases: Iterable[_Phrase], everything: bool) -> None:
        self.everything = everything
        self._by_first: dict[str, list[_Phrase]] = defaultdict(list)
        for phrase in phrases:
            self._by_first[phrase.words[0]].append(phrase)

    @classmethod
    def read(cls, texts: Iterable[str]) -> Phrases:
        listed = [phrase for text in texts for phrase in _spread(text)]
        return cls([_read(text) for text in listed if text != "*"], "*" in listed)

    @property
    def first_words(self) -> tuple[str, ...]:
        """The words that phrases begin with."""
        return tuple(self._by_first)

    def met(self, words: tuple[str, ...], *, anywhere: bool = False) -> str:
        """The longest phrase that the name's words meet, "" for none; `anywhere`: of phrases without marks only."""
        best = "*" if self.everything and not anywhere else ""
        longest = 0
        for start, word in enumerate(words):
            for phrase in self._by_first.get(word, ()):
                fits = _fits(phrase, words, start) and not (anywhere and (phrase.starts or phrase.ends))
                if fits and len(phrase.words) > longest:
                    best, longest = phrase.text, len(phrase.words)
        return best


def _spread(text: str) -> list[str]:
    """`@clinical` stands for every word of that list of the vocabulary."""
    return getattr(load_vocabulary(), text[1:]).split() if text.startswith("@") else [text]


def _read(text: str) -> _Phrase:
    bare = text.removeprefix("^").removesuffix("$")
    words = words_of(bare.strip().replace(" ", "_"))
    return _Phrase(text=bare.strip(), words=words, starts=text.startswith("^"), ends=text.endswith("$"))


def _fits(phrase: _Phrase, words: tuple[str, ...], start: int) -> bool:
    end = start + len(phrase.words)
    if words[start:end] != phrase.words:
        return False
    return not (phrase.starts and start > 0) and not (phrase.ends and end < len(words))
