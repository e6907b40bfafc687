"""Reading a catalog and opening tables of it, behind the door: one at a time, stoppable between and within.

    opened = open_in(Room(workspace, desk, errand, login))

The catalog of a source lies in `catalog.sqlite`, what looking made of its open tables in `opened.json`, both beside its
settings. A small source is opened whole at every look. Of a larger one a look reads the catalog alone and opens again
what is open and has changed; the rest is opened when the reviewer asks for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from sandbox.dictionary.catalog_index import CATALOG, CatalogIndex, copy_catalog, write_catalog
from sandbox.dictionary.introspection import Opened, Rules, Surroundings, open_tables
from sandbox.dictionary.model import Column, Proposal, Table
from sandbox.dictionary.telling import Telling
from sandbox.drafting.recognisers import Recognisers
from sandbox.errors import BadInput, LimitReached
from sandbox.files import replace_file
from sandbox.messages.desk import Opening
from sandbox.review.reference_marks import keeping_of
from sandbox.review.using_packs import knowing, packs_of
from sandbox.sources import Source, connect
from sandbox.workspace import Workspace

from .desk_line import DeskLine
from .errand import LookAt
from .made_up import check_made_up
from .warm import Cancelled

ALL_AT_ONCE = 60  # tables; a larger source is opened table by table
OPENED = "opened.json"
_HEAR_SECONDS = 0.2
_REST = 0.1  # of the time that a table of a large source took, before the next is asked for
_LONGEST_REST = 0.5

_Path = tuple[str, ...]


class Room:
    """One look: its order, the files that it reads and writes, and whether the reviewer stopped it."""

    def __init__(self, workspace: Workspace, desk: DeskLine, errand: LookAt, login: str | None) -> None:
        self.workspace = workspace
        self.desk = desk
        self.errand = errand
        self.opened = 0
        self._login = login
        self._folder = workspace.source_folder(errand.source.name)
        self._stopped = False
        self._since = 0.0

    @property
    def name(self) -> str:
        return self.errand.source.name

    @property
    def catalog(self) -> Path:
        return self._folder / CATALOG

    def before(self) -> Opened | None:
        """What is open; None when nothing is, or when it was written by another version."""
        try:
            return msgspec.json.decode((self._folder / OPENED).read_bytes(), type=Opened)
        except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def keep(self, opened: Opened) -> None:
        replace_file(self._folder / OPENED, msgspec.json.encode(opened))

    def mark_open(self, opened: Opened) -> None:
        with CatalogIndex.open(self.catalog, to_write=True) as index:
            index.mark_open(table.physical for table in opened.proposal.tables)

    def counts(self) -> tuple[int, int]:
        """Tables and columns of the catalog."""
        with CatalogIndex.open(self.catalog) as index:
            return index.counts()

    @contextmanager
    def source(self) -> Iterator[Source]:
        """The database, while somebody listens for the reviewer's word to stop; it stops the query that runs."""
        with connect(self.errand.source, self._login) as source:
            check_made_up(self.workspace, self.name, source)
            over = threading.Event()
            listener = threading.Thread(target=self._listen, args=(source, over), daemon=True)
            listener.start()
            try:
                yield source
            except LimitReached:
                if self._stopped:
                    raise _stopped() from None
                raise
            finally:
                over.set()
                listener.join()
        self._check_stopped()

    def each(self, table: str, done: int, of: int) -> None:
        """Tell of the next table. A large database is left alone for a moment between two."""
        self._check_stopped()
        if of > ALL_AT_ONCE or self.errand.tables:
            now = time.monotonic()
            if done:
                time.sleep(min(_LONGEST_REST, _REST * (now - self._since)))
            self._since = time.monotonic()
        self.desk.tell(Opening(source=self.name, table=table, done=done, of=of))

    def _check_stopped(self) -> None:
        if self._stopped:
            raise _stopped()

    def _listen(self, source: Source, over: threading.Event) -> None:
        while not over.is_set():
            if self._stopped:
                source.cancel()  # again and again: an interrupt may fall between two queries
                over.wait(_HEAR_SECONDS)
            else:
                self._stopped = self.desk.wait(_HEAR_SECONDS)


def _stopped() -> Cancelled:
    return Cancelled("The look was stopped.", "What was open before is as it was.")


def open_in(room: Room) -> Opened:
    """Everything that is open after this look, kept in `opened.json`.

    1. The catalog is read again, but for an order of tables that is met by the one that is there.
    2. The tables to open: those of the order; all of a small source; those that are open and have changed.
    3. They are opened beside the others. What is gone from the catalog is open no more.
    """
    before = room.before()
    if not (room.errand.tables and _is_readable(room.catalog)):
        _read_catalog(room, before)  # (1)
    with CatalogIndex.open(room.catalog) as index:
        if not room.errand.tables and index.counts()[0] <= ALL_AT_ONCE:
            before = None
        wanted = _wanted(room, index, before)  # (2)
        opened = _opened(room, index, wanted, before)  # (3)
    room.opened = len(wanted)
    room.keep(opened)
    return opened


def _read_catalog(room: Room, before: Opened | None) -> None:
    """The database is closed before the catalog is made of what was copied: it takes much memory by itself."""
    with room.source() as source:
        copy_catalog(room.catalog, source.tables(), comments=room.errand.source.comments)
    kept = {table.physical: table.name for table in before.proposal.tables} if before is not None else {}
    write_catalog(room.catalog, kept)


def _is_readable(path: Path) -> bool:
    with suppress(BadInput):
        CatalogIndex.open(path).close()
        return True
    return False


def _wanted(room: Room, index: CatalogIndex, before: Opened | None) -> list[_Path]:
    if room.errand.tables:
        names = dict.fromkeys(name.lower().removeprefix(f"{room.name}.") for name in room.errand.tables)
        return [_named(room, index, name) for name in names]
    if index.counts()[0] <= ALL_AT_ONCE:
        return [table.physical for table in index.tables()]
    return [table.physical for table in before.proposal.tables if _has_changed(index, table)] if before else []


def _named(room: Room, index: CatalogIndex, name: str) -> _Path:
    listed = index.table(name)
    if listed is None:
        raise BadInput(f"{room.name} has no table {name!r}.", f"Find it: `preceptor source find {room.name} WORDS…`.")
    return listed.physical


def _has_changed(index: CatalogIndex, table: Table) -> bool:
    """Whether an open table is there with other columns, or with columns of other types."""
    listed = index.at(table.physical)
    return listed is not None and _facts(index.columns(listed.name)) != _facts(table.columns)


def _facts(columns: Sequence[Column]) -> list[tuple[str, str]]:
    return [(column.physical or column.name, column.type) for column in columns]


def _opened(room: Room, index: CatalogIndex, wanted: list[_Path], before: Opened | None) -> Opened:
    if not wanted:
        return _without_gone(room, index, before)
    with room.source() as source:
        tables = tuple(source.tables(wanted))
        gone = sorted(set(wanted) - {table.physical for table in tables})
        if gone:
            raise BadInput(
                f"{gone[0][-1]} is not in {room.name} any more.", f"Look again: `preceptor source look {room.name}`."
            )
        return open_tables(source, tables, room.name, _surroundings(room, index), before, _rules(room))


def _without_gone(room: Room, index: CatalogIndex, before: Opened | None) -> Opened:
    if before is None:
        return Opened(Proposal(source=room.name, dialect=room.errand.source.dialect, tables=()), ())
    kept = tuple(table for table in before.proposal.tables if index.at(table.physical) is not None)
    names = {table.full_name for table in kept}
    references = tuple(rows for rows in before.proposal.references if rows.table in names)
    files = tuple(file for file in before.proposal.reference_files if file.table in names)
    proposal = msgspec.structs.replace(before.proposal, tables=kept, references=references, reference_files=files)
    return Opened(proposal, before.counts)


def _surroundings(room: Room, index: CatalogIndex) -> Surroundings:
    names = {listed.physical: listed.name for listed in index.tables()}
    return Surroundings(
        names=names,
        around=index.around,
        neighbour=lambda path: index.neighbour(room.name, path),
        comments=room.errand.source.comments,
    )


def _rules(room: Room) -> Rules:
    workspace, name = room.workspace, room.name
    return Rules(
        minimum=workspace.settings.minimum_count,
        known=knowing(packs_of(workspace, name)),
        telling=Telling(signed=room.errand.signed, recognise=Recognisers.load().find),
        keeping=keeping_of(workspace, name),
        each=room.each,
    )
