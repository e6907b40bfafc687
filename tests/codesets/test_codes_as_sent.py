"""Lists of codes as people send them, and sets that are removed again."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.cli import main
from sandbox.codesets import code_sets, describe_code_set, keep, opened_code_sets, read_file, remove
from sandbox.codesets.checking import Checked
from sandbox.errors import BadInput, RecordRefused
from sandbox.keystore import open_keystore
from sandbox.records import AuditLog, Trust
from sandbox.review import code_lists
from sandbox.review.code_lists import approvals_with
from sandbox.review.setting_up import set_up
from sandbox.workspace import Workspace

CODES = (("I50.21", "Acute, systolic"), ("I50.23", "Chronic"))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return set_up(tmp_path / "study", "Dr A Reviewer", "four unrelated plain words", store="throwaway")


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "icd10;desc\nI50.21;Acute, systolic\nI50.23;Chronic\n",
        "ICD-10-CM Code\tLong Description\nI50.21\tAcute, systolic\nI50.23\tChronic\n",
        'ICD10 code,Label\nI50.21,"Acute, systolic"\nI50.23,Chronic\n',
        "description;icd_10\nAcute, systolic;I50.21\nChronic;I50.23\n",
        "concept_id;concept_code;concept_name\n1;I50.21;Acute, systolic\n2;I50.23;Chronic\n",
        "kood;description\nI50.21;Acute, systolic\nI50.23;Chronic\n",
        "dx_code;anything\nI50.21;Acute, systolic\nI50.23;Chronic\n",
    ],
)
def test_separators_and_headers_are_taken_as_they_come(tmp_path: Path, text: str) -> None:
    read = read_file(written(tmp_path / "a.csv", text))
    assert (read.codes, read.headed) == (CODES, True)


@pytest.mark.parametrize("head", ["icd10", "ICD10CM", "loinc", "Code", "rxcui", "id"])
def test_a_header_over_one_column_is_no_code(tmp_path: Path, head: str) -> None:
    assert read_file(written(tmp_path / "a.csv", f"{head}\nI50.21\n")).codes == (("I50.21", ""),)


def test_a_name_of_a_thing_is_what_a_code_means(tmp_path: Path) -> None:
    read = read_file(written(tmp_path / "a.csv", "id,diagnosis\nI50.21,Heart failure\n"))
    assert read.codes == (("I50.21", "Heart failure"),)


@pytest.mark.parametrize(
    "text", ["I50.21;Acute, systolic\nI50.23;Chronic\n", "I50.21\tAcute, systolic\nI50.23\tChronic\n"]
)
def test_a_list_without_header_keeps_its_first_code(tmp_path: Path, text: str) -> None:
    read = read_file(written(tmp_path / "a.txt", text))
    assert (read.codes, read.headed) == (CODES, False)


def test_what_was_taken_for_the_first_code_is_said(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    bring = ["codeset", "import", "--workspace", str(workspace.root), "--name", "hf"]
    assert main([*bring, str(written(tmp_path / "a.csv", "xyz;more\nI50.21;Acute\n"))]) == 0
    assert "no header line, so its first code is 'xyz' (more)" in capsys.readouterr().out
    assert main([*bring, str(written(tmp_path / "b.csv", "code;more\nI50.21;Acute\n"))]) == 0
    assert "header" not in capsys.readouterr().out


def kept(workspace: Workspace, *codes: str) -> None:
    keep(workspace, Checked(codes=tuple((code, "") for code in codes)), name="hf")


def test_a_removed_set_is_gone_and_its_number_is_not_given_again(workspace: Workspace) -> None:
    for codes in (("A",), ("B",), ("C",)):
        kept(workspace, *codes)
    known = code_sets(workspace)
    folder = workspace.root / "codesets" / "hf"
    old = {path.name: path.read_bytes() for path in folder.glob("3.*")}
    run = ["codeset", "remove", "hf", "--workspace", str(workspace.root), "--json"]
    assert main([*run, "--version", "3"]) == 0
    assert [one.version for one in code_sets(workspace)] == [1, 2]
    assert AuditLog(workspace.audit_log).entries()[-1].details == {"code_set": "hf", "version": 3}
    kept(workspace, "C")
    assert [one.version for one in code_sets(workspace)] == [1, 2, 4]
    for name, data in old.items():
        (folder / name).write_bytes(data)  # put back behind the reviewer's back
    assert [one.version for one in code_sets(workspace)] == [1, 2, 4]
    opened = opened_code_sets(workspace, known)  # a question that had heard of all three goes on
    assert set(opened) == {("hf", 1), ("hf", 2)}
    assert "removed the set" in describe_code_set("codeset.hf version 3", known, opened)
    assert main(run) == 0 and code_sets(workspace) == []
    assert main(run) == 1  # there is none any more


def test_a_file_that_was_not_removed_by_the_reviewer_is_still_missed(workspace: Workspace) -> None:
    kept(workspace, "A")
    known = code_sets(workspace)
    (workspace.root / "codesets" / "hf" / "1.csv").unlink()
    with pytest.raises(RecordRefused, match="can't be read"):
        opened_code_sets(workspace, known)


def test_a_set_that_a_signed_program_holds_stays(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    kept(workspace, "I50.21", "I50.23")
    kept(workspace, "I50.21")
    trust = Trust.open(workspace, open_keystore(workspace))
    signed = SimpleNamespace(id="a-1", question="q-1", draft=1)
    first, second = code_sets(workspace)
    monkeypatch.setattr(code_lists.Approvals, "read", lambda *given: SimpleNamespace(verified=(signed,)))
    programs = {"q-1": 'CODES = ["I50.23", "I50.21"]\n'}
    monkeypatch.setattr(code_lists, "read_draft", lambda at, question, n: SimpleNamespace(program=programs[question]))
    assert approvals_with(workspace, trust, first) == [signed] and approvals_with(workspace, trust, second) == []
    remove_hf = ["codeset", "remove", "hf", "--workspace", str(workspace.root)]
    assert main(remove_hf) == 1 and main([*remove_hf, "--version", "1"]) == 1
    assert len(code_sets(workspace)) == 2
    assert main([*remove_hf, "--version", "2"]) == 0

    def unreadable(*given: object) -> None:
        raise BadInput("There is no such draft.")

    monkeypatch.setattr(code_lists, "read_draft", unreadable)  # whose codes nobody can tell
    assert approvals_with(workspace, trust, first) == [signed]
    remove(workspace, [first])
    assert code_sets(workspace) == []
