"""Proposed and signed tables, read again only when their files have changed.

A proposal of thousands of columns is asked about after every decision; reading it each time would be felt.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from sandbox.dictionary.model import Proposal
from sandbox.errors import BadInput
from sandbox.reviewing.taken_back import Levels
from sandbox.workspace import Workspace

if TYPE_CHECKING:
    from sandbox.dictionary.catalog_index import CatalogIndex
    from sandbox.records import SignedTable
    from sandbox.review.catalog_words import SaidOf
    from sandbox.reviewing.room import Room

F = TypeVar("F")
Stamp = tuple[int, int, int]
CATALOG = "catalog.sqlite"
SAID_IN = (CATALOG, "packs.toml", "names.json", "decisions.json")


class Counts(NamedTuple):
    """How large a proposal is, in how many columns nobody decided, how large the catalog is that it is of, and more."""

    tables: int
    columns: int
    undecided: int
    catalog_tables: int = 0
    catalog_columns: int = 0
    to_index: frozenset[tuple[str, ...]] = frozenset()  # columns of which an index of known values would be made


class _Kept(Generic[F]):
    """Facts by file, each good for as long as its file is the same."""

    def __init__(self) -> None:
        self._facts: dict[Path, tuple[Stamp, F]] = {}

    def get(self, path: Path) -> F | None:
        kept = self._facts.get(path)
        return kept[1] if kept is not None and kept[0] == _stamp(path) else None

    def put(self, path: Path, fact: F) -> F:
        stamp = _stamp(path)
        if stamp is not None:
            self._facts[path] = (stamp, fact)
        return fact


class Tables:
    """The tables of the sources of one workspace."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._proposals: _Kept[Proposal] = _Kept()
        self._counts: _Kept[Counts] = _Kept()
        self._signed: _Kept[SignedTable] = _Kept()
        self._said: dict[str, tuple[tuple[Stamp | None, ...], SaidOf]] = {}
        self.levels = Levels()

    def proposal(self, workspace: Workspace, source: str) -> Proposal:
        """What looking proposed, with the decisions so far; `BadInput` when nobody looked yet."""
        from sandbox.review.deciding import read_proposal

        path = _proposal_path(workspace, source)
        return self._proposals.get(path) or self._proposals.put(path, read_proposal(workspace, source))

    def keep(self, workspace: Workspace, proposal: Proposal) -> None:
        """This is what the file holds now."""
        self._proposals.put(_proposal_path(workspace, proposal.source), proposal)

    def counts(self, workspace: Workspace, source: str) -> Counts | None:
        """How large the proposal is; None while there is none that can be read."""
        path = _proposal_path(workspace, source)
        if not path.exists():
            return None
        try:
            kept = self._counts.get(path)
            return kept or self._counts.put(path, _counted(self.proposal(workspace, source), path.with_name(CATALOG)))
        except BadInput:  # damaged: whoever opens the source is told
            return None

    def said(self, workspace: Workspace, source: str, index: CatalogIndex) -> SaidOf:
        """What packs and the reviewer say of the tables of a catalog; read again when one of their files changed."""
        from sandbox.review.catalog_words import said_of

        folder = workspace.source_folder(source)
        stamps = tuple(_stamp(folder / name) for name in SAID_IN)
        kept = self._said.get(source)
        if kept is None or kept[0] != stamps:
            kept = self._said[source] = (stamps, said_of(workspace, source, index))
        return kept[1]

    def signed(self, workspace: Workspace, source: str) -> dict[str, SignedTable]:
        """The signed tables by name, each verified, or `RecordRefused`."""
        from sandbox.records import Trust, read_signed_table

        paths = sorted((workspace.source_folder(source) / "signed").glob("*.json"))
        found = {path: self._signed.get(path) for path in paths}
        if None in found.values():
            trust = Trust.open(workspace, self._room.keystore)
            for path, kept in found.items():
                if kept is None:
                    found[path] = self._signed.put(path, read_signed_table(workspace, trust, source, path)[1])
        return {record.table.name: record for record in found.values() if record is not None}


def _proposal_path(workspace: Workspace, source: str) -> Path:
    return workspace.source_folder(source) / "proposal.json"


def _counted(proposal: Proposal, catalog: Path) -> Counts:
    from sandbox.dictionary.catalog_index import CatalogIndex
    from sandbox.review.deciding import is_undecided
    from sandbox.review.indexed import columns_to_index

    columns = [column for table in proposal.tables for column in table.columns]
    undecided, to_index = sum(map(is_undecided, columns)), columns_to_index(proposal)
    counts = Counts(len(proposal.tables), len(columns), undecided, to_index=to_index)
    try:
        with CatalogIndex.open(catalog) as index:
            tables, columns_there = index.counts()
            return counts._replace(catalog_tables=tables, catalog_columns=columns_there)
    except BadInput:  # none was read yet, or by another version: the next look does
        return counts


def _stamp(path: Path) -> Stamp | None:
    try:
        about = path.stat()
    except FileNotFoundError:
        return None
    return about.st_mtime_ns, about.st_size, about.st_ino
