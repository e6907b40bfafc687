"""What may not run does not: each reason has its own sentence, and nothing is used up or read."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from study import TABLES, Study

from sandbox.checks.facts import Grant
from sandbox.errors import Refusal
from sandbox.files import replace_file
from sandbox.records import ReviewerKey, columns_hash, runs_used, sign_table, signed_path
from sandbox.workspace import Workspace

PROGRAM = 'def main(data, report):\n    report.value("n", len(data.sql("SELECT enc_id FROM ehr.encounters")))\n'
GRANT = {"ehr.encounters": ("enc_id",)}
Spoil = Callable[[Study, str], None]


def edit_program(study: Study, approval: str) -> None:
    (draft,) = study.workspace.questions.glob("*/draft-1/program.py")
    draft.write_bytes(draft.read_bytes() + b"#")


def change_a_byte(study: Study, approval: str) -> None:
    path = study.workspace.approval(approval)
    data = path.read_bytes()
    path.write_bytes(data[:400] + (b"A" if data[400:401] != b"A" else b"B") + data[401:])


def take_another_approvals_file(study: Study, approval: str) -> None:
    other = study.approve(PROGRAM, GRANT)
    replace_file(study.workspace.approval(approval), study.workspace.approval(other).read_bytes())


def swap_the_reviewers_key(study: Study, approval: str) -> None:
    thief = Workspace.create(study.workspace.root.parent / "thief", store="throwaway")

    class Nowhere:
        def get(self, name: str) -> str:
            from sandbox.errors import CredentialMissing

            raise CredentialMissing(name)

        def put(self, name: str, secret: str) -> None: ...

        def delete(self, name: str) -> None: ...

    ReviewerKey.create(thief, Nowhere(), "Dr. Test", "another four words here")
    replace_file(study.workspace.keys / "reviewer.pub.pem", (thief.keys / "reviewer.pub.pem").read_bytes())


def change_the_granted_column(study: Study, approval: str) -> None:
    columns = tuple(
        msgspec.structs.replace(column, physical="pat_name") if column.name == "enc_id" else column
        for column in TABLES[1].columns
    )
    table = msgspec.structs.replace(TABLES[1], columns=columns)
    replace_file(signed_path(study.workspace, "ehr", "encounters"), sign_table(table, (), study.reviewer))


def withdraw_the_table(study: Study, approval: str) -> None:
    signed_path(study.workspace, "ehr", "encounters").unlink()


def revoke(study: Study, approval: str) -> None:
    study.log.append("approval.revoked", approval=approval)


def cut_the_log(study: Study, approval: str) -> None:
    """Hide that the one run was used: put the log back to how it was before."""
    saved = {path: path.read_bytes() for path in study.log.files if path.exists()}
    assert study.run(approval).last.outcome == "finished"
    for path, data in saved.items():
        path.write_bytes(data)


def use_up(study: Study, approval: str) -> None:
    assert study.run(approval).last.outcome == "finished"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (edit_program, "The program was edited after it was signed."),
        (change_a_byte, "A record"),
        (take_another_approvals_file, "holds another approval"),
        (swap_the_reviewers_key, "is not the one that the keyring pins"),
        (change_the_granted_column, "The columns of ehr.encounters that were signed for have changed since."),
        (withdraw_the_table, "ehr.encounters is not in the signed dictionary."),
        (revoke, "The approval was revoked."),
        (use_up, "The approval is used up: its one run is spent."),
        (cut_the_log, "log"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_spoiled_approval_does_not_run(spoil: Spoil, sentence: str, hospital: Path, tmp_path: Path) -> None:
    study = Study(tmp_path / "workspace", hospital)
    approval = study.approve(PROGRAM, GRANT)
    spoil(study, approval)
    runs = runs_used(study.log, approval)
    with pytest.raises(Refusal, match=sentence):
        study.run(approval)
    assert runs_used(study.log, approval) == runs


def test_an_expired_approval_does_not_run(study: Study) -> None:
    with pytest.raises(Refusal, match="The approval expired on"):
        study.run(study.approve(PROGRAM, GRANT, hours=-1))


def test_an_approval_for_another_table_does_not_run_the_program(study: Study) -> None:
    with pytest.raises(Refusal, match=r"Line 2 of the signed program is refused.*ehr\.encounters"):
        study.run(study.approve(PROGRAM, {"ehr.patients": ("pat_id",)}))


def test_a_column_that_is_given_to_nobody_can_not_be_granted_by_signing(study: Study) -> None:
    program = 'def main(data, report):\n    report.table("t", data.sql("SELECT pat_name FROM ehr.patients"))\n'
    with pytest.raises(Refusal, match="pat_name may not be given to a program"):
        study.run(study.approve(program, {"ehr.patients": ("pat_name",)}))


def test_a_column_outside_the_grant_does_not_run(study: Study) -> None:
    program = 'def main(data, report):\n    report.table("t", data.sql("SELECT enc_id, charge FROM ehr.encounters"))\n'
    with pytest.raises(Refusal, match=r"Line 2 .*charge"):
        study.run(study.approve(program, GRANT))


def test_a_program_outside_the_language_policy_does_not_run_even_when_signed(study: Study) -> None:
    program = "import os\n\ndef main(data, report):\n    report.value('home', os.listdir('/'))\n"
    with pytest.raises(Refusal, match="Line 1 of the signed program is refused"):
        study.run(study.approve(program, GRANT))


def test_parameters_are_those_that_were_signed(study: Study) -> None:
    program = (
        'PARAMETERS = {"least": 1}\n\n\ndef main(data, report, least):\n'
        '    report.value("n", len(data.sql("SELECT enc_id FROM ehr.encounters")))\n'
    )
    approval = study.approve(program, GRANT, parameters={"least": 1})
    with pytest.raises(Refusal, match="The parameter least was signed with another value."):
        study.run(approval, least=2)
    with pytest.raises(Refusal, match="has no parameter most"):
        study.run(approval, most=2)
    assert study.run(approval, least=1).last.outcome == "finished"


def test_an_unknown_approval_is_named(study: Study) -> None:
    with pytest.raises(Refusal, match="There is no approval 'a-none'"):
        study.run("a-none")
    with pytest.raises(Refusal, match="letters, digits"):
        study.run("../../etc/passwd")


def test_a_missing_login_is_named_before_anything_is_read(hospital: Path, tmp_path: Path) -> None:
    study = Study(tmp_path / "workspace", hospital)
    source = study.workspace.source("ehr")
    study.workspace.save_source(msgspec.structs.replace(source, login=True))
    approval = study.approve(PROGRAM, GRANT)
    with pytest.raises(Refusal, match="login/ehr"):
        study.run(approval)
    assert runs_used(study.log, approval) == 0


def test_a_database_that_is_gone_uses_up_no_run(hospital: Path, tmp_path: Path) -> None:
    study = Study(tmp_path / "workspace", hospital)
    source = study.workspace.source("ehr")
    study.workspace.save_source(msgspec.structs.replace(source, location=str(tmp_path / "gone.duckdb")))
    approval = study.approve(PROGRAM, GRANT)
    with pytest.raises(Refusal, match="'ehr' is not there"):
        study.run(approval)
    assert runs_used(study.log, approval) == 0


def test_tokens_of_another_workspace_are_refused(hospital: Path, tmp_path: Path) -> None:
    study = Study(tmp_path / "workspace", hospital)
    study.run(study.approve(PROGRAM, GRANT))
    study.keystore.put("key/tokens", base64.b64encode(os.urandom(32)).decode())
    with pytest.raises(Refusal, match=r"tokens\.enc is damaged or belongs to another workspace"):
        study.run(study.approve(PROGRAM, GRANT))


def test_grants_of_a_forged_shape_are_refused(study: Study) -> None:
    """A grant that names a column the table does not have can't even be hashed for signing."""
    with pytest.raises(Refusal, match="has no column"):
        columns_hash(TABLES[1], ("ssn",))
    assert Grant(tables=GRANT).tables == GRANT
