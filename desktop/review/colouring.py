"""The colours of a sheet: each row as it stands in its own program, never as it stands in the mixture.

In a mixture of two programs one string that begins twice would colour everything below it.
"""

from __future__ import annotations

from collections.abc import Iterator

from desktop.review.sheet import Sheet
from desktop.widgets.code_spans import Line, lines_of


def coloured(sheet: Sheet) -> Iterator[Line]:
    """The spans of each row; lexed as far as they are asked for."""
    old, new = _Program(sheet.old), _Program(sheet.new)
    for row in sheet.rows:
        if row.kind == "removed" or (row.old_line and not sheet.new):
            yield old.line(row.old_line)
        else:
            yield new.line(row.new_line) if row.new_line else ()


class _Program:
    """The spans of one text, line by line, forwards only."""

    def __init__(self, text: str) -> None:
        self._coming = (line for line in lines_of(text, "python") if line is not None)
        self._at = 0
        self._line: Line = ()

    def line(self, number: int) -> Line:
        while self._at < number:
            self._line = next(self._coming, ())
            self._at += 1
        return self._line
