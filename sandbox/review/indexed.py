"""Which columns the index of known values is made of, and whether it would be made of others by now.

The values of these columns stand for a person by themselves. Staff are people too, but not patients, and dates and
places are too many.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sandbox.dictionary.model import Column, Proposal, Table
from sandbox.files import replace_file
from sandbox.workspace import Workspace, readable_json

INDEX = "known.enc"
FILE = "known.json"  # beside the index: what it was made of, by the names in the database
IDENTIFYING = ("patient_key", "direct_identifier")


class MadeOf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The columns of an index; each is its schema, its table and its own name."""

    columns: tuple[tuple[str, ...], ...]


def identifying(proposal: Proposal) -> Iterator[tuple[Table, list[Column]]]:
    """The columns to be indexed, table by table: names of one row stay together. A list of codes has none."""
    for table in proposal.tables:
        columns = [column for column in table.columns if column.column_class in IDENTIFYING]
        if columns and not table.reference:
            yield table, columns


def columns_to_index(proposal: Proposal) -> frozenset[tuple[str, ...]]:
    """The same by their names in the database, which renaming leaves alone."""
    return frozenset(
        (*(table.physical or (table.name,)), column.physical or column.name)
        for table, columns in identifying(proposal)
        for column in columns
    )


def keep_made_of(workspace: Workspace, proposal: Proposal) -> None:
    """Keep what the index of the source was just made of. After an interruption before it, the index counts as old."""
    made_of = MadeOf(columns=tuple(sorted(columns_to_index(proposal))))
    replace_file(workspace.source_folder(proposal.source) / FILE, readable_json(made_of))


def misses_columns(workspace: Workspace, source: str, wanted: frozenset[tuple[str, ...]]) -> bool:
    """Whether there is an index that lacks one of the wanted columns, or of which nobody knows what it was made of."""
    folder = workspace.source_folder(source)
    if not (folder / INDEX).exists():
        return False
    try:
        made_of = msgspec.json.decode((folder / FILE).read_bytes(), type=MadeOf)
    except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
        return True
    return not wanted <= set(made_of.columns)
