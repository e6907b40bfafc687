"""The rules of classification, read from `resources/rules/columns*.toml` and held to their own examples.

    rules = load_rules()
    rules.column[0].applies(ColumnFacts(table="patients", name="PAT_SNAME", type="VARCHAR"))   # the phrase, or ""

A rule file in which an example no longer holds is refused as a whole: a rule that does not do what it says
is worse than none.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any, Literal

import msgspec

from sandbox.checks.facts import Derivation, Given
from sandbox.errors import BadInput

from .model import ColumnClass, Told
from .phrases import Phrases
from .types import Family, family, is_measure
from .words import column_words, is_familiar, words_of

TableKind = Literal[
    "patient",
    "contact",
    "identifiers",
    "coverage",
    "clinical",
    "notes",
    "staff",
    "facility",
    "geography",
    "reference",
    "system",
    "other",
]


TOO_SHORT = {"free_text": 12, "staff": 2, "event_key": 1}  # characters that could not hold one
KEYS = ("patient_key", "event_key", "key")


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    matches: tuple[str, ...]
    does_not_match: tuple[str, ...]


class ColumnRuleText(_Entry, frozen=True):
    """One `[[rule]]` of columns.toml, as written."""

    column_class: ColumnClass = msgspec.field(name="class")
    phrases: tuple[str, ...]
    weight: float
    cites: str = ""
    unless: tuple[str, ...] = ()
    holds: bool = False
    comment: bool = False
    about: tuple[TableKind, ...] = ()
    not_about: tuple[TableKind, ...] = ()
    types: tuple[Family, ...] = ()
    longest: int = 0
    measures: bool = False
    familiar: bool = False
    all_familiar: bool = False
    unfamiliar: bool = False
    told: Told | None = None
    given: Given | None = None
    derivation: Derivation = "none"
    domain: str = ""


class TableRuleText(_Entry, frozen=True):
    """One `[[kind]]` of columns_tables.toml; its `name` is the kind."""

    name: TableKind
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()


class ShapeText(_Entry, frozen=True):
    """One `[[shape]]` of columns_values.toml."""

    column_class: ColumnClass = msgspec.field(name="class")
    pattern: str
    share: float
    weight: float
    cites: str = ""
    not_about: tuple[TableKind, ...] = ()


class ColumnFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules look at. `kind` is found from the table's name when it is not given."""

    table: str
    name: str
    type: str
    comment: str = ""
    kind: TableKind | None = None


class ColumnRule:
    """A rule with its phrases ready to be looked up."""

    def __init__(self, text: ColumnRuleText, describes: frozenset[str]) -> None:
        self.text = text
        self.phrases = Phrases.read(text.phrases)
        self._unless = Phrases.read(text.unless)
        self._describes = describes

    def applies(self, facts: ColumnFacts) -> str:
        """The phrase that the column's name meets, "" when the rule is not for it."""
        words = column_words(facts.name)
        return "" if self._ruled_out(facts, words) else self.phrases.met(words)

    def applies_to_example(self, example: str) -> str:
        """The same for an example as the rules write them: `patients.PAT_SNAME VARCHAR(40)`."""
        place, _, kind = example.partition(" ")
        table, _, name = place.rpartition(".")
        return self.applies(ColumnFacts(table=table, name=name, type=kind))

    def applies_to_comment(self, facts: ColumnFacts) -> str:
        """The phrase that the column's comment meets, for rules that read comments."""
        if not self.text.comment or not facts.comment or self._ruled_out(facts, column_words(facts.name)):
            return ""
        return self.phrases.met(words_of(facts.comment), anywhere=True)

    def _ruled_out(self, facts: ColumnFacts, words: tuple[str, ...]) -> bool:
        text, kind = self.text, facts.kind or kind_of(facts.table)
        if (text.about and kind not in text.about) or kind in text.not_about:
            return True
        if text.types and family(facts.type) not in text.types:
            return True
        if text.familiar and not any(is_familiar(word) for word in words):
            return True
        if text.all_familiar and not all(is_familiar(word) for word in words):
            return True
        if text.unfamiliar and all(is_familiar(word) for word in words):
            return True
        if text.column_class in KEYS and family(facts.type) in ("date", "time", "boolean"):
            return True
        if text.measures and not is_measure(facts.type):
            return True
        if text.column_class in KEYS and is_measure(facts.type) and words and words[-1] not in ("identifier", "key"):
            return True
        if text.longest and not 0 < _length(facts.type) <= text.longest:
            return True
        if 0 < _length(facts.type) <= TOO_SHORT.get(text.column_class, 0):
            return True
        if text.holds and words and (words[-1] in self._describes or words[0] in ("is", "has", "type")):
            return True
        return bool(self._unless.met(words))


class ByWord:
    """Rules found by the words of a name, so that only those are tried that could apply; strongest first."""

    def __init__(self, rules: Sequence[ColumnRule]) -> None:
        self._rules = rules
        self._always = [number for number, rule in enumerate(rules) if rule.phrases.everything]
        self._by_word: dict[str, list[int]] = {}
        for number, rule in enumerate(rules):
            for word in rule.phrases.first_words:
                self._by_word.setdefault(word, []).append(number)

    def first(self, facts: ColumnFacts, words: tuple[str, ...]) -> tuple[ColumnRule, str] | None:
        """The strongest rule that applies to the name, and its phrase."""
        found = {number for word in words for number in self._by_word.get(word, ())}
        for number in sorted(found.union(self._always)):
            phrase = self._rules[number].applies(facts)
            if phrase:
                return self._rules[number], phrase
        return None

    def first_for_comment(self, facts: ColumnFacts) -> tuple[ColumnRule, str] | None:
        """The same for the comment."""
        found = {number for word in words_of(facts.comment) for number in self._by_word.get(word, ())}
        for number in sorted(found):
            phrase = self._rules[number].applies_to_comment(facts)
            if phrase:
                return self._rules[number], phrase
        return None


class Rules(msgspec.Struct, frozen=True):
    """Everything that was read, strongest column rules first."""

    column: tuple[ColumnRule, ...]
    by_word: ByWord
    shapes: tuple[tuple[ShapeText, re.Pattern[str]], ...]
    domains: dict[str, str]


@functools.cache
def load_rules() -> Rules:
    """Read and check the rules; `BadInput` names the first rule whose example fails."""
    data = _read("columns.toml")
    texts = msgspec.convert(data["rule"], tuple[ColumnRuleText, ...])
    describes = frozenset(word for text in data["describes"] for word in words_of(text))
    column = [ColumnRule(text, describes) for text in sorted(texts, key=lambda text: -text.weight)]
    shapes = msgspec.convert(_read("columns_values.toml")["shape"], tuple[ShapeText, ...])
    compiled = tuple((shape, re.compile(shape.pattern)) for shape in shapes)
    for rule in column:
        check_examples(rule.text, rule.applies_to_example)
    for shape, pattern in compiled:
        check_examples(shape, pattern.fullmatch)
    domains = {
        "_".join(words_of(word.replace(" ", "_"))): key for key, words in data["domains"].items() for word in words
    }
    return Rules(tuple(column), ByWord(column), compiled, domains)


def check_examples(entry: _Entry, met: Callable[[str], object]) -> None:
    """Hold one entry to its `matches` and `does_not_match`."""
    for example in entry.matches:
        if not met(example):
            raise BadInput(f"The rule {entry.name!r} does not match its own example {example!r}.")
    for example in entry.does_not_match:
        if met(example):
            raise BadInput(f"The rule {entry.name!r} matches {example!r}, which it says it does not.")


@functools.lru_cache(maxsize=20_000)
def kind_of(table: str) -> TableKind:
    """What a table is about, from its name alone."""
    return next((rule.text.name for rule in _table_rules() if rule.applies(table)), "other")


class _TableRule:
    def __init__(self, text: TableRuleText) -> None:
        self.text = text
        self._phrases = Phrases.read(text.phrases)
        self._unless = Phrases.read(text.unless)

    def applies(self, table: str) -> bool:
        words = words_of(table)
        return bool(self._phrases.met(words)) and not self._unless.met(words)


@functools.cache
def _table_rules() -> tuple[_TableRule, ...]:
    rules = tuple(
        _TableRule(text) for text in msgspec.convert(_read("columns_tables.toml")["kind"], tuple[TableRuleText, ...])
    )
    for rule in rules:
        check_examples(rule.text, rule.applies)
    return rules


@functools.lru_cache(maxsize=8192)
def _length(sql_type: str) -> int:
    found = re.search(r"CHAR[A-Z0-9]*\s*\((\d+)", sql_type.upper())
    return int(found[1]) if found else 0


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("resources") / "rules" / name).read_text(encoding="utf-8"))
