"""No patient is named in what is said about tables: not in a description, a pack, a code set or a new name."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from proposals import EHR, PATIENTS, column

from sandbox.cli import main
from sandbox.codesets import code_sets
from sandbox.dictionary import describe
from sandbox.dictionary.page import privacy_page
from sandbox.drafting.known_values import build
from sandbox.drafting.recognisers import Recognisers
from sandbox.errors import BadInput, PatientRecognised
from sandbox.files import replace_file
from sandbox.packs import shipped_pack, shipped_packs
from sandbox.packs.importing import imported
from sandbox.records import AuditLog, ReviewerKey, Trust, load_dictionary, sha256, sign_table, signed_path
from sandbox.review.deciding import proposed_table, read_proposal, sign_tables
from sandbox.review.decisions import about_tables
from sandbox.review.describing import Correction
from sandbox.review.describing import describe as correct
from sandbox.review.naming_nobody import said_of_pack
from sandbox.review.paging import page_of
from sandbox.review.renaming import rename
from sandbox.review.using_packs import choose_packs, chosen_packs
from sandbox.reviewing.room import Room
from sandbox.workspace import readable_json

KEY = bytes(range(32))
PEOPLE = {"last_name": ["Kowalczyk"], "first_name": ["Ada"], "mrn": ["MRN-0042117"]}
# By the shape of it, by the known values alone, and by a number of theirs.
NAMING = ("Stays of Mrs. Jane Doe in 2022.", "As for Ada Kowalczyk.", "Without 0042117, who opted out.")


@pytest.fixture
def known(room: Room) -> Room:
    """The workspace with the known values of one patient."""
    room.keystore.put("key/known", base64.b64encode(KEY).decode())
    replace_file(room.workspace.source_folder("ehr") / "known.enc", build([PEOPLE], KEY))
    return room


@pytest.fixture
def key(known: Room, passphrase: str) -> ReviewerKey:
    return ReviewerKey.unlock(known.workspace, known.keystore, passphrase)


def told(room: Room) -> str:
    """What an agent is told of the table, and what stands on the page for the privacy office."""
    trust = Trust.open(room.workspace, room.keystore)
    dictionary = load_dictionary(room.workspace, trust)
    return describe(dictionary, ["ehr.patient"]) + privacy_page(page_of(room.workspace, trust))


@pytest.mark.parametrize(
    ("field", "words"),
    [*(("description", words) for words in NAMING), *zip(("grain", "order", "conventions"), NAMING, strict=True)],
)
def test_what_is_signed_is_told_so_a_patient_in_it_is_refused_when_it_is_written(
    known: Room, key: ReviewerKey, field: str, words: str
) -> None:
    said: Any = (words,) if field == "conventions" else words
    table = msgspec.structs.replace(EHR.tables[0], **({"description": ""} | {field: said}))
    replace_file(signed_path(known.workspace, "ehr", "patient"), envelope := sign_table(table, (), key))
    AuditLog(known.workspace.audit_log).append("table.signed", table="ehr.patient", envelope=sha256(envelope))
    assert told(known).count(words.rstrip(".")) == 2  # without the protection: to the agent, and on the page

    before = read_proposal(known.workspace, "ehr")
    with pytest.raises(PatientRecognised, match="of patient reads like something about a person") as refused:
        correct(known.workspace, "ehr", "patient", Correction(**{field: said}))
    assert not any(word in str(refused.value) for word in ("Doe", "Kowalczyk", "0042117"))
    assert read_proposal(known.workspace, "ehr") == before and about_tables(known.workspace, "ehr") == {}


@pytest.mark.parametrize(
    ("field", "words"),
    [*(("column", words) for words in NAMING), *zip(("grain", "order", "conventions"), NAMING, strict=True)],
)
def test_what_was_proposed_before_is_refused_when_it_is_signed(
    known: Room, key: ReviewerKey, field: str, words: str
) -> None:
    first, *others = EHR.tables
    if field == "column":
        columns = (*first.columns[:-1], msgspec.structs.replace(first.columns[-1], description=words))
        named = msgspec.structs.replace(first, columns=columns)
    else:
        named = msgspec.structs.replace(first, **{field: (words,) if field == "conventions" else words})
    proposal = msgspec.structs.replace(EHR, tables=(named, *others))
    replace_file(known.workspace.source_folder("ehr") / "proposal.json", readable_json(proposal))
    with pytest.raises(PatientRecognised, match="so nothing was signed"):
        sign_tables(known.workspace, key, "ehr", ())
    assert not signed_path(known.workspace, "ehr", "patient").exists()
    assert not signed_path(known.workspace, "ehr", "ref_dx").exists()  # not the others either


def test_words_about_nobody_are_kept_and_signed(known: Room, key: ReviewerKey) -> None:
    correct(
        known.workspace,
        "ehr",
        "patient",
        Correction(grain="one row per patient", conventions=("Stays since 2022-01-01; 40 mg is usual.",)),
    )
    sign_tables(known.workspace, key, "ehr", ("patient",))
    assert "Stays since 2022-01-01" in told(known)


@pytest.mark.parametrize(
    ("what", "new"),
    [
        ("patient", "kowalczyk_list"),
        ("patient", "stays_of_jane_doe"),
        ("patient.flag_7", "mrn_0042117"),
        ("patient.flag_7", "no_0042117"),
    ],
)
def test_a_new_name_that_is_somebodys_is_refused(known: Room, what: str, new: str) -> None:
    with pytest.raises(PatientRecognised, match=f"new name of {what} reads like") as refused:
        rename(known.workspace, "ehr", what, new)
    assert new not in str(refused.value)
    assert proposed_table(read_proposal(known.workspace, "ehr"), "patient").name == "patient"


def pack(path: Path, words: str, place: str) -> Path:
    about = {"table": 'description = "Wards."', "column": "", "convention": f'conventions = ["{words}"]'}
    if place == "table":
        about["table"] = f'description = "{words}"'
    column = words if place == "column" else "A code."
    path.write_text(
        'name = "ward"\nversion = "1"\ntitle = "Ward"\nabout = "x"\nfacts_from = "x"\n[tables.ward]\n'
        + "\n".join((about["table"], about["convention"] if place == "convention" else ""))
        + f'\n[tables.ward.columns.code]\ndescription = "{column}"\n',
        "utf-8",
    )
    return path


@pytest.mark.parametrize(("place", "words"), [("table", NAMING[1]), ("convention", NAMING[2]), ("column", NAMING[1])])
def test_a_pack_that_names_a_patient_is_not_chosen(known: Room, tmp_path: Path, words: str, place: str) -> None:
    file = pack(tmp_path / "ward.toml", words, place)
    with pytest.raises(PatientRecognised, match=r"ward\.toml: the .* reads like something about a person"):
        choose_packs(known.workspace, known.keystore, "ehr", (str(file),), accept=True)
    assert chosen_packs(known.workspace, "ehr") == ()
    assert choose_packs(
        known.workspace, known.keystore, "ehr", (str(pack(tmp_path / "b.toml", "Codes.", place)),), accept=True
    )


@pytest.mark.parametrize("name", shipped_packs())
def test_the_packs_that_come_along_name_nobody(name: str) -> None:
    find = Recognisers.load().find
    said = [one for one in said_of_pack(shipped_pack(name), name) if one.text]
    assert len(said) > 100 and not [one.place for one in said if find(one.text)]


@pytest.mark.parametrize("head", ["description", "table description"])
def test_an_imported_dictionary_that_names_a_person_is_refused(tmp_path: Path, head: str) -> None:
    file = tmp_path / "d.csv"
    file.write_text(f"table,column,{head}\nstays,stay_id,Given to Jane Doe\n", "utf-8")
    assert "Jane Doe" in str(imported(file, "x"))  # without the recognisers
    with pytest.raises(BadInput, match=r"the description of stays(\.stay_id)? reads like something about a person"):
        imported(file, "x", Recognisers.load().find)


@pytest.mark.parametrize(
    ("meaning", "description", "place"),
    [("Heart failure", "Codes of Ada Kowalczyk", "description"), ("Seen in Ada Kowalczyk", "", "meaning of entry 1")],
)
def test_a_code_set_that_names_a_patient_is_not_kept(
    known: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str], meaning: str, description: str, place: str
) -> None:
    file = tmp_path / "codes.csv"
    file.write_text(f"code,meaning\nI50.21,{meaning}\n", "utf-8")
    arguments = ["codeset", "import", str(file), "--name", "hf", "--workspace", str(known.workspace.root), "--json"]
    assert main([*arguments, "--description", description]) == 1
    sentence = json.loads(capsys.readouterr().out)["sentence"]
    assert place in sentence and "Kowalczyk" not in sentence
    assert code_sets(known.workspace) == []
    file.write_text("code,meaning\nI50.21,Heart failure\n", "utf-8")
    assert main(arguments) == 0 and len(code_sets(known.workspace)) == 1


@pytest.mark.parametrize("what", ["table", "column", "domain"])
def test_a_surname_in_a_name_that_the_database_gives_is_not_signed(
    known: Room, key: ReviewerKey, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names are written small, and a surname alone is one in capitals only."""
    score, list_no = column("kowalczyk_score", "plain", "name", "full"), column("no", "event_key", "name", "token")
    change: dict[str, Any] = {
        "table": {"name": "kowalczyk_list"},
        "column": {"columns": (*PATIENTS.columns, score)},
        "domain": {"columns": (*PATIENTS.columns, msgspec.structs.replace(list_no, domain="kowalczyk_list"))},
    }[what]
    proposal = msgspec.structs.replace(EHR, tables=(msgspec.structs.replace(PATIENTS, **change),))
    replace_file(known.workspace.source_folder("ehr") / "proposal.json", readable_json(proposal))
    with pytest.raises(PatientRecognised, match="known name.*nothing was signed") as refused:
        sign_tables(known.workspace, key, "ehr", ())
    assert ("settings" in refused.value.advice) is (what == "domain")
    monkeypatch.setattr("sandbox.review.naming_nobody._counts", lambda hit, one: not one.known_only)
    (table,) = sign_tables(known.workspace, key, "ehr", ())  # without the protection
    signed = load_dictionary(known.workspace, Trust.open(known.workspace, known.keystore))
    assert "kowalczyk" in describe(signed, [table.full_name])


def test_a_column_that_only_looks_like_a_name_is_signed(known: Room, key: ReviewerKey) -> None:
    known_too = build([PEOPLE, {"last_name": ["Link"], "first_name": ["Bo"], "mrn": ["MRN-0042118"]}], KEY)
    replace_file(known.workspace.source_folder("ehr") / "known.enc", known_too)
    signs = (column(name, "plain", "name", "full") for name in ("dawn_phenomenon", "link_no"))
    table = msgspec.structs.replace(PATIENTS, columns=(*PATIENTS.columns, *signs))
    proposal = msgspec.structs.replace(EHR, tables=(table,))
    replace_file(known.workspace.source_folder("ehr") / "proposal.json", readable_json(proposal))
    assert Recognisers.load().find("Dawn Phenomenon")  # as the name of a person it would be refused
    assert len(sign_tables(known.workspace, key, "ehr", ())) == 1
