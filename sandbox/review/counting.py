"""What may be counted from another date of the row, judged on the whole table whenever a column of it changes.

    check_counted(table)   # `BadInput` with one sentence where a count would tell a date or an age over 89

A number of days since a date that is given in full gives the counted date back, whichever of the two was decided first;
so do days since a date that is itself counted in days. Days to or from a birth date tell every age, also those over 89
(45 CFR 164.514(b)(2)(i)(C)). The age on a day counts from a birth date only: from any other date it is a number of
years between two events, which no limit at 90 makes safe.
"""

from __future__ import annotations

import re

from sandbox.checks.facts import ANCHORED
from sandbox.dictionary.model import Column, Table
from sandbox.dictionary.words import words_of
from sandbox.errors import BadInput

BIRTH = frozenset({"birth", "born", "newborn"})
BIRTH_RULE = "(rule: birth date)"  # in the evidence of a column that the classifier calls so
_SPELLED = re.compile(r"(?<![a-z])([a-z])[\W_]+(?=[a-z](?![a-z]))")  # d_o_b


def is_birth(column: Column) -> bool:
    """Whether the column says when someone was born: by its real name, its name here, or what classified it."""
    names = (column.physical, column.name)
    words = {word for name in names for word in words_of(_SPELLED.sub(r"\1", name.lower()))}
    words |= {word for name in names for word in words_of(name)}
    return bool(words & BIRTH) or any(BIRTH_RULE in reason for reason in column.evidence)


def check_counted(table: Table) -> None:
    """Refuse a table in which what is counted would tell more than the count."""
    for column in table.columns:
        check_column(table, column)


def check_column(table: Table, column: Column) -> None:
    """Refuse what is counted for this column, if anything is, in its table as it is now."""
    if column.given != "derived" or column.derivation not in ANCHORED:
        return
    anchor = next((one for one in table.columns if one.name == column.anchor), None)
    if anchor is None:
        raise BadInput(f"{column.name} is counted from {column.anchor!r}, which {table.name} does not have.")
    check_pair(column, anchor, column.derivation)


def check_pair(column: Column, anchor: Column, derivation: str) -> None:
    """Refuse to count `column` from `anchor`, both as they are given now."""
    if derivation == "age_at":
        if is_birth(column) or not is_birth(anchor):
            raise BadInput(
                f"An age is counted from a birth date to another date, which {anchor.name} and {column.name} are not.",
                "Choose an event as the column and a birth date to count from.",
            )
        return
    for one in (anchor, column):
        if is_birth(one) or (one is anchor and one.derivation == "year"):
            raise BadInput("Days since a birth tell every age, also those over 89.", f"Choose age_at:{anchor.name}.")
    if anchor.derivation == "days_since":
        raise BadInput(
            f"{anchor.name} is itself counted in days, so nothing is counted from it.", "Choose another date."
        )
    if anchor.given == "full":
        raise BadInput(
            f"{anchor.name} is given in full, so days since it would give {column.name} back.",
            f"Give nothing of {anchor.name}, or {column.name} in full.",
        )
