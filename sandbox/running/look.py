"""The other two reasons to touch a source: proposing its dictionary, and indexing the values that identify.

Each is a session of its own that holds this source's login and no program: fetch, confine, read, write
into the source's folder, leave an entry in the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from sandbox.dictionary import Column, Proposal, Table
from sandbox.files import replace_file
from sandbox.jail import door_is_a_child
from sandbox.keystore import Keystore, open_keystore
from sandbox.messages.desk import Indexed, IndexKnown, Look, Looked
from sandbox.records import AuditLog, Trust, signed_tables
from sandbox.review.deciding import is_undecided, read_proposal
from sandbox.review.decisions import carried
from sandbox.review.indexed import INDEX, identifying, keep_made_of
from sandbox.review.renaming import looked_for, with_names
from sandbox.review.setting_up import machine_key
from sandbox.sources import Source, connect, quoted
from sandbox.workspace import Workspace, readable_json

from .broker import confine_to, login_of
from .desk_line import DeskLine
from .errand import KNOWN_KEY, IndexOf, LookAt
from .made_up import check_made_up


def look(workspace: Workspace, desk: DeskLine, order: Look) -> None:
    """Propose a dictionary for a source and keep it as `proposal.json`; a person decides and signs."""
    import_module("sandbox.running.opening")  # before the door is confined
    keystore = open_keystore(workspace)
    signed = signed_before(workspace, keystore, order.source)
    tables = looked_for(workspace, order.source, order.tables)
    errand = LookAt(source=workspace.source(order.source), tables=tables, signed=signed)
    if door_is_a_child():
        return _hand_over(workspace, desk, errand, keystore)
    login = login_of(keystore, errand.source)
    confine_to(workspace, (errand.source,), (workspace.source_folder(order.source),), desk.descriptors)
    return look_behind(workspace, desk, errand, login)


def look_behind(workspace: Workspace, desk: DeskLine, errand: LookAt, login: str | None) -> None:
    """The same behind the door."""
    from .opening import Room, open_in

    name = errand.source.name
    room = Room(workspace, desk, errand, login)
    opened = open_in(room)
    proposal = carried(workspace, with_names(workspace, opened.proposal))
    path = workspace.source_folder(name) / "proposal.json"
    replace_file(path, readable_json(proposal))
    room.mark_open(opened)
    columns = [column for table in proposal.tables for column in table.columns]
    catalog = room.counts()
    AuditLog(workspace.audit_log).append(
        "source.looked", source=name, tables=len(proposal.tables), columns=len(columns)
    )
    desk.tell(
        Looked(
            source=name,
            path=str(path.relative_to(workspace.root)),
            tables=len(proposal.tables),
            columns=len(columns),
            undecided=sum(map(is_undecided, columns)),
            opened=room.opened,
            catalog_tables=catalog[0],
            catalog_columns=catalog[1],
        )
    )


def signed_before(workspace: Workspace, keystore: Keystore, source: str) -> tuple[Table, ...]:
    """The tables of the source as they are signed: a later look may not tell what, set against them, says of few."""
    if not any((workspace.source_folder(source) / "signed").glob("*.json")):
        return ()
    trust = Trust.open(workspace, keystore)
    return tuple(record.table for _, _, record in signed_tables(workspace, trust, source))


def index_known(workspace: Workspace, desk: DeskLine, order: IndexKnown) -> None:
    """Index the identifying values of a source, encrypted, for the checker that guards what leaves."""
    import_module("sandbox.drafting.known_values")  # before the door is confined
    proposal = read_proposal(workspace, order.source)
    errand = IndexOf(source=workspace.source(order.source), proposal=proposal)
    keystore = open_keystore(workspace)
    if door_is_a_child():
        return _hand_over(workspace, desk, errand, keystore)
    login, key = login_of(keystore, errand.source), machine_key(keystore, KNOWN_KEY)
    confine_to(workspace, (errand.source,), (workspace.source_folder(order.source),), desk.descriptors)
    return index_behind(workspace, desk, errand, login, key)


def index_behind(workspace: Workspace, desk: DeskLine, errand: IndexOf, login: str | None, key: bytes) -> None:
    """The same behind the door."""
    from sandbox.drafting.known_values import build

    name, counted = errand.source.name, _Counted()
    with connect(errand.source, login) as source:
        check_made_up(workspace, name, source)
        index = build(counted.through(_identifying_rows(source, errand.proposal)), key)
    replace_file(workspace.source_folder(name) / INDEX, index)
    keep_made_of(workspace, errand.proposal)
    AuditLog(workspace.audit_log).append("known.indexed", source=name, values=counted.values)
    desk.tell(Indexed(source=name, values=counted.values))


def _hand_over(workspace: Workspace, desk: DeskLine, errand: LookAt | IndexOf, keystore: Keystore) -> None:
    from .outside import hand_over

    hand_over(workspace, desk, errand, keystore)


class _Counted:
    """Counts the values that pass by."""

    def __init__(self) -> None:
        self.values = 0

    def through(self, batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            self.values += sum(len(column) - column.null_count for column in batch.columns)
            yield batch


def _identifying_rows(source: Source, proposal: Proposal) -> Iterator[Any]:
    """Batches of the identifying columns, table by table: names of one row stay together."""
    for table, columns in identifying(proposal):
        yield from source.read(_select_distinct(table, columns))


def _select_distinct(table: Table, columns: list[Column]) -> str:
    names = ", ".join(f"{quoted(column.physical or column.name)} AS {quoted(column.name)}" for column in columns)
    return f"SELECT DISTINCT {names} FROM {quoted(*table.physical)}"
