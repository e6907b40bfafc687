"""One table of a proposal: shown, decided column by column, and decided back."""

from __future__ import annotations

import msgspec

from sandbox.dictionary.model import Dictionary, Proposal, Table
from sandbox.errors import BadInput
from sandbox.reviewing.data import dictionary_now, state_of
from sandbox.reviewing.orders.data import (
    Choices,
    Decide,
    Derive,
    FormsShown,
    ReadForms,
    ReadTable,
    TableShown,
    TakeBack,
    Undoable,
)
from sandbox.reviewing.room import Room
from sandbox.reviewing.taken_back import Level
from sandbox.workspace import Workspace


def read_table(room: Room, order: ReadTable) -> TableShown:
    workspace = room.workspace
    return _shown(room, workspace, room.tables.proposal(workspace, order.source), order.table)


def decide(room: Room, order: Decide) -> TableShown:
    """Change what the order names, all of it or nothing."""
    from sandbox.review.deciding import decide_columns
    from sandbox.review.undoing import before_deciding

    workspace = room.workspace
    proposal = room.tables.proposal(workspace, order.source)
    before = before_deciding(workspace, proposal, order.table, order.columns)
    proposal = decide_columns(workspace, proposal, order.table, order.columns, order.told, order.given)
    told, given = ((one,) if one else () for one in (order.told, order.given))
    level = Level(before.step(workspace, proposal), told, given)  # type: ignore[arg-type]
    room.tables.levels.add(level, goes_on=order.goes_on)
    return _kept(room, workspace, proposal, order.table)


def derive(room: Room, order: Derive) -> TableShown:
    """Give a column in a form, or as it was before one was chosen."""
    from sandbox.review.deriving import derive_column
    from sandbox.review.undoing import before_deciding

    workspace = room.workspace
    proposal = room.tables.proposal(workspace, order.source)
    before = before_deciding(workspace, proposal, order.table, (order.column,))
    proposal = derive_column(workspace, proposal, order.table, order.column, order.form)
    room.tables.levels.add(Level(before.step(workspace, proposal), form=order.form))
    return _kept(room, workspace, proposal, order.table)


def take_back(room: Room, order: TakeBack) -> TableShown:
    """Take the newest decision on the table back. Where that is refused, those before it can't be taken back either."""
    from sandbox.review.undoing import take_back as taken_back

    workspace = room.workspace
    levels = room.tables.levels
    level = levels.newest(order.source, order.table)
    if level is None:
        raise BadInput(f"There is no decision on {order.table} to take back.", "Only those of this window can be.")
    try:
        proposal = taken_back(workspace, room.tables.proposal(workspace, order.source), level.step)
    except BadInput:
        levels.forget(order.source, order.table)
        raise
    levels.drop_newest(order.source, order.table)
    return _kept(room, workspace, proposal, order.table)


def read_forms(room: Room, order: ReadForms) -> FormsShown:
    """What may be derived from a column now."""
    from sandbox.review.deriving import forms_of

    workspace = room.workspace
    forms = forms_of(workspace, room.tables.proposal(workspace, order.source), order.table, order.column)
    return FormsShown(source=order.source, table=order.table, column=order.column, open=forms.open, chosen=forms.chosen)


def _kept(room: Room, workspace: Workspace, proposal: Proposal, table: str) -> TableShown:
    room.tables.keep(workspace, proposal)
    return _shown(room, workspace, proposal, table)


def _shown(room: Room, workspace: Workspace, proposal: Proposal, name: str) -> TableShown:
    from sandbox.dictionary.text import describe
    from sandbox.review.deciding import as_told, choices, is_undecided, proposed_table, references_told, table_hash
    from sandbox.review.since_signed import since_signed

    table = proposed_table(proposal, name)
    record = room.tables.signed(workspace, proposal.source).get(table.name)
    told = as_told(table)
    dictionary = _with(dictionary_now(room, workspace), proposal, told, references_told(proposal, told))
    allowed = [choices(column, reference=table.reference) for column in table.columns]
    levels = room.tables.levels
    level = levels.newest(proposal.source, table.name)
    return TableShown(
        table=table,
        state=state_of(table, record.table if record else None),
        choices=tuple(Choices(told=one.told, given=one.given) for one in allowed),
        agent_text=describe(dictionary, [table.full_name]),
        since=since_signed(told, record.table) if record else None,
        undecided=tuple(column.name for column in table.columns if is_undecided(column)),
        sha256=table_hash(table),
        undo=_undoable(level) if level else None,
        undo_levels=levels.count(proposal.source, table.name),
    )


def _undoable(level: Level) -> Undoable:
    columns = level.step.before
    return Undoable(columns=len(columns), first=columns[0].name, told=level.told, given=level.given, form=level.form)


def _with(dictionary: Dictionary, proposal: Proposal, table: Table, references: tuple[object, ...]) -> Dictionary:
    """The dictionary with this table as it would be signed now, in place of what was."""
    others = tuple(one for one in dictionary.tables if one.full_name != table.full_name)
    kept = tuple(rows for rows in dictionary.references if rows.table != table.full_name)
    return msgspec.structs.replace(
        dictionary,
        tables=(*others, table),
        references=(*kept, *references),
        dialects=dictionary.dialects | {proposal.source: proposal.dialect},
    )
