"""Code sets: what is imported is kept, checked against what is signed, told, and known again in a program."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from sandbox.codesets import (
    change_between,
    check,
    code_sets,
    content_hash,
    describe_code_set,
    find_code_set,
    keep,
    known_codes,
    opened_code_sets,
    read_codes,
    read_file,
    with_code_sets,
)
from sandbox.codesets.checking import Checked
from sandbox.dictionary import Search, agent_text, hits_text
from sandbox.dictionary.model import CodeSet, Dictionary, ReferenceRows, Table
from sandbox.dictionary.reference_file import open_file, write_file
from sandbox.errors import BadInput, RecordRefused
from sandbox.review.code_lists import code_sets_in
from sandbox.workspace import Workspace

EMPTY = Dictionary(tables=(), dialects={})
CONCEPTS = ReferenceRows(
    table="v.concept",
    columns=("concept_id", "name"),
    rows=(("1", "Heart disease"), ("2", "Heart failure"), ("3", "Systolic heart failure"), ("4", "Carditis")),
)
PAIRS = ReferenceRows(
    table="v.tree",
    columns=("ancestor_id", "descendant_id"),
    rows=(("1", "1"), ("1", "2"), ("1", "3"), ("1", "4"), ("2", "2"), ("2", "3"), ("4", "4")),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "study", store="throwaway")


def checked(*codes: str) -> Checked:
    return Checked(codes=tuple((code, f"Meaning of {code}") for code in codes))


def atlas(path: Path, *items: tuple[int, bool, bool], wrapped: bool = False) -> Path:
    found = {
        "items": [
            {
                "concept": {"CONCEPT_ID": number, "CONCEPT_NAME": f"Concept {number}", "DOMAIN_ID": "Condition"},
                "isExcluded": excluded,
                "includeDescendants": descendants,
                "includeMapped": False,
            }
            for number, excluded, descendants in items
        ]
    }
    path.write_text(json.dumps({"name": "HF", "expression": found} if wrapped else found))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "code,meaning\nI50.21,Acute\nI50.23,Chronic\nI50.21,again\n",
        "\ufeffI50.21;Acute\r\nI50.23;Chronic\r\nI50.21;again\r\n",
        "name,concept_code\nAcute,I50.21\nChronic, I50.23 \nagain,I50.21",
    ],
)
def test_a_list_is_read_with_a_header_or_without(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode())
    read = read_file(path)
    assert read.codes == (("I50.21", "Acute"), ("I50.23", "Chronic")) and read.repeated == 1
    path.write_bytes(text.removeprefix("\ufeff").encode("utf-16"))
    assert read_file(path).codes == read.codes


def test_codes_that_no_signed_table_has_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("2\n99\n")
    told = check(read_file(path), known_codes(msgspec.structs.replace(EMPTY, references=(CONCEPTS,)), {}))
    assert (told.codes, told.not_found) == ((("2", "Heart failure"), ("99", "")), ("99",))
    alone = check(read_file(path), known_codes(EMPTY, {}))
    assert alone.not_found == () and alone.unresolved == ("no reference table is signed to check by",)


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("in_file", [False, True])
def test_flags_of_a_concept_set_are_resolved_through_a_signed_table_of_ancestors(
    tmp_path: Path, wrapped: bool, in_file: bool
) -> None:
    path = atlas(tmp_path / "set.json", (1, False, True), (2, True, True), wrapped=wrapped)
    if in_file:
        written = write_file(tmp_path, "v.tree", PAIRS.columns, [PAIRS.rows], codes=PAIRS.columns)
        with open_file(tmp_path, written) as index:
            told = check(
                read_file(path), known_codes(msgspec.structs.replace(EMPTY, references=(CONCEPTS,)), {"v.tree": index})
            )
    else:
        told = check(read_file(path), known_codes(msgspec.structs.replace(EMPTY, references=(CONCEPTS, PAIRS)), {}))
    assert (dict(told.codes), told.not_found, told.unresolved) == ({"1": "Concept 1", "4": "Carditis"}, (), ())


def test_flags_that_no_table_resolves_are_stated(tmp_path: Path) -> None:
    path = atlas(tmp_path / "set.json", (1, False, True), (2, True, True), (3, True, False))
    told = check(read_file(path), known_codes(msgspec.structs.replace(EMPTY, references=(CONCEPTS,)), {}))
    assert dict(told.codes) == {"1": "Concept 1"}
    assert told.unresolved == (
        "descendants of 1 concepts are not included: no table of ancestors is signed",
        "descendants of 1 concepts are not left out: no table of ancestors is signed",
    )


def test_versions_are_kept_and_compared_and_never_change(workspace: Workspace) -> None:
    first = keep(workspace, checked("I50.21", "I50.23"), name="hf", description="Heart failure")
    second = keep(workspace, checked("I50.23", "I50.9"), name="hf", description="Heart failure")
    assert [(one.name, one.version) for one in code_sets(workspace)] == [("hf", 1), ("hf", 2)]
    assert change_between(workspace, "hf", 1, 2) == (("I50.9",), ("I50.21",), 1)
    assert find_code_set(workspace, "hf") == second and find_code_set(workspace, "hf", 1) == first
    assert read_codes(workspace, first)[0] == ("I50.21", "Meaning of I50.21")
    with pytest.raises(BadInput, match="Version 2 of hf holds the same codes"):
        keep(workspace, checked("I50.9", "I50.23"), name="hf")
    with pytest.raises(BadInput, match="no version 7 of code set 'hf'"):
        find_code_set(workspace, "hf", 7)


@pytest.mark.parametrize("name", ["../escape", "", "a/b", "a b", "x" * 65])
def test_a_name_stays_inside_its_folder(workspace: Workspace, name: str) -> None:
    with pytest.raises(BadInput, match="letters, digits"):
        keep(workspace, checked("A"), name=name)
    assert not (workspace.root / "codesets").exists()


def test_a_changed_file_of_codes_is_refused(workspace: Workspace) -> None:
    kept = keep(workspace, checked("I50.21"), name="hf")
    path = workspace.root / "codesets" / "hf" / "1.csv"
    path.chmod(0o600)
    path.write_text("code,meaning\nI50.21,\nI11.0,\n")
    for use in (lambda: read_codes(workspace, kept), lambda: opened_code_sets(workspace, [kept])):
        with pytest.raises(RecordRefused, match="not those that were imported"):
            use()
    meta = path.with_suffix(".json")
    meta.chmod(0o600)
    meta.write_text(meta.read_text().replace('"hf"', '"other"'))
    with pytest.raises(RecordRefused, match="about another one"):
        code_sets(workspace)


def test_an_agent_finds_a_code_set_and_reads_its_codes_page_by_page(workspace: Workspace) -> None:
    keep(
        workspace, checked(*(f"C{n:04}" for n in range(450))), name="cancer", description="Any cancer", system="ICD-10"
    )
    keep(workspace, checked("I50.21"), name="hf", description="Heart failure\u2014any".replace("\u2014", ", "))
    dictionary = with_code_sets(workspace, Dictionary(tables=(), dialects={}))
    opened = opened_code_sets(workspace, dictionary.code_sets)
    assert "codeset codeset.cancer: version 1, 450 codes of ICD-10. Any cancer" in hits_text(
        Search(dictionary).find("cancer")
    )
    assert "- codeset.hf: 1 codes. Heart failure, any\n" in agent_text(dictionary)
    told = [describe_code_set(f"codeset.cancer page {n}", dictionary.code_sets, opened) for n in (1, 2, 3)]
    assert all(len(text) < 6000 for text in told)
    assert {code for text in told for code in re.findall(r"C\d{4}", text)} == {f"C{n:04}" for n in range(450)}
    assert "The next: describe codeset.cancer version 1 page 2." in told[0]
    for wrong in ("codeset.cancer page 4", "codeset.cancer version 2", "codeset.none", "codeset.cancer page 0; x"):
        with pytest.raises(BadInput) as refused:
            describe_code_set(wrong, dictionary.code_sets, opened)
        assert "cancer" not in refused.value.sentence  # no answer repeats what was asked


def test_a_list_in_a_program_is_known_by_set_and_version(workspace: Workspace) -> None:
    keep(workspace, checked("I50.21", "I50.23"), name="hf")
    keep(workspace, checked("I50.21", "I50.23", "I50.9"), name="hf")
    keep(workspace, checked("316139", "444031"), name="concepts")
    program = """PARAMETERS = {
    "codes": ["I50.23",  # chronic
              "I50.21"],
}
CONCEPTS = (316139, 444031)
OTHERS = ["I50.21", "I50.24"]
ALL = {'I50.9', 'I50.21', 'I50.23', }
"""
    found = [(one.line, one.name, one.version) for one in code_sets_in(program, code_sets(workspace))]
    assert found == [(2, "hf", 1), (5, "concepts", 1), (7, "hf", 2)]


def test_scanning_a_hostile_program_takes_no_long_time() -> None:
    sets = [CodeSet(name="x", version=1, codes=1, sha256="", content=content_hash(["A"]))]
    for program in ("'A'," * 50_000, "'" * 100_000, "# \n" * 50_000 + "'A'", "1 " * 100_000, '"A"\n' * 50_000):
        code_sets_in(program, sets)


def test_a_table_that_is_called_so_is_still_described() -> None:
    from sandbox.codesets import is_code_set

    table = Table(source="codeset", name="hf", columns=())
    assert is_code_set("codeset.hf", EMPTY)
    assert not is_code_set("codeset.hf", Dictionary(tables=(table,), dialects={"codeset": "duckdb"}))
