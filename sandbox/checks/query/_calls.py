"""What a text calls: the words before its brackets, read off its tokens without a parser.

A closed list on the text itself, in the dialect's own words, and the test that a text which was written out again
calls and quotes nothing that its author did not write.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from sandbox.checks.query._rules import DialectRules
from sandbox.errors import QueryRefused

# Words of the grammar that a bracket may follow.
_GRAMMAR = frozenset(
    {
        "ALL", "AND", "AS", "BETWEEN", "BY", "CASE", "CUBE", "DISTINCT", "ELSE", "END", "ESCAPE", "EXCEPT", "EXISTS",
        "FILTER", "FIRST", "FROM", "GROUP", "HAVING", "ILIKE", "IN", "INTERSECT", "IS", "JOIN", "LIKE", "LIMIT",
        "MINUS", "NEXT", "NOT", "OFFSET", "ON", "OR", "OVER", "QUALIFY", "ROLLUP", "SELECT", "SETS", "THEN", "TO",
        "TOP", "UNION", "USING", "WHEN", "WHERE", "FETCH", "RLIKE", "REGEXP", "GLOB", "DIV", "MOD",
    }
)  # fmt: skip
_IN_QUOTES = frozenset({TokenType.IDENTIFIER, TokenType.STRING, TokenType.NATIONAL_STRING})
_SIGNS = frozenset("@#$?{}\\")  # links, variables, templates: a parser that knows no such thing may drop it
_BLANKS = re.compile(r"[\s'\"]+")


def require_calls(sql: str, rules: DialectRules) -> None:
    """Refuse a word before a bracket that is not on the dialect's list, and a quoted one; and signs of no SELECT.

    DuckDB's functions are listed by the nodes that they are read as, and by what its own parser may find.
    """
    for word in calls(sql, rules.name):
        if word.startswith('"'):
            raise QueryRefused("A name in quotes stands before a bracket.", "Write functions without quotes.")
    if not rules.own.calls:
        return
    for token in _tokens(sql, rules.name):
        if token.token_type not in _IN_QUOTES and _SIGNS & {*token.text}:
            raise QueryRefused(
                f"{token.text} is not on the list of what a query may use.",
                "Write parameters as :name, and names plainly.",
            )
    for word in sorted(calls(sql, rules.name)):
        if word not in rules.own.calls and word not in _GRAMMAR:
            name = word.lower()
            raise QueryRefused(
                f"{name}( is not on the list of what a query may use.",
                rules.hints.get(f"{name}()", "Return plain columns and compute it in the program."),
            )


def require_faithful(again: str, written: str, rules: DialectRules, left_out: frozenset[str] = frozenset()) -> None:
    """Refuse a text written out again with a word or a quoted text that its author did not write.

    What a parser reads as one function and writes out as another is a translation, and translations change results.
    Every name in it is quoted, so its words are those of the language. Names that were `left_out` may be lost.
    """
    before, after = _words_written(written, rules), _words(again, rules.name)
    for word in sorted(after - before - {"AS"}):
        if not any(other in written.upper() for other in rules.same.get(word, ())) and word not in _quoted_words(
            written, rules
        ):
            raise _translated(f"{word.lower()} would be added", rules)
    lost = {word for word in before - rules.optional - left_out if word not in again.upper()}
    for word in sorted(lost - {other for written_out in after for other in rules.same.get(written_out, ())}):
        raise _translated(f"{word.lower()} would be lost", rules)
    text = _squeezed(written + " ".join([*_literals(written, rules.name), *rules.own.texts]))
    for literal in _literals(again, rules.name):
        if _squeezed(literal) not in text:
            raise _translated("a text in quotes would be added", rules)


def calls(sql: str, dialect: str) -> frozenset[str]:
    """The words before brackets in capitals; quoted ones keep a quotation mark, which no list has."""
    tokens = _tokens(sql, dialect)
    found = set()
    for before, bracket in zip(tokens, tokens[1:], strict=False):
        if bracket.token_type == TokenType.L_PAREN and (word := _word(before)):
            found.add(word)
    return frozenset(found)


def _words(sql: str, dialect: str) -> frozenset[str]:
    found = (token for token in _tokens(sql, dialect) if token.token_type not in _IN_QUOTES)
    return frozenset(word for token in found for word in re.findall(r"[A-Z_][A-Z_0-9]*", token.text.upper()))


def _words_written(sql: str, rules: DialectRules) -> frozenset[str]:
    """The words of the author, phrases in the words that the dialect writes them out in."""
    if not rules.own.spelled:
        return _words(sql, rules.name)
    texts = [token.text.upper() for token in _tokens(sql, rules.name) if token.token_type not in _IN_QUOTES]
    text = " ".join(texts)
    for phrase, words in rules.own.spelled.items():
        text = re.sub(rf"\b{phrase}\b", words, text)
    return frozenset(re.findall(r"[A-Z_][A-Z_0-9]*", text))


def _quoted_words(sql: str, rules: DialectRules) -> frozenset[str]:
    """Words inside quotes: DATE_PART('month', …) may be written out as EXTRACT(MONTH FROM …)."""
    return frozenset(re.findall(r"[A-Z_]+", " ".join(_literals(sql, rules.name)).upper()))


def _word(token: Token) -> str:
    if token.token_type in _IN_QUOTES:
        return f'"{token.text}"'
    return token.text.upper().split()[-1] if re.match(r"[^\W\d]", token.text) else ""


def _literals(sql: str, dialect: str) -> list[str]:
    return [token.text for token in _tokens(sql, dialect) if token.token_type == TokenType.STRING]


def _squeezed(text: str) -> str:
    return _BLANKS.sub("", text).lower()


@cache
def _dialect(name: str) -> Dialect:
    return Dialect.get_or_raise(name)


@lru_cache(maxsize=4)  # a check asks for the same two texts again and again
def _tokens(sql: str, dialect: str) -> tuple[Token, ...]:
    try:
        return tuple(_dialect(dialect).tokenize(sql))
    except SqlglotError as problem:
        raise QueryRefused("The query can't be read.", "Check its quotes and brackets.") from problem


def _translated(what: str, rules: DialectRules) -> QueryRefused:
    return QueryRefused(
        f"The query could only run in other words than it is written in: {what}.",
        f"Use functions of {rules.name}, written as its manual writes them.",
    )
