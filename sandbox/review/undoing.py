"""Taking decisions on a table back, one after the other, each to exactly what was before it.

    kept = before_deciding(workspace, proposal, "enc_adm", ("note",))
    proposal = decide_columns(workspace, proposal, "enc_adm", ("note",), "name", None)
    step = kept.step(workspace, proposal)
    proposal = take_back(workspace, proposal, step)

A step is of use only as long as nothing else has happened to its columns: looking at the table again and signing it are
the two things that a decision may rest on, so behind either of them no step leads back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from sandbox.dictionary.catalog_index import CATALOG, CatalogIndex
from sandbox.dictionary.introspection import Opened
from sandbox.dictionary.model import Column, Proposal, Table
from sandbox.errors import BadInput
from sandbox.files import replace_file
from sandbox.records import signed_path
from sandbox.review.counting import check_counted
from sandbox.review.deciding import PROPOSAL, proposed_table
from sandbox.review.decisions import Decision, decisions_on, put_back
from sandbox.workspace import Workspace, readable_json

OPENED = "opened.json"  # what looking made of the open tables (`running/opening.py`)


class Step(NamedTuple):
    """One decision that can be taken back: its columns before and after, and what was kept of them before."""

    source: str
    table: str
    before: tuple[Column, ...]
    after: tuple[Column, ...]
    kept: dict[str, Decision | None]
    looked: str
    signed: str


class Before(NamedTuple):
    """A table just before a decision."""

    source: str
    table: str
    columns: tuple[Column, ...]
    kept: dict[str, Decision | None]

    def step(self, workspace: Workspace, proposal: Proposal) -> Step:
        """The decision, once it was made; `proposal` is what is kept since."""
        table = proposed_table(proposal, self.table)
        after = _named(table, [column.name for column in self.columns])
        looked, signed = _looked(workspace, table), _signed(workspace, table)
        return Step(self.source, self.table, self.columns, after, self.kept, looked, signed)


def before_deciding(workspace: Workspace, proposal: Proposal, table_name: str, names: Sequence[str]) -> Before:
    """What a decision on these columns will be taken back to."""
    table = proposed_table(proposal, table_name)
    columns = _named(table, names)
    kept = decisions_on(workspace, proposal.source, table.name, [column.name for column in columns])
    return Before(proposal.source, table.name, columns, kept)


def follows(first: Step, then: Step) -> bool:
    """Whether nothing that a decision may rest on has happened between two decisions on the same table."""
    left = {column.name: column for column in first.after}
    as_left = all(left.get(column.name, column) == column for column in then.before)
    return as_left and (first.looked, first.signed) == (then.looked, then.signed)


def as_one(first: Step, then: Step) -> Step:
    """Two steps that follow each other on the same table, taken back together."""
    before = {column.name: column for column in (*then.before, *first.before)}
    after = {column.name: column for column in (*first.after, *then.after)}
    names = list(before)
    kept = {**then.kept, **first.kept}
    return then._replace(
        before=tuple(before.values()), after=tuple(after[name] for name in names), kept={n: kept[n] for n in names}
    )


def take_back(workspace: Workspace, proposal: Proposal, step: Step) -> Proposal:
    """The proposal as it was before the step, kept so, or `BadInput`; then nothing is changed.

    1. The table was not signed since: the signature is on what was decided.
    2. It was not looked at again: what was before may not be what would be proposed now.
    3. Its columns are as the step left them.
    4. What is counted in it may be counted.
    """
    table = proposed_table(proposal, step.table)
    if _signed(workspace, table) != step.signed:  # (1)
        raise _refused(table, "was signed")
    if _looked(workspace, table) != step.looked:  # (2)
        raise _refused(table, "was looked at again")
    if _named(table, [column.name for column in step.after]) != step.after:  # (3)
        raise _refused(table, "was looked at again, or decided elsewhere")
    before = {column.name: column for column in step.before}
    columns = tuple(before.get(column.name, column) for column in table.columns)
    changed = msgspec.structs.replace(table, columns=columns)
    check_counted(changed)  # (4)
    tables = tuple(changed if one is table else one for one in proposal.tables)
    proposal = msgspec.structs.replace(proposal, tables=tables)
    put_back(workspace, step.source, table.name, step.kept)
    replace_file(workspace.source_folder(step.source) / PROPOSAL, readable_json(proposal))
    return proposal


def _refused(table: Table, what: str) -> BadInput:
    return BadInput(
        f"{table.name} {what} since that decision, so nothing was taken back.", "Decide its columns as they are now."
    )


def _named(table: Table, names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of these names, in the order of the names; without those that the table does not have."""
    columns = {column.name: column for column in table.columns}
    return tuple(columns[name] for name in dict.fromkeys(names) if name in columns)


def _signed(workspace: Workspace, table: Table) -> str:
    """Which signature the table has; empty when it has none."""
    try:
        return hashlib.sha256(signed_path(workspace, table.source, table.name).read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _looked(workspace: Workspace, table: Table) -> str:
    """Which look the table is of: any look at a source that is opened whole; else what looking made of the table."""
    folder = workspace.source_folder(table.source)
    path = folder / OPENED
    try:
        about = path.stat()
    except FileNotFoundError:
        return ""
    stamp = f"{about.st_mtime_ns} {about.st_size} {about.st_ino}"
    hashes = _hashes(path, stamp)
    try:
        with CatalogIndex.open(folder / CATALOG) as index:
            is_whole = index.counts()[0] <= len(hashes)
    except BadInput:  # written by another version: any look counts
        is_whole = True
    return stamp if is_whole else hashes.get(table.physical, "")


@lru_cache(maxsize=8)
def _hashes(path: Path, stamp: str) -> dict[tuple[str, ...], str]:
    """What looking made of each open table, by its path in the database. `stamp`: of the file as it is now."""
    try:
        opened = msgspec.json.decode(path.read_bytes(), type=Opened)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return {one.physical: hashlib.sha256(msgspec.json.encode(one)).hexdigest() for one in opened.proposal.tables}
