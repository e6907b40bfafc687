"""Marks at lines of a text. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Tint = Literal["added", "removed", "changed"]
SIGNS: dict[str, str] = {"added": "+", "removed": "\N{MINUS SIGN}", "changed": "~"}
_GRAVITY = ("bad", "warn", "good", "info", "plain")
_SPOKEN = {"bad": "Problem", "warn": "Warning", "good": "Good", "info": "Note", "plain": "Note"}


@dataclass(frozen=True)
class LineMark:
    """Something said about a line (1 is the first): its tone (bad, warn, good, info) and the words."""

    line: int
    tone: str
    text: str


def by_line(marks: Iterable[LineMark]) -> dict[int, tuple[LineMark, ...]]:
    """The marks of each line, gravest first."""
    found: dict[int, tuple[LineMark, ...]] = {}
    for mark in sorted(marks, key=lambda mark: _GRAVITY.index(mark.tone)):
        found[mark.line] = (*found.get(mark.line, ()), mark)
    return found


def next_line(lines: Iterable[int], after: int, *, backwards: bool = False) -> int | None:
    """The next of the lines after (or before) that one, round again at the end."""
    ordered = sorted(lines, reverse=backwards)
    beyond = [line for line in ordered if (line < after if backwards else line > after)]
    return beyond[0] if beyond else ordered[0] if ordered else None


def spoken(marks: tuple[LineMark, ...]) -> str:
    """What a screen reader says of the marks of one line."""
    return f"Line {marks[0].line}. " + " ".join(f"{_SPOKEN[mark.tone]}: {mark.text}" for mark in marks)
