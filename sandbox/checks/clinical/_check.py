"""All clinical rules on one program."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

from sandbox.checks.clinical._events import Reading, TooMuchToRead
from sandbox.checks.clinical._flag import PREFIX, warn
from sandbox.checks.clinical._program import read_program
from sandbox.checks.clinical.ages import age_by_year
from sandbox.checks.clinical.codes import unknown_code
from sandbox.checks.clinical.dates import date_beside_parameters
from sandbox.checks.clinical.denominators import denominator
from sandbox.checks.clinical.joins import row_multiplying_join
from sandbox.checks.clinical.left_joins import left_join_made_inner
from sandbox.checks.clinical.nulls import nulls_as_zero
from sandbox.checks.clinical.skewed import mean_of_skewed
from sandbox.checks.clinical.units import lab_without_unit, mixed_units
from sandbox.checks.clinical.windows import outcome_anchor
from sandbox.checks.facts import Flag, Schema

_FINDERS: tuple[Callable[[Reading], Iterator[Flag]], ...] = (
    row_multiplying_join, left_join_made_inner, outcome_anchor, age_by_year, mean_of_skewed, nulls_as_zero,
    date_beside_parameters, mixed_units, lab_without_unit, unknown_code, denominator,
)  # fmt: skip
RULES = tuple(PREFIX + finder.__name__ for finder in _FINDERS)
LONGEST = 200_000


def clinical_flags(
    text: str,
    *,
    schema: Schema | None = None,
    parameters: Mapping[str, object] | None = None,
    dialects: Mapping[int, str] | None = None,
) -> tuple[Flag, ...]:
    """The warnings on a program, by line; `dialects` gives the dialect of each literal query by its line.

    A text that is no Python gets none: the language check refuses it.
    """
    if len(text) > LONGEST:
        return ()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return ()
    reading = Reading(schema, dict(parameters or {}), words=text)
    try:
        read_program(reading, tree, dict(dialects or {}))
        found = [flag for finder in _FINDERS for flag in finder(reading)]
    except (RecursionError, TooMuchToRead):
        reason = "The program is too large or too deeply nested for the clinical checks, so none of them was made."
        return (warn("unread", 0, reason, "Split long expressions, and answer one question per program."),)
    return _once(found)


def _once(found: list[Flag]) -> tuple[Flag, ...]:
    """By line, each rule once for a line."""
    kept: dict[tuple[int, str], Flag] = {}
    for flag in found:
        kept.setdefault((flag.line, flag.rule), flag)
    return tuple(kept[key] for key in sorted(kept))
