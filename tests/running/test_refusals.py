"""What may not run does not: each reason has its own sentence, and nothing is used up or read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from study import TABLES, Study

from sandbox.errors import CredentialMissing, ProcessDied, Refusal
from sandbox.files import replace_file
from sandbox.jail import Role, spawn
from sandbox.records import (
    InForce,
    ReviewerKey,
    pin_head,
    read_approval,
    reserve_run,
    runs_used,
    sign_table,
    signed_path,
)
from sandbox.running.approved import check_parameters
from sandbox.running.broker import fetch_secrets
from sandbox.running.preparing import read_allowed
from sandbox.running.query_check import checked_queries, start_warming
from sandbox.workspace import SourceSettings, Workspace

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


def use_up(study: Study, approval: str) -> None:
    signed = read_approval(study.workspace.approval(approval).read_bytes(), study.trust)
    reserve_run(signed, study.log, "r-1", InForce())


def hide_that_it_was_used_up(study: Study, approval: str) -> None:
    """Put the log back to how it was before the run; the keyring remembers a later head."""
    saved = {path: path.read_bytes() for path in study.log.files if path.exists()}
    use_up(study, approval)
    pin_head(study.keystore, study.log.head())
    for path, data in saved.items():
        path.write_bytes(data)


def prepared(study: Study, approval: str, **parameters: object) -> dict[str, object]:
    """All that a session does before it fetches a secret, with a real jailed check of the program."""
    approved, _ = read_allowed(study.workspace, study.keystore, study.log, approval)
    allowed = check_parameters(approved.approval, parameters)
    with spawn(Role.CHECKS) as worker:
        start_warming(worker)
        checked_queries(worker, approved)
    return allowed


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
        (hide_that_it_was_used_up, "The audit log"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_spoiled_approval_does_not_run(spoil: Spoil, sentence: str, hospital: Path, tmp_path: Path) -> None:
    study = Study(tmp_path / "workspace", hospital)
    approval = study.approve(PROGRAM, GRANT)
    prepared(study, approval)
    spoil(study, approval)
    with pytest.raises(Refusal, match=sentence):
        prepared(study, approval)


def test_an_expired_approval_does_not_run(study: Study) -> None:
    with pytest.raises(Refusal, match="The approval expired on"):
        prepared(study, study.approve(PROGRAM, GRANT, hours=-1))


def test_an_approval_for_another_table_does_not_run_the_program(study: Study) -> None:
    with pytest.raises(Refusal, match=r"Line 2 of the signed program is refused.*ehr\.encounters"):
        prepared(study, study.approve(PROGRAM, {"ehr.patients": ("pat_id",)}))


def test_a_column_that_is_given_to_nobody_can_not_be_granted_by_signing(study: Study) -> None:
    program = 'def main(data, report):\n    report.table("t", data.sql("SELECT pat_name FROM ehr.patients"))\n'
    with pytest.raises(Refusal, match="pat_name may not be given to a program"):
        prepared(study, study.approve(program, {"ehr.patients": ("pat_name",)}))


def test_a_column_outside_the_grant_does_not_run(study: Study) -> None:
    program = 'def main(data, report):\n    report.table("t", data.sql("SELECT enc_id, charge FROM ehr.encounters"))\n'
    with pytest.raises(Refusal, match="The query at line 2 is refused: The column charge may not be read"):
        prepared(study, study.approve(program, GRANT))


def test_a_program_outside_the_language_policy_does_not_run_even_when_signed(study: Study) -> None:
    program = "import os\n\ndef main(data, report):\n    report.value('home', os.listdir('/'))\n"
    with pytest.raises(Refusal, match="Line 1 of the signed program is refused"):
        prepared(study, study.approve(program, GRANT))


def test_parameters_are_those_that_were_signed(study: Study) -> None:
    program = (
        'PARAMETERS = {"least": 1}\n\n\ndef main(data, report, least):\n'
        '    report.value("n", len(data.sql("SELECT enc_id FROM ehr.encounters")))\n'
    )
    approval = study.approve(program, GRANT, parameters={"least": 1})
    assert prepared(study, approval) == prepared(study, approval, least=1) == {"least": 1}
    for wrong in ({"least": 2}, {"least": True}, {"least": 1.0}, {"least": "1"}):
        with pytest.raises(Refusal, match="The parameter least was signed with another value."):
            prepared(study, approval, **wrong)
    with pytest.raises(Refusal, match="has no parameter most"):
        prepared(study, approval, most=2)


def test_a_check_that_dies_lets_nothing_run(study: Study) -> None:
    approved, _ = read_allowed(study.workspace, study.keystore, study.log, study.approve(PROGRAM, GRANT))
    with spawn(Role.CHECKS) as worker:
        worker.kill()
        worker.wait()
        with pytest.raises(ProcessDied, match="did not answer as it should"):
            checked_queries(worker, approved)


def test_an_unknown_approval_is_named(study: Study) -> None:
    with pytest.raises(Refusal, match="There is no approval 'a-none'"):
        prepared(study, "a-none")
    with pytest.raises(Refusal, match="letters, digits"):
        prepared(study, "../../etc/passwd")


def test_a_missing_login_is_named_before_anything_is_read(hospital: Path, tmp_path: Path) -> None:
    study = Study(tmp_path / "workspace", hospital)
    source = study.workspace.source("ehr")
    study.workspace.save_source(msgspec.structs.replace(source, login=True))
    approval = study.approve(PROGRAM, GRANT)
    with pytest.raises(Refusal, match="login/ehr"):
        fetch_secrets(study.workspace, study.keystore, read_allowed_sources(study, approval))
    assert runs_used(study.log, approval) == 0


def read_allowed_sources(study: Study, approval: str) -> tuple[SourceSettings, ...]:
    return read_allowed(study.workspace, study.keystore, study.log, approval)[0].sources


def test_a_database_that_is_gone_uses_up_no_run(hospital: Path, tmp_path: Path) -> None:
    study = Study(tmp_path / "workspace", hospital)
    source = study.workspace.source("ehr")
    study.workspace.save_source(msgspec.structs.replace(source, location=str(tmp_path / "gone.duckdb")))
    approval = study.approve(PROGRAM, GRANT)
    with pytest.raises(Refusal, match="'ehr' is not there"):
        study.run(approval)
    assert runs_used(study.log, approval) == 0
