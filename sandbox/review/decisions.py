"""What a person decided on columns and tables, apart from what looking proposed: looking again loses none of it.

    remember(workspace, "ehr", "encounters", ("note",), told="name", given=None)
    proposal = carried(workspace, fresh_proposal)

Kept as `decisions.json` beside the proposal. A decision that a fresh look no longer allows (the column turned out to be
an identifier, or its values are too rare now) is left out, and the proposal of the look stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from sandbox.checks.facts import Derivation, Given
from sandbox.dictionary.model import Column, Proposal, Table, Told
from sandbox.errors import BadInput, WorkspaceRefused
from sandbox.files import replace_file
from sandbox.workspace import Workspace, readable_json

FILE = "decisions.json"
VERSION = 2


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was chosen for one column; None: as it was proposed. `form` is what is derived from it (`deriving`), and
    `proposed` what was before.
    """

    told: Told | None = None
    given: Given | None = None
    form: str = ""
    proposed: Derivation = "none"
    previous: Given | None = None  # what was given before the form
    chosen: Given | None = None  # and whether a person had decided that


class About(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was corrected of a table itself; None: as it was proposed.

    `joins` by column: the `table.column` that it leads to, "" for none. Conventions are added to what is proposed, or
    taken out of it.
    """

    description: str | None = None
    grain: str | None = None
    order: str | None = None
    joins: dict[str, str] = {}
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


Decisions = dict[str, dict[str, Decision]]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decisions on columns and on tables themselves, both by table. Earlier files hold `columns` alone."""

    version: int
    columns: Decisions = {}
    tables: dict[str, About] = {}


def remember(
    workspace: Workspace, source: str, table: str, columns: tuple[str, ...], told: Told | None, given: Given | None
) -> None:
    """Keep what was decided on columns of a table; a later word on one of the two settings leaves the other."""
    decisions = _read(_path(workspace, source))
    kept = decisions.setdefault(table, {})
    for column in columns:
        before = kept.get(column, Decision())
        kept[column] = msgspec.structs.replace(before, told=told or before.told, given=given or before.given)
    _write(_path(workspace, source), columns=decisions)


def decision_on(workspace: Workspace, source: str, table: str, column: str) -> Decision:
    """What was chosen for one column so far."""
    return _read(_path(workspace, source)).get(table, {}).get(column, Decision())


def decisions_on(workspace: Workspace, source: str, table: str, columns: Iterable[str]) -> dict[str, Decision | None]:
    """What was chosen for columns so far; None where nothing was."""
    kept = _read(_path(workspace, source)).get(table, {})
    return {column: kept.get(column) for column in columns}


def put_back(workspace: Workspace, source: str, table: str, kept: Mapping[str, Decision | None]) -> None:
    """Keep exactly what `decisions_on` said of columns; where it said None, nothing is kept of them any more."""
    decisions = _read(_path(workspace, source))
    of_table = decisions.get(table, {})
    for column, decision in kept.items():
        if decision is None:
            of_table.pop(column, None)
        else:
            of_table[column] = decision
    if not of_table:
        decisions.pop(table, None)
    if decisions or about_tables(workspace, source):
        _write(_path(workspace, source), columns=decisions)
    else:
        _path(workspace, source).unlink(missing_ok=True)


def remember_form(workspace: Workspace, source: str, table: str, column: str, decision: Decision) -> None:
    """Keep what is derived from a column, in place of what was chosen."""
    decisions = _read(_path(workspace, source))
    decisions.setdefault(table, {})[column] = decision
    _write(_path(workspace, source), columns=decisions)


def about_tables(workspace: Workspace, source: str) -> dict[str, About]:
    """What was corrected of tables themselves."""
    return _read_file(_path(workspace, source)).tables


def remember_about(workspace: Workspace, source: str, table: str, about: About) -> None:
    """Keep what is corrected of a table itself, in place of what was."""
    path = _path(workspace, source)
    _write(path, tables={**_read_file(path).tables, table: about})


def move_decisions(workspace: Workspace, source: str, table: str, new: str, columns: Mapping[str, str]) -> None:
    """Keep the decisions on a table under its new name, and those on its `columns` under theirs."""
    kept = _read_file(_path(workspace, source))
    decisions = {new if name == table else name: one for name, one in kept.columns.items()}
    if table in kept.columns:
        decisions[new] = {
            columns.get(name, name): _following(one, columns) for name, one in kept.columns[table].items()
        }
    tables = {
        new if name == table else name: _moved(about, name == table, table, new, columns)
        for name, about in kept.tables.items()
    }
    if (decisions, tables) != (kept.columns, kept.tables):
        _write(_path(workspace, source), columns=decisions, tables=tables)


def _following(decision: Decision, columns: Mapping[str, str]) -> Decision:
    """A form counts from the same date under its new name."""
    form, colon, anchor = decision.form.partition(":")
    return msgspec.structs.replace(decision, form=f"{form}{colon}{columns.get(anchor, anchor)}")


def _moved(about: About, own: bool, table: str, new: str, columns: Mapping[str, str]) -> About:
    """Joins by the new names of a table and its columns, from it and to it."""
    joins = {}
    for column, target in about.joins.items():
        to_table, _, to_column = target.partition(".")
        if to_table == table:
            target = f"{new}.{columns.get(to_column, to_column)}"
        joins[columns.get(column, column) if own else column] = target
    return msgspec.structs.replace(about, joins=joins)


def carried(workspace: Workspace, proposal: Proposal) -> Proposal:
    """A fresh proposal with every decision that it still allows."""
    from sandbox.review.describing import described

    kept = _read_file(_path(workspace, proposal.source))
    tables = tuple(_carried(table, kept.columns.get(table.name, {}), proposal.dialect) for table in proposal.tables)
    proposal = msgspec.structs.replace(proposal, tables=tables)
    return described(proposal, kept.tables)


def told_by_values(workspace: Workspace, source: str) -> dict[str, frozenset[str]]:
    """The columns, by table, that a person decided to tell by their values."""
    decisions = _read(_path(workspace, source))
    return {
        table: frozenset(name for name, decision in columns.items() if decision.told == "values")
        for table, columns in decisions.items()
    }


def _carried(table: Table, kept: dict[str, Decision], dialect: str) -> Table:
    from sandbox.review.deciding import decided
    from sandbox.review.deriving import derived_as

    for column in sorted(table.columns, key=lambda one: _order(kept.get(one.name))):
        decision = kept.get(column.name)
        if decision is None:
            continue
        try:
            found = derived_as(table, column, decision.form, dialect) if decision.form else column
            found = decided(found, decision.told, decision.given, table.reference)
        except BadInput:  # no longer among what may be decided; what was proposed now stands, but what was closed stays
            closed = bool(decision.form) or decision.given == "nothing"
            told = "nothing" if decision.told == "nothing" else column.told
            given = "nothing" if closed else column.given
            found = msgspec.structs.replace(column, told=told, given=given)
        table = _put(table, found)
    return _closed(table)


def _order(decision: Decision | None) -> int:
    """Plain decisions before forms, and forms of a column alone before those that count from another one."""
    form = decision.form if decision else ""
    return 3 if form.startswith("days_since") else 2 if ":" in form else 1 if form else 0


def _put(table: Table, column: Column) -> Table:
    columns = tuple(column if one.name == column.name else one for one in table.columns)
    return msgspec.structs.replace(table, columns=columns)


def _closed(table: Table) -> Table:
    """The table, with nothing given of what may not be counted as it is."""
    from sandbox.review.counting import check_column

    for column in table.columns:
        try:
            check_column(table, column)
        except BadInput:
            table = _put(table, msgspec.structs.replace(column, given="nothing"))
    return table


def _path(workspace: Workspace, source: str) -> Path:
    return workspace.source_folder(source) / FILE


def _write(path: Path, columns: Decisions | None = None, tables: dict[str, About] | None = None) -> None:
    """Write what is given, and what is not given as it was."""
    kept = _read_file(path)
    file = _File(
        version=VERSION,
        columns=kept.columns if columns is None else columns,
        tables=kept.tables if tables is None else tables,
    )
    replace_file(path, readable_json(file))


def _read(path: Path) -> Decisions:
    return _read_file(path).columns


def _read_file(path: Path) -> _File:
    try:
        data = path.read_bytes()
        try:
            return msgspec.json.decode(data, type=_File)
        except msgspec.ValidationError:
            return _File(version=VERSION, columns=msgspec.json.decode(data, type=Decisions))
    except FileNotFoundError:
        return _File(version=VERSION)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise WorkspaceRefused(
            f"The decisions on {path.parent.name} can't be read.", "Restore decisions.json from a backup, or remove it."
        ) from problem
