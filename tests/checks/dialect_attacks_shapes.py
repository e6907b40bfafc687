"""The shapes that attacks of one dialect come in: an expression, a table, the end of a query, a statement."""

from __future__ import annotations

PLAIN = "SELECT code AS x FROM ehr.codes"
Line = tuple[str, str, str]


def values(*lines: tuple[str, str]) -> list[Line]:
    """Attacks that are an expression; the twin computes something that is listed."""
    return [
        (f"value: {name}", f"SELECT {attack} AS x FROM ehr.codes", "SELECT upper(code) AS x FROM ehr.codes")
        for name, attack in lines
    ]


def tails(*lines: tuple[str, str]) -> list[Line]:
    """Attacks that follow FROM; the twin has nothing there."""
    return [(f"after FROM: {name}", f"SELECT code AS x FROM ehr.codes {attack}", PLAIN) for name, attack in lines]


def froms(*lines: tuple[str, str]) -> list[Line]:
    """Attacks that are a table; the twin reads one of the dictionary."""
    return [
        (f"table: {name}", f"SELECT 1 AS x FROM {attack}", "SELECT 1 AS x FROM ehr.codes") for name, attack in lines
    ]


def statements(*lines: tuple[str, str]) -> list[Line]:
    return [(f"statement: {name}", attack, PLAIN) for name, attack in lines]
