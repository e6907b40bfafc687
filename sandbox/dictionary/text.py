"""The dictionary in words: the exact text that the agent starts from, and the exact text per table.

Both are stable for the same dictionary, byte for byte, so that what was sent can be shown again and the
model's cache is met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sandbox.errors import BadInput
from sandbox.sources.catalog import bare_type

from .model import CODE_SETS, Column, Dictionary, ReferenceRows, Table
from .schema import usable

LISTED_TABLES = 150  # above this the starting text names table counts per source only
LISTED_VALUES = 40
LISTED_CODE_SETS = 30
LISTED_CODES = 15  # rows of a reference table that is told whole; a longer one is searched

DERIVED_WORDS = {
    "year": "the year only",
    "month": "the month only",
    "zip3": "the first three digits only, 000 where few people live",
    "age_capped": "the age in years, 90 for everyone above 89",
    "days_since": "a whole number: the days since another date of the row",
    "age_at": "a whole number: the age in years on that day, 90 for everyone above 89",
}


def agent_text(dictionary: Dictionary) -> str:
    """The starting text: each source, its dialect, one line per table."""
    parts = []
    for source in sorted({table.source for table in dictionary.tables}):
        tables = sorted((table for table in dictionary.tables if table.source == source), key=lambda table: table.name)
        dialect = dictionary.dialects.get(source, "duckdb")
        parts.append(f"Source {source}: {len(tables)} tables, SQL in the dialect {dialect}.")
        if len(tables) <= LISTED_TABLES:
            parts += [f"- {_line(table)}" for table in tables]
        else:
            parts.append("Too many to list here: search for them by topic.")
    parts += _code_sets(dictionary)
    return "\n".join(parts) + "\n"


def _code_sets(dictionary: Dictionary) -> list[str]:
    """The newest version of each code set, by name; where there are many, how many."""
    newest = {one.name: one for one in dictionary.code_sets}
    if not newest:
        return []
    if len(newest) > LISTED_CODE_SETS:
        return [f"The reviewer keeps {len(newest)} code sets: search for them by topic."]
    lines = [
        f"- {CODE_SETS}.{one.name}: {one.codes:,} codes. {one_line(one.description)}".rstrip()
        for one in newest.values()
    ]
    return ["Code sets of the reviewer, whose codes `describe_tables` lists:", *lines]


def describe(dictionary: Dictionary, names: Iterable[str]) -> str:
    """Everything the agent may know of these tables, or BadInput naming what does not exist."""
    return "\n".join(_described(dictionary, find_table(dictionary, name)) for name in names)


def find_table(dictionary: Dictionary, name: str) -> Table:
    """The table called `source.table`, or `table` when only one source has it; any case."""
    wanted = name.strip().lower()
    exact = [table for table in dictionary.tables if table.full_name.lower() == wanted]
    found = exact or [table for table in dictionary.tables if table.name.lower() == wanted]
    if len(found) != 1:
        why = "is in several sources; write source.table" if found else "is not in the dictionary"
        raise BadInput(f"The table {name!r} {why}.", "Search the dictionary for the right name.")
    return found[0]


def _line(table: Table) -> str:
    """`ehr.visits: Hospital stays. One row per encounter. About 10,000 rows.`"""
    facts = " ".join(filter(None, (_sentence(table.description), *_facts(table))))
    return f"{table.full_name}: {facts}" if facts else table.full_name


def _facts(table: Table) -> list[str]:
    facts = [] if "one row per" in table.description.lower() else [_sentence(table.grain)]
    if table.reference:
        facts.append("Reference table: codes with their meanings, searchable.")
    if table.rows_band:
        facts.append(f"About {table.rows_band:,} rows.")
    if table.per_patient not in (0, 1):
        facts.append(f"About {table.per_patient:g} rows per patient.")
    return facts


def _described(dictionary: Dictionary, table: Table) -> str:
    lines = [_line(table)]
    lines += [f"  {_column_text(column)}" for column in table.columns if usable(column)]
    withheld = [column.name for column in table.columns if column.told != "nothing" and column.given == "nothing"]
    if withheld:
        lines.append(f"  Not given to programs: {', '.join(withheld)}.")
    lines += [f"  {said}" for said in told_beside(table, {other.full_name: other for other in dictionary.tables})]
    lines += [f"  Convention: {_sentence(convention)}" for convention in table.conventions]
    for reference in dictionary.references:
        if reference.table == table.full_name:
            lines += _codes(reference)
    return "\n".join(lines) + "\n"


def told_beside(table: Table, tables: Mapping[str, Table]) -> list[str]:
    """The time order of its rows and what its columns lead to, in words. Of a column that no program may name nothing
    is said here, either; `tables` by their full names.
    """
    told = []
    columns = {column.name.lower(): column for column in table.columns}
    ordered_by = columns.get(table.order.partition(" ")[0].lower())
    if table.order and (ordered_by is None or usable(ordered_by)):
        told.append(f"Usual time order: by {one_line(table.order).rstrip('.')}.")
    for join in table.joins:
        target = tables.get(join.to_table)
        if target and _is_usable(table, join.column) and _is_usable(target, join.to_column):
            told.append(f"Join: {table.name}.{join.column} = {join.to_table}.{join.to_column}")
    return told


def _is_usable(table: Table, column: str) -> bool:
    return any(one.name == column and usable(one) for one in table.columns)


def _codes(reference: ReferenceRows) -> list[str]:
    """All rows of a small reference table, so that nobody has to search for three codes."""
    if len(reference.rows) > LISTED_CODES:
        return []
    rows = [" | ".join(one_line(value) for value in row) for row in reference.rows]
    return [f"  All {len(rows)} rows, {' | '.join(reference.columns)}:", *(f"  - {row}" for row in rows)]


def _column_text(column: Column) -> str:
    parts = [f"{column.name} {_type(column)}"]
    if column.description:
        parts.append(one_line(column.description))
    if column.values:
        parts.append(_values(column))
    if column.low or column.high:
        parts.append(f"from about {one_line(column.low)} to about {one_line(column.high)}")
    if column.null_share:
        parts.append(f"null in about {column.null_share:.0%}")
    return "; ".join(parts)


def _type(column: Column) -> str:
    if column.column_class == "patient_key":
        return "patient key, a token"
    if column.given == "token":
        return f"key of {one_line(column.domain) or 'an event'}, a token"
    kind = bare_type(column.type)  # a table signed long ago can hold the labels of an ENUM
    if column.derivation == "none":
        return kind
    since = f", from {one_line(column.anchor)} on" if column.anchor else ""
    return f"{kind}, given as {DERIVED_WORDS[column.derivation]}{since}"


def _values(column: Column) -> str:
    shown = ", ".join(one_line(value) for value in column.values[:LISTED_VALUES])
    more = len(column.values) - LISTED_VALUES
    return f"values: {shown}" + (f" and {more} more, found by search" if more > 0 else "")


def _sentence(text: str) -> str:
    text = one_line(text)
    return text[:1].upper() + text[1:] + ("" if not text or text[-1] in ".!?" else ".")


def one_line(text: str) -> str:
    """`text` without line breaks or control characters, so that a value can't imitate the text around it."""
    plain = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    return " ".join(plain.split())
