"""What a column of a table shows of a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

R = TypeVar("R")


@dataclass(frozen=True, init=False)
class Column(Generic[R]):
    """A title, and functions of a row: its text, tone ("warn"), icon ("warn"), tool tip, and what to sort by.

    Where the table is too narrow, a column with `least` is cut to at least so many letters (the tool tip has all), and
    those with `leaves` are not shown, the lowest number first.
    """

    title: str
    text: Callable[[R], str]
    right: bool
    tone: Callable[[R], str] | None
    icon: Callable[[R], str] | None
    mono: bool
    stretch: bool
    tip: Callable[[R], str] | None
    sort: Callable[[R], Any] | None
    least: int
    leaves: int

    def __init__(
        self,
        title: str,
        text: Callable[[R], str],
        *,
        right: bool = False,
        tone: Callable[[R], str] | None = None,
        icon: Callable[[R], str] | None = None,
        mono: bool = False,
        stretch: bool = False,
        tip: Callable[[R], str] | None = None,
        sort: Callable[[R], Any] | None = None,
        least: int = 0,
        leaves: int = 0,
    ) -> None:
        given = {"title": title, "text": text, "right": right, "tone": tone, "icon": icon, "mono": mono}
        more = {"stretch": stretch, "tip": tip, "sort": sort, "least": least, "leaves": leaves}
        for name, value in (given | more).items():
            object.__setattr__(self, name, value)
