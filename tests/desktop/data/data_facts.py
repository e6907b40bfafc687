"""Invented dictionary facts for the tests of the screen Data."""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox.review.since_signed import since_signed
from sandbox.reviewing.orders.data import Choices, TableRow, TableShown, TableState, Undoable
from sandbox.reviewing.orders.facts import Column, Given, SinceSigned, Table, Told
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


def since(
    columns: tuple[Column, ...], signed: tuple[tuple[Told, Given] | None, ...], gone: tuple[str, ...] = ()
) -> SinceSigned:
    """What the engine says of these columns, when they were signed so."""
    before = [
        msgspec.structs.replace(column, told=one[0], given=one[1])
        for column, one in zip(columns, signed, strict=True)
        if one is not None
    ]
    before += [Column(name=name, type="INTEGER") for name in gone]
    return since_signed(
        Table(source="ehr", name="t", columns=columns), Table(source="ehr", name="t", columns=tuple(before))
    )


def shown(
    *columns: Column,
    name: str = "enc_adm",
    state: TableState = "not signed",
    choices: tuple[Choices, ...] = (),
    undecided: tuple[str, ...] = (),
    signed: tuple[tuple[Told, Given] | None, ...] = (),
    gone: tuple[str, ...] = (),
    undo: Undoable | None = None,
    undo_levels: int = 0,
    text: str = "",
) -> TableShown:
    """A table of the source ehr; by default a key, a plain column and an unknown one. `signed`: what was told and given
    per column (None: it was not there), with the columns that are `gone`."""
    known = columns or (KEY_COLUMN, PLAIN_COLUMN, UNKNOWN_COLUMN)
    told = "\n".join(f"  {one.name} {one.type}" for one in known if one.told != "nothing")
    return TableShown(
        table=Table(source="ehr", name=name, columns=known),
        state=state,
        choices=choices or tuple(KEY if one.column_class == "patient_key" else FREE for one in known),
        agent_text=text or f"ehr.{name}\n{told}\n",
        since=since(known, signed, gone) if signed else None,
        undo=undo,
        undo_levels=undo_levels or int(undo is not None),
        undecided=undecided or tuple(one.name for one in known if one.column_class == "unknown"),
    )
