"""The decisions of this session that can be taken back, table by table, the newest last. They end with the session;
the decisions themselves are on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sandbox.checks.facts import Given
from sandbox.dictionary.model import Told

if TYPE_CHECKING:
    from sandbox.review.undoing import Step

MOST = 100  # per table


class Level(NamedTuple):
    """One decision of a person, and what was chosen in it."""

    step: Step
    told: tuple[Told, ...] = ()
    given: tuple[Given, ...] = ()
    form: str = ""


class Levels:
    """What can be taken back."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], list[Level]] = {}

    def add(self, level: Level, *, goes_on: bool = False) -> None:
        """`goes_on`: it is one with the newest, if there is one and nothing else has happened since."""
        from sandbox.review.undoing import as_one, follows

        levels = self._of.setdefault((level.step.source, level.step.table), [])
        if goes_on and levels and follows(levels[-1].step, level.step):
            first = levels.pop()
            told, given = (*first.told, *level.told), (*first.given, *level.given)
            step = as_one(first.step, level.step)
            level = Level(step, tuple(dict.fromkeys(told)), tuple(dict.fromkeys(given)), first.form)
        levels.append(level)
        del levels[:-MOST]

    def newest(self, source: str, table: str) -> Level | None:
        levels = self._of.get((source, table))
        return levels[-1] if levels else None

    def count(self, source: str, table: str) -> int:
        return len(self._of.get((source, table), ()))

    def drop_newest(self, source: str, table: str) -> None:
        self._of[source, table].pop()

    def forget(self, source: str, table: str) -> None:
        """None of them can be taken back any more."""
        self._of.pop((source, table), None)
