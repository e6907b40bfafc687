"""Whether an index of known values is still of the columns that identify, as a later look found them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from proposals import EHR, PATIENTS, column

from sandbox.dictionary.model import Column, Proposal
from sandbox.files import replace_file
from sandbox.keystore import open_keystore
from sandbox.review.connecting import add_source
from sandbox.review.indexed import FILE, INDEX, keep_made_of
from sandbox.review.setting_up import set_up
from sandbox.reviewing.orders.starting import SourceStanding
from sandbox.reviewing.room import Room
from sandbox.reviewing.starting import source_standing
from sandbox.workspace import readable_json


@pytest.fixture
def indexed(tmp_path: Path) -> Room:
    """A source that was looked at and indexed."""
    place = tmp_path / "ehr.duckdb"
    place.write_bytes(b"8 bytes:DUCK, and nobody opens it")
    workspace = set_up(tmp_path / "study", "Dr A Reviewer", "correct horse battery staple", store="throwaway")
    add_source(workspace, open_keystore(workspace), "ehr", place, None)
    room = Room(workspace.root)
    room.open()
    found(room, EHR)
    replace_file(workspace.source_folder("ehr") / INDEX, b"an index")
    keep_made_of(workspace, EHR)
    return room


def found(room: Room, proposal: Proposal) -> None:
    """What a look leaves behind."""
    replace_file(room.workspace.source_folder("ehr") / "proposal.json", readable_json(proposal))


def standing(room: Room) -> SourceStanding:
    return source_standing(room, room.workspace, "ehr")


def with_columns(*columns: Column) -> Proposal:
    table = msgspec.structs.replace(PATIENTS, columns=columns)
    return msgspec.structs.replace(EHR, tables=(table, *EHR.tables[1:]))


def test_an_index_of_the_columns_that_are_there_is_not_old(indexed: Room) -> None:
    assert standing(indexed).known and not standing(indexed).known_is_old


def test_a_new_column_that_identifies_makes_the_index_old(indexed: Room) -> None:
    found(indexed, with_columns(*PATIENTS.columns, column("mothers_name", "direct_identifier", "nothing", "nothing")))
    assert standing(indexed).known_is_old
    found(indexed, with_columns(*PATIENTS.columns, column("ward", "plain", "values", "full")))
    assert not standing(indexed).known_is_old


def test_a_column_that_is_gone_or_called_otherwise_leaves_the_index_good(indexed: Room) -> None:
    found(indexed, with_columns(*PATIENTS.columns[2:]))
    assert not standing(indexed).known_is_old
    renamed = [msgspec.structs.replace(one, name=f"{one.name}_x", physical=one.name) for one in PATIENTS.columns]
    found(indexed, with_columns(*renamed))
    assert not standing(indexed).known_is_old


def test_a_list_of_codes_is_not_indexed_so_it_makes_no_index_old(indexed: Room) -> None:
    table = msgspec.structs.replace(EHR.tables[1], columns=(column("code", "direct_identifier", "nothing", "nothing"),))
    found(indexed, msgspec.structs.replace(EHR, tables=(PATIENTS, table)))
    assert not standing(indexed).known_is_old


@pytest.mark.parametrize("damage", [None, b"{", b'{"columns": 7}', b"\xff"])
def test_an_index_of_which_nobody_knows_what_it_is_of_counts_as_old(indexed: Room, damage: bytes | None) -> None:
    path = indexed.workspace.source_folder("ehr") / FILE
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    assert standing(indexed).known_is_old


def test_where_there_is_no_index_none_is_old(indexed: Room) -> None:
    (indexed.workspace.source_folder("ehr") / INDEX).unlink()
    assert not standing(indexed).known and not standing(indexed).known_is_old
