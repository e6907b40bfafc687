"""What changed in a source since its tables were signed, and which programs it concerns.

    found = drift(workspace, trust, log, "ehr")
    found.tables[0].changes          # columns gone, new, of another type, with another key
    found.programs[0].blocking       # what an approved program READ and that changed: it can't run

The signed tables are set against the newest look: its catalog, and what it proposed of the open ones. A column that a
program did not read is listed and stops nothing. That a program does not run on what changed is not up to this list:
an approval holds the hash of the columns it read (`check_may_run`), and a run asks the database (`still_there`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from sandbox.checks.grant import columns_read
from sandbox.dictionary.catalog_index import CATALOG, CatalogIndex
from sandbox.dictionary.model import Column, Table
from sandbox.dictionary.schema import key_role
from sandbox.dictionary.types import same_type
from sandbox.errors import ApprovalRefused
from sandbox.records import Approval, AuditLog, Trust, Uses, check_in_force, signed_tables
from sandbox.review.approvals import Approvals
from sandbox.review.deciding import read_proposal
from sandbox.sources.catalog import bare_type
from sandbox.workspace import Workspace, now

Kind = Literal["gone", "new", "type", "key"]


class _Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Base: frozen, named fields."""


class Change(_Fact, frozen=True):
    """One column that is not as it was signed, by its dictionary name. `before` and `now` are types, or keys."""

    column: str
    kind: Kind
    before: str = ""
    now: str = ""

    def __str__(self) -> str:
        return {
            "gone": f"{self.column} is gone",
            "new": f"{self.column} is new",
            "type": f"{self.column} was {self.before.lower()} and is {self.now.lower()}",
            "key": f"{self.column} was {self.before} and is {self.now}",
        }[self.kind]


class TableDrift(_Fact, frozen=True):
    """A signed table that is not as it was; `gone` when the source has it no more."""

    table: str
    gone: bool = False
    changes: tuple[Change, ...] = ()


class ProgramDrift(_Fact, frozen=True):
    """An approval in force whose tables changed: what it read (`blocking`), and the rest."""

    approval: str
    question: str
    blocking: tuple[str, ...]
    others: tuple[str, ...]


class Drift(_Fact, frozen=True):
    """Everything that changed in a source."""

    source: str
    tables: tuple[TableDrift, ...]
    programs: tuple[ProgramDrift, ...]


def drift(workspace: Workspace, trust: Trust, log: AuditLog, source: str) -> Drift:
    """What changed against each signed table of the source, as of the newest look; `BadInput` before the first."""
    workspace.source(source)
    signed = [record.table for _, _, record in signed_tables(workspace, trust, source)]
    proposed = {table.physical: table for table in read_proposal(workspace, source).tables}
    with CatalogIndex.open(workspace.source_folder(source) / CATALOG) as index:
        found = [_table_drift(index, table, proposed.get(table.physical)) for table in signed]
    changed = tuple(one for one in found if one.gone or one.changes)
    return Drift(source=source, tables=changed, programs=tuple(_programs(workspace, trust, log, changed)))


class LastLook(_Fact, frozen=True):
    """When the source was looked at last (empty: nobody knows), and whether its files were changed after that."""

    at: str
    files_are_newer: bool


def last_look(workspace: Workspace, log: AuditLog, source: str) -> LastLook:
    """By the log, and by the times of the files at the source's place; a place that is out of reach says nothing."""
    looks = [one.time for one in log.entries() if one.event == "source.looked" and one.details.get("source") == source]
    place = Path(workspace.source(source).location)
    try:
        files = [place, *place.iterdir()] if place.is_dir() else [place]
        newest = max(file.stat().st_mtime for file in files)
    except OSError:
        newest = 0.0
    at = looks[-1] if looks else ""
    return LastLook(at=at, files_are_newer=bool(at) and newest > datetime.fromisoformat(at).timestamp())


def _table_drift(index: CatalogIndex, signed: Table, proposed: Table | None) -> TableDrift:
    listed = index.at(signed.physical)
    if listed is None:
        return TableDrift(table=signed.full_name, gone=True)
    found: dict[str, Change] = {}
    columns = _columns(signed, index.columns(listed.name))
    for change in (*columns, *_keys(signed, proposed), *_declared(index, listed.name, signed)):
        found.setdefault(change.column, change)
    return TableDrift(table=signed.full_name, changes=tuple(found.values()))


def _columns(signed: Table, now: Sequence[Column]) -> Iterator[Change]:
    there = {column.name: column.type for column in now}
    for column in signed.columns:
        kind = there.pop(column.physical or column.name, None)
        if kind is None:
            yield Change(column=column.name, kind="gone")
        elif not same_type(kind, column.type):
            before, after = bare_type(column.type), bare_type(kind)
            changed = after if after != before else f"{after} of others"
            yield Change(column=column.name, kind="type", before=before, now=changed)
    yield from (Change(column=name, kind="new", now=bare_type(kind)) for name, kind in there.items())


def _keys(signed: Table, proposed: Table | None) -> Iterator[Change]:
    """Columns that a fresh look takes for another key than was signed."""
    now = {column.physical or column.name: column for column in proposed.columns} if proposed is not None else {}
    for column in signed.columns:
        fresh = now.get(column.physical or column.name)
        if fresh is not None and _key(fresh) != _key(column):
            yield Change(column=column.name, kind="key", before=_key(column), now=_key(fresh))


def _key(column: Column) -> str:
    return f"a key of {column.domain or column.name}" if key_role(column) != "none" else "no key"


def _declared(index: CatalogIndex, name: str, signed: Table) -> Iterator[Change]:
    """Columns whose declared key leads to another table than the signed join."""
    leads = index.references(name)
    joins = {join.column: join for join in signed.joins}
    for column in signed.columns:
        path = leads.get(column.physical or column.name, ((), ""))[0]
        target, join = index.at(path) if path else None, joins.get(column.name)
        if target is not None and join is not None and _bare(join.to_table) != target.name and target.is_open:
            before = f"joined to {_bare(join.to_table)}"
            yield Change(column=column.name, kind="key", before=before, now=f"a key of {target.name}")


def _bare(full_name: str) -> str:
    return full_name.partition(".")[2]


def _programs(
    workspace: Workspace, trust: Trust, log: AuditLog, changed: Sequence[TableDrift]
) -> Iterator[ProgramDrift]:
    by_name = {one.table: one for one in changed}
    uses, moment = Uses.of(log.entries()), now()
    for approval in Approvals.read(workspace, trust).verified:
        if _in_force(approval, uses, moment):
            found = _program(approval, by_name)
            if found is not None:
                yield found


def _in_force(approval: Approval, uses: Uses, moment: str) -> bool:
    try:
        check_in_force(approval, uses, moment)
    except ApprovalRefused:
        return False
    return True


def _program(approval: Approval, changed: Mapping[str, TableDrift]) -> ProgramDrift | None:
    """What of the changes concerns the program; None when no table of its grant changed."""
    blocking: list[str] = []
    others: list[str] = []
    for name in approval.grant.tables:
        table = changed.get(name)
        if table is None:
            continue
        read = columns_read(approval.grant, name)
        if table.gone:
            blocking.append(f"{name} is gone")
        for change in table.changes:
            concerns = change.column in read and change.kind != "new"
            (blocking if concerns else others).append(f"{name}: {change}")
    if not (blocking or others):
        return None
    return ProgramDrift(
        approval=approval.id, question=approval.question, blocking=tuple(blocking), others=tuple(others)
    )
