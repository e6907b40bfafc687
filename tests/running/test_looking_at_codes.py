"""A large list of codes: looked at behind a door, marked, signed, and given to a question by its hash."""

from __future__ import annotations

import duckdb
import pytest

from sandbox.dictionary import Search
from sandbox.dictionary._references import MOST_ROWS
from sandbox.errors import BadInput
from sandbox.keystore import open_keystore
from sandbox.messages.desk import Look, Looked
from sandbox.records import ReviewerKey, Trust, load_dictionary
from sandbox.review.connecting import add_source
from sandbox.review.deciding import decide, read_proposal, sign_tables
from sandbox.review.reference_marks import mark_reference, opened_references, references_folder
from sandbox.review.setting_up import set_up
from sandbox.sessions import Session
from sandbox.workspace import Workspace

PASSPHRASE = "four unrelated plain words"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("codes")
    path = folder / "vocabulary.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"""
            CREATE MACRO preceptor_demo_mark() AS 1;  -- a throwaway store connects made-up sources only
            CREATE TABLE ref_dx(dx_cd VARCHAR, dx_name VARCHAR, dx_group VARCHAR);
            INSERT INTO ref_dx SELECT 'Q' || range, 'Meaning of ' || range, 'Group ' || range % 9
            FROM range({MOST_ROWS + 100});
            CREATE TABLE person(person_id INTEGER, sex VARCHAR);
            INSERT INTO person SELECT range, 'F' FROM range(50);
            """
        )
    set_up(folder / "workspace", "Dr. Jane Example", PASSPHRASE, store="throwaway")
    made = Workspace.open(folder / "workspace")
    add_source(made, open_keystore(made), "voc", path, None)
    look(made)
    return made


def look(workspace: Workspace) -> None:
    with Session.looking(workspace) as session:
        session.send(Look(source="voc"))
        list(session.until(Looked, timeout=120))


def sign(workspace: Workspace, *names: str) -> None:
    keystore = open_keystore(workspace)
    sign_tables(workspace, ReviewerKey.unlock(workspace, keystore, PASSPHRASE), "voc", names)


def test_what_is_signed_opens_behind_its_hash_and_holds_what_is_told(workspace: Workspace) -> None:
    (file,) = read_proposal(workspace, "voc").reference_files
    assert (file.table, file.rows) == ("voc.ref_dx", MOST_ROWS + 100)
    decide(workspace, "voc", "ref_dx.dx_group", "name", None)
    sign(workspace, "ref_dx")
    dictionary = load_dictionary(workspace, Trust.open(workspace, open_keystore(workspace)))
    (signed,) = dictionary.reference_files
    assert signed.columns == ("dx_cd", "dx_name") and not dictionary.references
    files = opened_references(workspace, dictionary)
    found = Search(dictionary, files).find("Q50*")
    assert found.codes[0].text == "Q50 | Meaning of 50" and found.listed == 1 + 10 + 100
    files["voc.ref_dx"].close()
    assert len(list(references_folder(workspace, "voc").iterdir())) == 2  # the proposal's stays for a later decision


def test_a_mark_outlives_a_look_and_none_is_made_of_patients(workspace: Workspace) -> None:
    with pytest.raises(BadInput, match="person_id is about a person or an event"):
        mark_reference(workspace, "voc", "person", True)
    mark_reference(workspace, "voc", "ref_dx", False)
    assert read_proposal(workspace, "voc").reference_files == ()
    look(workspace)
    assert read_proposal(workspace, "voc").reference_files == ()
    mark_reference(workspace, "voc", "voc.ref_dx", True)
    look(workspace)
    assert [file.table for file in read_proposal(workspace, "voc").reference_files] == ["voc.ref_dx"]
