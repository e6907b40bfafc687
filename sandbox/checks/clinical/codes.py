"""A code or value that the dictionary does not have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from sandbox.checks.clinical._columns import Col
from sandbox.checks.clinical._events import Compared, Reading
from sandbox.checks.clinical._flag import warn
from sandbox.checks.facts import Flag, Schema

_SHOWN = 3
_LONGEST = 40


def unknown_code(reading: Reading) -> Iterator[Flag]:
    if reading.schema is None:
        return
    for event in reading.events:
        if not isinstance(event, Compared) or event.op not in ("=", "<>", "in", "like", "prefix"):
            continue
        known, where = _known(event.col, reading.schema)
        missing = [value for value in event.values if value and not _has(known, value, event.op)] if known else []
        if missing:
            listed = ", ".join(repr(value[:_LONGEST]) for value in missing[:_SHOWN])
            reason = f"{event.col.full_name} is compared with {listed}, which {where} does not have."
            yield warn("unknown_code", event.line, reason, _instead(missing[0], known))


def _known(col: Col, schema: Schema) -> tuple[frozenset[str], str]:
    """What the dictionary tells of a column's values, and where."""
    table = schema.tables.get(col.table)
    if table is None or col.schema is None or col.schema.key != "none" or (col.made and col.made != "filled"):
        return frozenset(), ""
    join = table.joins.get(col.source)
    reference = f"{join[0]}.{join[1]}" if join else col.full_name
    if reference in schema.codes:
        return frozenset(schema.codes[reference]), f"the list {reference.rpartition('.')[0]}"
    return frozenset(col.schema.values), "the list of told values"


def _has(known: frozenset[str], value: str, op: str) -> bool:
    if op in ("like", "prefix"):
        start = value.partition("%")[0].partition("_")[0] if op == "like" else value
        return value.startswith(("%", "_")) or any(one.startswith(start) for one in known)
    return value in known or _number(value) in {_number(one) for one in known if one[:1].isdigit()}


def _number(text: str) -> str:
    """`3` and `3.0` are one number; `02` and `2` are two codes."""
    return text.removesuffix(".0") if text.removesuffix(".0").isdigit() else text


def _instead(value: str, known: frozenset[str]) -> str:
    folded = {one.lower(): one for one in sorted(known)}
    near = [folded[one] for one in difflib.get_close_matches(value.lower().strip("%"), folded, _SHOWN, 0.6)]
    near += [one for one in sorted(known) if one not in near and value[:1] and _initials(value, one)]
    if near:
        return f"Did you mean {', '.join(near[:_SHOWN])}? Otherwise say why rows with it may exist."
    return "Look the code up in the dictionary; rare values may not be told."


def _initials(value: str, code: str) -> bool:
    """`INPATIENT` for `IP`: a short code whose letters stand in this order, beginning with the first."""
    rest = iter(value.lower())
    return 1 < len(code) <= 3 and code[0].lower() == value[0].lower() and all(letter in rest for letter in code.lower())
