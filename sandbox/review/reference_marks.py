"""Which tables the reviewer marked as reference tables, or as none; and the files that these bring.

    mark_reference(workspace, "omop", "concept", True)      # a look from now on reads it whole
    marks_of(workspace, "omop")                             # {"concept": True}

Kept as `references.json` beside the decisions, so that looking again loses none of it. Nobody can mark a table that
holds a patient, an event or a person.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sandbox.dictionary.model import Dictionary, Proposal, ReferenceFile, Table
from sandbox.dictionary.reference_index import ReferenceIndex
from sandbox.errors import BadInput, WorkspaceRefused
from sandbox.files import replace_file
from sandbox.workspace import Workspace, readable_json

if TYPE_CHECKING:
    from sandbox.dictionary._references import Keeping

FILE = "references.json"
FOLDER = "references"


def mark_reference(workspace: Workspace, source: str, name: str, yes: bool) -> Proposal:
    """Keep the mark, and the proposal as it is with it.

    A table that is none any more loses its rows at once. One that is one now has its rows from the next look on; until
    then it can be decided which of its columns are told by their values, those too that no rule knows.
    """
    from sandbox.dictionary._references import why_no_reference
    from sandbox.review.deciding import PROPOSAL, proposed_table, read_proposal

    proposal = read_proposal(workspace, source)
    table = proposed_table(proposal, name)
    why = why_no_reference(table)
    if yes and why:
        raise BadInput(
            f"{table.full_name} can't be a reference table: {why}.", "Only lists of codes are read whole and told."
        )
    marks = {**marks_of(workspace, source), table.name: yes}
    replace_file(workspace.source_folder(source) / FILE, readable_json(marks))
    proposal = _as_reference(proposal, table) if yes else _without_rows(proposal, table)
    replace_file(workspace.source_folder(source) / PROPOSAL, readable_json(proposal))
    return proposal


def marks_of(workspace: Workspace, source: str) -> dict[str, bool]:
    """The marks by table name."""
    path = workspace.source_folder(source) / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, bool])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise WorkspaceRefused(
            f"The marks of reference tables of {source} can't be read.", f"Restore {FILE} from a backup, or remove it."
        ) from problem


def references_folder(workspace: Workspace, source: str) -> Path:
    """Where the files of larger reference tables of a source lie."""
    return workspace.source_folder(source) / FOLDER


def file_told(workspace: Workspace, proposal: Proposal, table: Table) -> ReferenceFile | None:
    """The file of a reference table with the columns alone that are told by their values; made where it differs."""
    from sandbox.dictionary.reference_file import narrowed

    told = [column.name for column in table.columns if column.told == "values"]
    for file in proposal.reference_files:
        if file.table == table.full_name and table.reference:
            return narrowed(references_folder(workspace, proposal.source), file, told)
    return None


def remove_unused(workspace: Workspace, signed: Dictionary) -> None:
    """Files that neither a proposal nor a signed table names any more; `signed` is of all sources."""
    from sandbox.dictionary.reference_file import remove_others
    from sandbox.review.deciding import read_proposal

    for source in workspace.source_names():
        folder = references_folder(workspace, source)
        kept = [file for file in signed.reference_files if file.table.partition(".")[0] == source]
        if folder.is_dir() and len(list(folder.iterdir())) > len(kept):
            remove_others(folder, (*kept, *read_proposal(workspace, source).reference_files))


def opened_references(workspace: Workspace, dictionary: Dictionary) -> dict[str, ReferenceIndex]:
    """The files of a dictionary's reference tables by table, read-only, each of them what was signed; or
    `RecordRefused`. They stay readable behind a door that is confined afterwards."""
    from sandbox.dictionary.reference_file import open_file

    return {
        file.table: open_file(references_folder(workspace, file.table.partition(".")[0]), file)
        for file in dictionary.reference_files
    }


def keeping_of(workspace: Workspace, source: str) -> Keeping:
    """What a look needs to know: where files go, what was marked, and which columns a person tells by their values."""
    from sandbox.dictionary._references import Keeping
    from sandbox.review.decisions import told_by_values

    folder = references_folder(workspace, source)
    return Keeping(folder, marks_of(workspace, source), told_by_values(workspace, source))


def _as_reference(proposal: Proposal, table: Table) -> Proposal:
    marked = msgspec.structs.replace(table, reference=True)
    return msgspec.structs.replace(proposal, tables=tuple(marked if one is table else one for one in proposal.tables))


def _without_rows(proposal: Proposal, table: Table) -> Proposal:
    plain = msgspec.structs.replace(table, reference=False)
    return msgspec.structs.replace(
        proposal,
        tables=tuple(plain if one is table else one for one in proposal.tables),
        references=tuple(rows for rows in proposal.references if rows.table != table.full_name),
        reference_files=tuple(file for file in proposal.reference_files if file.table != table.full_name),
    )
