"""Sources and the dictionary: connect, list the tables, sign them. Deciding on one of them is in `deciding`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sandbox.dictionary.model import Dictionary, Table
from sandbox.errors import BadInput
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.data import (
    AddSource,
    AgentText,
    ForgetKnown,
    ListSources,
    ListTables,
    ReadAgentText,
    RemoveSource,
    SignTables,
    SourceList,
    TableList,
    TableRow,
    TableState,
)
from sandbox.reviewing.room import Room
from sandbox.workspace import Workspace, checked_name


def list_sources(room: Room, order: ListSources) -> SourceList:
    from sandbox.reviewing.starting import source_standing

    workspace = room.workspace
    return SourceList(rows=tuple(source_standing(room, workspace, name) for name in workspace.source_names()))


def add_source(room: Room, order: AddSource) -> SourceList:
    from sandbox.review import connecting

    if not order.location.strip():
        raise BadInput("Where is the source?", "Choose a DuckDB file, or a folder of Parquet or CSV files.")
    login = order.login or None
    connecting.add_source(room.workspace, room.keystore, checked_name(order.name), Path(order.location), login)
    return list_sources(room, ListSources())


def remove_source(room: Room, order: RemoveSource) -> SourceList:
    from sandbox.review import connecting

    connecting.remove_source(room.workspace, room.keystore, order.name)
    return list_sources(room, ListSources())


def forget_known(room: Room, order: ForgetKnown) -> Done:
    from sandbox.review.connecting import forget_known as forget

    forget(room.workspace, order.source)
    return Done(
        sentence=f"The index of {order.source} is wiped; its patients are not recognised until it is made again."
    )


def list_tables(room: Room, order: ListTables) -> TableList:
    return _table_list(room, room.workspace, order.source)


def sign_tables(room: Room, order: SignTables) -> TableList:
    """Sign the named tables. Everything that can be refused is, before the passphrase is tried."""
    from sandbox.records import ReviewerKey
    from sandbox.review import deciding

    workspace = room.workspace
    if not order.tables:
        raise BadInput("No table was chosen.", "Choose at least one table to sign.")
    proposal = room.tables.proposal(workspace, order.source)
    for name in order.tables:
        deciding.proposed_table(proposal, name)
    key = ReviewerKey.unlock(workspace, room.keystore, order.passphrase)
    deciding.sign_tables(workspace, key, order.source, order.tables, seen=order.seen)
    return _table_list(room, workspace, order.source)


def read_agent_text(room: Room, order: ReadAgentText) -> AgentText:
    from sandbox.codesets import with_code_sets
    from sandbox.dictionary.text import agent_text

    return AgentText(text=agent_text(with_code_sets(room.workspace, dictionary_now(room, room.workspace))))


def _table_list(room: Room, workspace: Workspace, source: str) -> TableList:
    proposal = room.tables.proposal(workspace, source)
    signed = {name: record.table for name, record in room.tables.signed(workspace, source).items()}
    return TableList(source=source, rows=tuple(_row(table, signed.get(table.name)) for table in proposal.tables))


def _row(table: Table, signed: Table | None) -> TableRow:
    from sandbox.review.deciding import is_undecided, table_hash

    return TableRow(
        name=table.name,
        columns=len(table.columns),
        undecided=sum(map(is_undecided, table.columns)),
        told=sum(column.told != "nothing" for column in table.columns),
        given=sum(column.given != "nothing" for column in table.columns),
        state=state_of(table, signed),
        rows_band=table.rows_band,
        reference=table.reference,
        description=table.description,
        sha256=table_hash(table),
    )


def state_of(table: Table, signed: Table | None) -> TableState:
    if signed is None:
        return "not signed"
    return "signed" if _decisions(table) == _decisions(signed) else "changed"


def _decisions(table: Table) -> Table:
    """The table as it would be signed, without how sure looking was and why."""
    from sandbox.review.deciding import as_told

    told = as_told(table)
    columns = tuple(msgspec.structs.replace(column, evidence=(), confidence=0.0) for column in told.columns)
    return msgspec.structs.replace(told, columns=columns)


def dictionary_now(room: Room, workspace: Workspace) -> Dictionary:
    """Every signed table of all sources: what a question would be opened with now."""
    names = workspace.source_names()
    signed = [record for name in names for record in room.tables.signed(workspace, name).values()]
    return Dictionary(
        tables=tuple(record.table for record in signed),
        dialects={name: workspace.source(name).dialect for name in names},
        references=tuple(rows for record in signed for rows in record.references),
    )
