"""A made-up patient while it is being written: cells are text until they are read. No Qt in here.

    form = PatientForm.like(day_30, columns={"ehr.enc_adm": ("pat_id", "admit_dttm")})
    form.tables["ehr.enc_adm"].rows[0][1] = "2022-03-31 23:30:00"
    form.patient()                       # or `BadInput` with what is missing

A cell that is left empty is null. A cell is read as a number only where it looks like one and the column holds
numbers, so that "02" stays "02"; what stands in double quotes is text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import BadInput
from sandbox.reviewing.orders.facts import MadeUpPatient


@dataclass
class TableForm:
    """The rows of one table; `texts` are the columns in which every value so far was text."""

    columns: tuple[str, ...]
    rows: list[list[str]] = field(default_factory=list)
    texts: frozenset[str] = frozenset()

    def add_row(self) -> int:
        """A copy of the last row, which is what one wants to change a little; its position."""
        self.rows.append(list(self.rows[-1]) if self.rows else [""] * len(self.columns))
        return len(self.rows) - 1

    def remove_row(self, position: int) -> None:
        if 0 <= position < len(self.rows):
            del self.rows[position]


@dataclass
class PatientForm:
    """Name, what it shows, rows by table, and label and value of what is expected."""

    name: str
    says: str
    tables: dict[str, TableForm]
    expect: list[tuple[str, str]]

    @classmethod
    def like(
        cls, basis: MadeUpPatient | None, columns: Mapping[str, Sequence[str]], known: Sequence[str]
    ) -> PatientForm:
        """A copy of `basis` (None: nothing yet) with room for every column that the draft reads."""
        rows = basis.rows if basis else {}
        names = [*rows, *(name for name in columns if name not in rows)]
        tables = {name: _table(rows.get(name, []), tuple(columns.get(name, ()))) for name in names}
        expect = [(label, written(value)) for label, value in basis.expect.items()] if basis else [("", "")]
        return cls(free_name(basis.name, known) if basis else "", basis.says if basis else "", tables, expect)

    def patient(self) -> MadeUpPatient:
        """What was written, or `BadInput` naming what is missing."""
        expect = {label.strip(): read(value) for label, value in self.expect if label.strip()}
        rows = {name: found for name, table in self.tables.items() if (found := _rows(table))}
        if not self.name.strip():
            raise BadInput("The made-up patient has no name.", "Name it for what it shows, such as “back on day 31”.")
        if not rows:
            raise BadInput("The made-up patient has no rows.", "Write at least one row in one table.")
        if not expect:
            raise BadInput(
                "Nothing is expected of this patient.", "Write a label that the program reports, and its value."
            )
        return MadeUpPatient(name=self.name.strip(), says=self.says.strip(), rows=rows, expect=expect)


def free_name(name: str, known: Sequence[str]) -> str:
    """A name that no other patient has."""
    found, number = f"{name}, changed", 2
    while found in known:
        found, number = f"{name}, changed {number}", number + 1
    return found


def read(text: str) -> Any:
    """What a cell says: a number where it is written as one, text in double quotes, yes or no as true or false."""
    text = text.strip()
    try:
        value = json.loads(text)
    except ValueError:
        return text
    is_plain = isinstance(value, str | bool | int | float | list) and not (isinstance(value, float) and value != value)
    return value if is_plain and "Infinity" not in text else text


def written(value: Any) -> str:
    """How a value is written in a cell so that it is read back as itself."""
    if value is None:
        return ""
    if isinstance(value, str):
        return (
            value
            if read(value) == value and value == value.strip() and value
            else json.dumps(value, ensure_ascii=False)
        )
    return json.dumps(value, ensure_ascii=False)


def _table(rows: Sequence[Mapping[str, Any]], columns: tuple[str, ...]) -> TableForm:
    named = tuple(dict.fromkeys([*(name for row in rows for name in row), *columns]))
    texts = frozenset(name for name in named if _holds_texts([row[name] for row in rows if row.get(name) is not None]))
    cells = [[_cell(row.get(name), name in texts) for name in named] for row in rows]
    return TableForm(named, cells, texts)


def _holds_texts(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(value, str) for value in values)


def _cell(value: Any, is_text: bool) -> str:
    return value if is_text and isinstance(value, str) else written(value)


def _rows(table: TableForm) -> list[dict[str, Any]]:
    found = [
        {
            name: cell.strip() if name in table.texts else read(cell)
            for name, cell in zip(table.columns, row, strict=True)
            if cell.strip()
        }
        for row in table.rows
    ]
    return [row for row in found if row]
