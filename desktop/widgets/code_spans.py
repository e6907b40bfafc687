"""Where the words of a program get which colour: spans per line, in UTF-16 units as Qt counts. No Qt.

Pygments is imported when the first text is coloured, or before, on a thread of its own, by `get_ready`: its lexers
take a quarter of a second to be made, once.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pygments.lexer import Lexer

Language = Literal["python", "sql", "json", "text"]
Span = tuple[int, int, str]  # from, length, kind
Line = tuple[Span, ...]

_KINDS = {
    "Token.Keyword.Constant": "number",
    "Token.Keyword": "keyword",
    "Token.Name.Function": "name",
    "Token.Name.Class": "name",
    "Token.Name.Decorator": "name",
    "Token.Name.Tag": "name",
    "Token.Name.Builtin": "builtin",
    "Token.Name.Exception": "builtin",
    "Token.Literal.String": "string",
    "Token.Literal.Number": "number",
    "Token.Comment": "comment",
    "Token.Operator.Word": "keyword",
}
MOST = 4000  # spans of one line
_BREATH = 200  # tokens
_QUERY = re.compile(r"[\"']+\s*(SELECT|WITH)\s", re.IGNORECASE)
_PARAMETER = "Token.Name.Function"
_kind_of: dict[Any, str] = {}
_making = threading.Lock()  # a lexer that is made twice at once comes out wrong


def lines_of(text: str, language: Language) -> Iterator[Line | None]:
    """The spans of one line after the other, as many as the text has lines; None in between to take a breath.

    A line of more than MOST spans (a whole file on one line) has none.
    """
    if language == "text":
        return
    spans: list[Span] = []
    column = 0
    for count, (token, piece) in enumerate(_tokens(text, language)):
        if count % _BREATH == 0:
            yield None
        kind = _kind(token)
        for number, part in enumerate(piece.split("\n")):
            if number:
                yield tuple(spans) if len(spans) <= MOST else ()
                spans, column = [], 0
            length = utf16_length(part)
            if kind and length:
                spans.append((column, length, kind))
            column += length
    yield tuple(spans) if len(spans) <= MOST else ()


def _tokens(text: str, language: Language) -> Iterator[tuple[Any, str]]:
    """The pieces of the text with their kinds; a query in a program's string is read as SQL."""
    pieces = ((token, piece) for _place, token, piece in _lexer(language).get_tokens_unprocessed(text))
    if language != "python":
        yield from _sql_tokens(text) if language == "sql" else pieces
        return
    for is_string, group in groupby(pieces, key=_is_string):
        if not is_string:
            yield from group
            continue
        strings = list(group)
        literal = "".join(piece for _token, piece in strings)
        yield from _query_tokens(literal, strings[0][0]) if _QUERY.match(literal) else strings


def _query_tokens(literal: str, string: Any) -> Iterator[tuple[Any, str]]:
    inside = literal.strip("\"'")
    before, _middle, after = literal.partition(inside)
    yield string, before
    yield from _sql_tokens(inside)
    yield string, after


def _sql_tokens(text: str) -> Iterator[tuple[Any, str]]:
    """As the lexer has it, but `:start` is a parameter, though START is a keyword too."""
    before = ""
    for _place, token, piece in _lexer("sql").get_tokens_unprocessed(text):
        yield (_PARAMETER if before.endswith(":") and piece.isidentifier() else token), piece
        before = piece


def _is_string(piece: tuple[Any, str]) -> bool:
    return _kind(piece[0]) == "string"


def get_ready() -> None:
    """Make the lexers now, beside whatever the window does."""
    threading.Thread(target=lambda: (_lexer("python"), _lexer("sql")), daemon=True).start()


def utf16_length(text: str) -> int:
    """The length as Qt counts it: letters beyond the basic plane count twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _kind(token: Any) -> str:
    found = _kind_of.get(token)
    if found is None:
        names = str(token).split(".")
        prefixes = (".".join(names[:count]) for count in range(len(names), 0, -1))
        found = _kind_of[token] = next((_KINDS[prefix] for prefix in prefixes if prefix in _KINDS), "")
    return found


def _lexer(language: Language) -> Lexer:
    with _making:
        return _made(language)


def _made(language: Language) -> Lexer:
    if language == "python":
        from pygments.lexers.python import PythonLexer

        return PythonLexer()
    if language == "sql":
        from pygments.lexers.sql import SqlLexer

        return SqlLexer()
    from pygments.lexers.data import JsonLexer

    return JsonLexer()
