"""The agent's text, split at its ``` fences while it arrives. No Qt in here.

    fences = Fences()
    fences.feed("Then:\\n```py")     # (Piece("Then:\\n", code=False),)
    fences.feed("thon\\nx = 1\\n")   # (Piece("x = 1\\n", code=True),)

Each letter is looked at once or twice, so a long answer costs no more per piece than a short one. The fence lines
themselves are not shown; everything else is, to the letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_FENCE = "```"
_LONGEST_FENCE = 120  # letters; a longer line is text, whatever it begins with
_DEEPEST = 3  # spaces before a fence


class Piece(NamedTuple):
    """Text of one kind. The kind changes only between lines."""

    text: str
    code: bool


class Fences:
    """Keeps back only what may still become a fence."""

    def __init__(self) -> None:
        self._held = ""
        self._code = False
        self._at_line_start = True

    def feed(self, text: str) -> tuple[Piece, ...]:
        """What can be shown now."""
        found: list[Piece] = []
        text, self._held = self._held + text, ""
        for line in _lines(text):
            if self._at_line_start and _may_become_fence(line):
                self._held = line
            elif self._at_line_start and _is_fence(line):
                self._code = not self._code
            else:
                self._at_line_start = line.endswith("\n")
                _add(found, line, code=self._code)
        return tuple(found)

    def end(self) -> tuple[Piece, ...]:
        """What was kept back, when nothing more comes; a last fence without a line end is one."""
        held, self._held = self._held, ""
        return () if not held or _is_fence(f"{held}\n") else (Piece(held, self._code),)


def split(text: str) -> tuple[Piece, ...]:
    """A whole text at once."""
    fences = Fences()
    return (*fences.feed(text), *fences.end())


def _lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _may_become_fence(line: str) -> bool:
    """A line that has not ended and begins like a fence."""
    if line.endswith("\n") or len(line) > _LONGEST_FENCE:
        return False
    bare = line.lstrip(" ")
    return len(line) - len(bare) <= _DEEPEST and (_FENCE.startswith(bare) or bare.startswith(_FENCE))


def _is_fence(line: str) -> bool:
    bare = line.lstrip(" ")
    return bare.startswith(_FENCE) and len(line) - len(bare) <= _DEEPEST and len(line) <= _LONGEST_FENCE


def _add(found: list[Piece], text: str, *, code: bool) -> None:
    if found and found[-1].code == code:
        found[-1] = Piece(found[-1].text + text, code)
    else:
        found.append(Piece(text, code))
