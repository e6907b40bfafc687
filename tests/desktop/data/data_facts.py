"""Invented dictionary facts for the tests of the screen Data."""

from __future__ import annotations

from typing import Any

from sandbox.reviewing.orders.data import Choices, TableRow, TableShown, TableState
from sandbox.reviewing.orders.facts import Column, Table
from sandbox.reviewing.orders.starting import SourceStanding

FREE = Choices(told=("nothing", "name", "values"), given=("nothing", "full"))
KEY = Choices(told=("nothing", "name"), given=("nothing", "token"))
IDENTIFIER = Choices(told=("nothing", "name"), given=("nothing",))


def source(name: str = "ehr", **facts: Any) -> SourceStanding:
    known = {"looked": True, "tables": 3, "columns": 12, "signed": 1}
    return SourceStanding(name=name, location=f"/hospital/{name}.duckdb", login=False, **(known | facts))


def new_source(name: str = "registry") -> SourceStanding:
    return SourceStanding(name=name, location=f"/hospital/{name}.duckdb", login=True)


def table_row(name: str, state: TableState = "not signed", **facts: Any) -> TableRow:
    known = {"columns": 3, "undecided": 0, "told": 2, "given": 2}
    return TableRow(name=name, state=state, **(known | facts))


KEY_COLUMN = Column(name="pat_id", type="BIGINT", column_class="patient_key", told="name", given="token")
PLAIN_COLUMN = Column(
    name="enc_class", type="VARCHAR", column_class="plain", told="values", given="full", values=("IP", "ED", "OP")
)
UNKNOWN_COLUMN = Column(name="flag_7", type="VARCHAR", evidence=("no rule knows it",))


def shown(
    *columns: Column,
    name: str = "enc_adm",
    state: TableState = "not signed",
    choices: tuple[Choices, ...] = (),
    undecided: tuple[str, ...] = (),
    signed: tuple[tuple[str, str], ...] = (),
    text: str = "",
) -> TableShown:
    """A table of the source ehr; by default a key, a plain column and an unknown one."""
    known = columns or (KEY_COLUMN, PLAIN_COLUMN, UNKNOWN_COLUMN)
    told = "\n".join(f"  {one.name} {one.type}" for one in known if one.told != "nothing")
    return TableShown(
        table=Table(source="ehr", name=name, columns=known),
        state=state,
        choices=choices or tuple(KEY if one.column_class == "patient_key" else FREE for one in known),
        agent_text=text or f"ehr.{name}\n{told}\n",
        signed=signed,
        undecided=undecided or tuple(one.name for one in known if one.column_class == "unknown"),
    )
