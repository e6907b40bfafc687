"""What is prepared for a run promises nothing: the word to run verifies all of it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from study import TABLES, Study

from sandbox.errors import Refusal
from sandbox.files import replace_file
from sandbox.messages.desk import Prepare, Prepared, Run, RunEnded
from sandbox.records import runs_used, sign_table, signed_path
from sandbox.sessions import Session

GRANT: dict[str, tuple[str, ...]] = {"ehr.encounters": ("enc_id",)}
PROGRAM = 'def main(data, report):\n    report.value("rows", len(data.sql("SELECT enc_id FROM ehr.encounters")))\n'


@pytest.fixture
def own(hospital: Path, tmp_path: Path) -> Study:
    """A workspace whose source can be taken away."""
    place = tmp_path / "hospital.duckdb"
    place.symlink_to(hospital)
    return Study(tmp_path / "workspace", place)


@pytest.fixture
def session(own: Study) -> Iterator[Session]:
    with Session.running(own.workspace) as made:
        yield made


def prepare(session: Session, approval: str) -> None:
    session.send(Prepare(approval=approval))
    list(session.until(Prepared, timeout=120))


def run(session: Session, approval: str) -> RunEnded:
    session.send(Run(approval=approval))
    last = list(session.until(RunEnded, timeout=120))[-1]
    assert isinstance(last, RunEnded)
    return last


def test_a_run_is_prepared_without_its_source_and_without_being_used_up(own: Study, session: Session) -> None:
    approval, source = own.approve(PROGRAM, GRANT), Path(own.workspace.source("ehr").location)
    hospital = source.readlink()
    source.unlink()
    prepare(session, approval)
    assert runs_used(own.log, approval) == 0
    source.symlink_to(hospital)
    assert run(session, approval).outcome == "finished"
    assert runs_used(own.log, approval) == 1


def test_the_word_to_run_is_heard_while_the_run_is_still_prepared(own: Study, session: Session) -> None:
    approval = own.approve(PROGRAM, GRANT)
    session.send(Prepare(approval=approval))
    assert run(session, approval).outcome == "finished"


def change_the_dictionary(own: Study, approval: str) -> None:
    """Signed by the reviewer, and the granted column is as it was: a run of its own would be allowed."""
    table = msgspec.structs.replace(TABLES[1], description="said more clearly")
    replace_file(signed_path(own.workspace, "ehr", "encounters"), sign_table(table, (), own.reviewer))


def revoke(own: Study, approval: str) -> None:
    own.log.append("approval.revoked", approval=approval)


def edit_the_program(own: Study, approval: str) -> None:
    (draft,) = own.workspace.questions.glob("*/draft-1/program.py")
    draft.write_text(PROGRAM + "# and more\n")


@pytest.mark.parametrize(
    ("meanwhile", "sentence"),
    [
        (change_the_dictionary, "changed while its run was waiting"),
        (revoke, "The approval was revoked"),
        (edit_the_program, "edited after it was signed"),
    ],
)
def test_what_changed_since_it_was_prepared_does_not_run(
    own: Study, session: Session, meanwhile: object, sentence: str
) -> None:
    approval = own.approve(PROGRAM, GRANT)
    prepare(session, approval)
    meanwhile(own, approval)  # type: ignore[operator]
    with pytest.raises(Refusal, match=sentence):
        run(session, approval)
    assert runs_used(own.log, approval) == 0


def test_one_approval_can_not_be_run_on_what_was_prepared_for_another(own: Study, session: Session) -> None:
    prepare(session, own.approve(PROGRAM, GRANT))
    other = own.approve(PROGRAM, GRANT)
    with pytest.raises(Refusal, match="changed while its run was waiting"):
        run(session, other)
    assert runs_used(own.log, other) == 0
