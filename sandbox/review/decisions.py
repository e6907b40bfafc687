"""What a person decided on columns, apart from what looking proposed, so that looking again loses none of it.

    remember(workspace, "ehr", "encounters", ("note",), told="name", given=None)
    proposal = carried(workspace, fresh_proposal)

Kept as `decisions.json` beside the proposal. A decision that a fresh look no longer allows (the column turned out to be
an identifier, or its values are too rare now) is left out, and the proposal of the look stands.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from sandbox.checks.facts import Given
from sandbox.dictionary.model import Proposal, Table, Told
from sandbox.errors import BadInput, WorkspaceRefused
from sandbox.files import replace_file
from sandbox.workspace import Workspace, readable_json

FILE = "decisions.json"


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was chosen for one column; None: as it was proposed."""

    told: Told | None = None
    given: Given | None = None


Decisions = dict[str, dict[str, Decision]]


def remember(
    workspace: Workspace, source: str, table: str, columns: tuple[str, ...], told: Told | None, given: Given | None
) -> None:
    """Keep what was decided on columns of a table; a later word on one of the two settings leaves the other."""
    decisions = _read(_path(workspace, source))
    kept = decisions.setdefault(table, {})
    for column in columns:
        before = kept.get(column, Decision())
        kept[column] = Decision(told=told or before.told, given=given or before.given)
    replace_file(_path(workspace, source), readable_json(decisions))


def carried(workspace: Workspace, proposal: Proposal) -> Proposal:
    """A fresh proposal with every decision that it still allows."""
    decisions = _read(_path(workspace, proposal.source))
    tables = tuple(_carried(table, decisions.get(table.name, {})) for table in proposal.tables)
    return msgspec.structs.replace(proposal, tables=tables)


def _carried(table: Table, kept: dict[str, Decision]) -> Table:
    from sandbox.review.deciding import decided

    columns = list(table.columns)
    for place, column in enumerate(columns):
        decision = kept.get(column.name)
        if decision is None:
            continue
        try:
            columns[place] = decided(column, decision.told, decision.given, table.reference)
        except BadInput:  # no longer among what may be decided; what was proposed now stands
            continue
    return msgspec.structs.replace(table, columns=tuple(columns))


def _path(workspace: Workspace, source: str) -> Path:
    return workspace.source_folder(source) / FILE


def _read(path: Path) -> Decisions:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Decisions)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise WorkspaceRefused(
            f"The decisions on {path.parent.name} can't be read.", "Restore decisions.json from a backup, or remove it."
        ) from problem
