"""What the index of a dictionary holds: one line per table, column, code and code set, and every code by itself.

entries(dictionary)      # kind, name, the name's words, text, more to be found by
code_cells(dictionary)   # the bare code, its place, kind, name, text
"""

from __future__ import annotations

from collections.abc import Iterator

from .model import CODE_SETS, CodeSet, Column, Dictionary, Table
from .schema import usable
from .text import one_line
from .words import words_of

Entry = tuple[str, str, str, str, str]
CodeCell = tuple[str, int, str, str, str]

SHOWN_VALUES = 20
LONGEST_HIT = 400


def entries(dictionary: Dictionary) -> Iterator[Entry]:
    for table in dictionary.tables:
        yield "table", table.full_name, _spread(table.name), _table_text(table), ""
    for name, column in _columns(dictionary):
        yield "column", name, _spread(column.name), _column_text(column), " ".join(column.values[SHOWN_VALUES:])
    for reference in dictionary.references:
        for row in reference.rows:
            yield "code", reference.table, "", code_text(row), ""
    for code_set in dictionary.code_sets:
        yield "codeset", f"{CODE_SETS}.{code_set.name}", _spread(code_set.name), code_set_text(code_set), "code set"


def code_cells(dictionary: Dictionary) -> Iterator[CodeCell]:
    """Every cell of a reference table without a space, and every told value, as it is compared."""
    place = 0
    for reference in dictionary.references:
        for row in reference.rows:
            place += 1
            for cell in row:
                if cell and " " not in cell:
                    yield bare(cell), place, "code", reference.table, code_text(row)
    for name, column in _columns(dictionary):
        place += 1
        for value in column.values:
            yield bare(value), place, "column", name, one_line(value)


def code_text(row: tuple[str, ...]) -> str:
    return " | ".join(one_line(value) for value in row if value)


def code_set_text(code_set: CodeSet) -> str:
    system = f" of {code_set.system}" if code_set.system else ""
    text = f"version {code_set.version}, {code_set.codes:,} codes{system}. {code_set.description}"
    return one_line(text)[:LONGEST_HIT]


def bare(code: str) -> str:
    return code.lower().replace(".", "")


def _columns(dictionary: Dictionary) -> Iterator[tuple[str, Column]]:
    for table in dictionary.tables:
        for column in table.columns:
            if usable(column):
                yield f"{table.full_name}.{column.name}", column


def _table_text(table: Table) -> str:
    return one_line(f"{table.description} {table.grain}")


def _column_text(column: Column) -> str:
    values = ", ".join(column.values[:SHOWN_VALUES])
    kind = f"key of {column.domain}" if column.given == "token" else column.type.lower()
    return one_line(f"{kind} {column.description} {values}")


def _spread(name: str) -> str:
    return " ".join(words_of(name))
