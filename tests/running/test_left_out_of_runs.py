"""Row scopes and exclusions in real runs: a real session, real jails, a real database."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from study import Study

from sandbox.checks.exclusions import reaches
from sandbox.checks.facts import RowScope
from sandbox.dictionary import schema_of
from sandbox.dictionary.model import Join
from sandbox.errors import Refusal
from sandbox.files import replace_file
from sandbox.jail.selftest import ensure_self_test
from sandbox.matching.key_lists import keep_list
from sandbox.records import (
    Exclusions,
    Trust,
    keep_exclusions,
    load_dictionary,
    pin_head,
    runs_used,
    sha256,
    sign_table,
    signed_path,
)
from sandbox.review.excluding import exclude_listed, exclude_rows, include_again, left_out, read_in_force
from sandbox.review.setting_up import lists_key
from sandbox.running.broker import fetch_secrets
from sandbox.running.preparing import read_allowed

PROGRAM = """
def main(data, report):
    stays = data.sql("SELECT enc_id, pat_id, enc_class FROM ehr.encounters")
    report.value("stays", len(stays))
    report.value("people", int(stays.pat_id.nunique()))
    report.value("results", len(data.sql("SELECT value FROM ehr.results WHERE code = 3")))
"""
GRANT = {"ehr.encounters": ("enc_class", "enc_id", "pat_id"), "ehr.results": ("code", "value")}
MRN = "ehr.patients.mrn"


@pytest.fixture
def desk(hospital: Path, tmp_path: Path, study: Study) -> Study:
    """A workspace of its own. The walls of this machine need not be tried anew for it."""
    made = Study(tmp_path / "workspace", hospital, program_seconds=60)
    ensure_self_test(study.workspace.self_test)
    shutil.copy(study.workspace.self_test, made.workspace.self_test)
    return made


def reported(study: Study, approval: str) -> dict[str, Any]:
    ended = study.run(approval)
    assert ended.last.outcome == "finished", ended.last.sentence
    found = study.results(ended).values
    return {"run": ended.last.run, **found}


def meant(hospital: Path, stays: str = "TRUE", results: str = "TRUE") -> dict[str, int]:
    with duckdb.connect(str(hospital), read_only=True) as connection:
        first = connection.execute(f"SELECT count(*), count(DISTINCT pat_id) FROM encounters WHERE {stays}").fetchone()
        second = connection.execute(f"SELECT count(*) FROM results WHERE code = 3 AND {results}").fetchone()
    assert first and second
    return {"stays": first[0], "people": first[1], "results": second[0]}


def counts(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "run"}


def listed(tmp_path: Path, *numbers: int) -> Path:
    path = tmp_path / "opt-outs.csv"
    path.write_text("".join(f"MRN-KAN-{number}\n" for number in numbers), encoding="utf-8")
    return path


def test_what_is_added_and_removed_holds_at_once_for_an_approval_signed_before(
    desk: Study, hospital: Path, tmp_path: Path
) -> None:
    approval = desk.approve(PROGRAM, GRANT, runs=3)
    first = reported(desk, approval)
    assert counts(first) == meant(hospital), "their rows are read without the exclusion, or it proves nothing"
    exclude_listed(desk.workspace, desk.keystore, desk.reviewer, MRN, "opted out", listed(tmp_path, 7, 14, 99_999))
    in_force = exclude_rows(desk.workspace, desk.keystore, desk.reviewer, "ehr.patients", "men", "sex = 'M'")
    out = "pat_id NOT IN (900007, 900014) AND pat_id % 2 = 0"
    second = reported(desk, approval)
    assert counts(second) == meant(hospital, out, out) != counts(first)
    include_again(desk.workspace, desk.keystore, desk.reviewer, 2)
    one = "pat_id NOT IN (900007, 900014)"
    assert counts(reported(desk, approval)) == meant(hospital, one, one)
    assert desk.record(second["run"]).exclusions == in_force.sha256
    assert not desk.record(first["run"]).exclusions, "a record of a run without them is what it always was"
    assert b"MRN-KAN-14" not in desk.plain_bytes()


def test_row_scopes_and_a_cohort_hold_in_a_real_run(desk: Study, hospital: Path) -> None:
    keys = keep_list(desk.workspace, lists_key(desk.keystore, new=True), [str(900000 + i) for i in range(50)])
    scopes = (
        RowScope(words="since June", condition="admit_dt >= '2022-06-01'", columns=("admit_dt",)),
        RowScope(words="this cohort", key="pat_id", keys=keys, columns=("pat_id",)),
    )
    found = reported(desk, desk.approve(PROGRAM, GRANT, rows={"ehr.encounters": scopes}))
    assert counts(found) == meant(hospital, "admit_dt >= '2022-06-01' AND pat_id < 900050")


def change_a_byte(study: Study) -> None:
    (path,) = study.workspace.root.glob("exclusions/*.json")
    data = path.read_bytes()
    path.write_bytes(data[:400] + (b"A" if data[400:401] != b"A" else b"B") + data[401:])


def remove_the_file(study: Study) -> None:
    (path,) = study.workspace.root.glob("exclusions/*.json")
    path.unlink()


def put_an_older_one_in_its_place(study: Study) -> None:
    older = read_in_force(study.workspace, study.keystore)
    newer = exclude_rows(study.workspace, study.keystore, study.reviewer, "ehr.patients", "men", "sex = 'M'")
    exclusions = study.workspace.exclusions
    exclusions(newer.sha256).write_bytes(exclusions(older.sha256).read_bytes())


def change_a_byte_of_the_list(study: Study) -> None:
    (path,) = study.workspace.root.glob("lists/*.enc")
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def remove_the_list(study: Study) -> None:
    (path,) = study.workspace.root.glob("lists/*.enc")
    path.unlink()


def put_another_list_in_its_place(study: Study) -> None:
    (path,) = study.workspace.root.glob("lists/*.enc")
    other = keep_list(study.workspace, lists_key(study.keystore), ["MRN-KAN-1"])
    path.write_bytes(study.workspace.key_list(other.name).read_bytes())


def cut_the_log_before_them(study: Study) -> None:
    """Without its entry the exclusions would not be in force: the pinned head of the log finds it."""
    pin_head(study.keystore, study.log.check())
    path = study.workspace.audit_log
    path.write_bytes(b"".join(line + b"\n" for line in study.log.lines()[:-1]))


def sign_the_table_without_its_patient_key(study: Study) -> None:
    patients = next(one for one in study.tables if one.name == "patients")
    without = tuple(one for one in patients.columns if one.name != "pat_id")
    table = msgspec.structs.replace(patients, columns=without)
    replace_file(signed_path(study.workspace, "ehr", "patients"), sign_table(table, (), study.reviewer))


SPOILED: list[tuple[Callable[[Study], None], str]] = [
    (change_a_byte, "changed after they were signed"),
    (remove_the_file, "not where they were kept"),
    (put_an_older_one_in_its_place, "changed after they were signed"),
    (change_a_byte_of_the_list, "list of 1 identifiers .* is damaged"),
    (remove_the_list, "list of 1 identifiers .* is not there"),
    (put_another_list_in_its_place, "list of 1 identifiers .* is damaged"),
    (cut_the_log_before_them, "cut short"),
    (sign_the_table_without_its_patient_key, "patient key of ehr.patients, which is signed no more"),
]


@pytest.mark.parametrize(("spoil", "sentence"), SPOILED, ids=lambda one: getattr(one, "__name__", ""))
def test_nothing_runs_while_nobody_can_tell_who_is_out(
    desk: Study, tmp_path: Path, spoil: Callable[[Study], None], sentence: str
) -> None:
    approval = desk.approve(PROGRAM, GRANT)
    exclude_listed(desk.workspace, desk.keystore, desk.reviewer, MRN, "opted out", listed(tmp_path, 7))
    fetch(desk, approval)
    spoil(desk)
    with pytest.raises(Refusal, match=sentence):
        fetch(desk, approval)


def fetch(study: Study, approval: str) -> None:
    """What a broker does before it reserves a run and opens a source, in its order."""
    approved, _ = read_allowed(study.workspace, study.keystore, study.log, approval)
    fetch_secrets(study.workspace, study.keystore, approved.sources, approved.lists)


@pytest.mark.parametrize("spoil", [remove_the_file, remove_the_list])
def test_a_session_refuses_such_a_run_and_uses_nothing_up(
    desk: Study, tmp_path: Path, spoil: Callable[[Study], None]
) -> None:
    approval = desk.approve(PROGRAM, GRANT)
    exclude_listed(desk.workspace, desk.keystore, desk.reviewer, MRN, "opted out", listed(tmp_path, 7))
    spoil(desk)
    with pytest.raises(Refusal, match="not where they were kept|is not there"):
        desk.run(approval)
    assert runs_used(desk.log, approval) == 0


def test_exclusions_in_another_reviewers_name_are_not_obeyed_but_refused(desk: Study, tmp_path: Path) -> None:
    other = Study(tmp_path / "other", tmp_path / "nowhere.duckdb")
    record = Exclusions(
        number=1, reviewer="Dr. Test", fingerprint=other.reviewer.fingerprint, signed_at="2026-01-01T00:00:00Z",
        exclusions=(),
    )  # fmt: skip
    approval = desk.approve(PROGRAM, GRANT)
    keep_exclusions(desk.workspace, desk.log, record, other.reviewer)
    with pytest.raises(Refusal, match="signed by a key that is not trusted here"):
        read_allowed(desk.workspace, desk.keystore, desk.log, approval)


def test_a_table_on_the_way_to_the_patients_can_not_be_lost_unnoticed(desk: Study, tmp_path: Path) -> None:
    results = next(one for one in desk.tables if one.name == "results")
    stay = next(column for one in desk.tables for column in one.columns if column.name == "enc_id")
    by_stay = msgspec.structs.replace(
        results, columns=(stay, *results.columns[1:]), joins=(Join("enc_id", "ehr.encounters", "enc_id"),)
    )
    replace_file(signed_path(desk.workspace, "ehr", "results"), sign_table(by_stay, (), desk.reviewer))
    approval = desk.approve(PROGRAM, {"ehr.results": ("code", "value")})
    log_signature(desk, "encounters")
    (one,) = exclude_listed(desk.workspace, desk.keystore, desk.reviewer, MRN, "opted out", listed(tmp_path, 7)).all
    trust = Trust.open(desk.workspace, desk.keystore)
    assert reaches(one, "ehr.results", schema_of(load_dictionary(desk.workspace, trust)))
    fetch(desk, approval)
    signed_path(desk.workspace, "ehr", "encounters").unlink()
    assert not reaches(one, "ehr.results", schema_of(load_dictionary(desk.workspace, trust)))
    with pytest.raises(Refusal, match="signature of ehr.encounters is gone"):
        fetch(desk, approval)
    desk.log.append("source.removed", source="ehr")
    fetch(desk, approval)


def log_signature(study: Study, table: str) -> None:
    """What signing leaves in the log."""
    envelope = signed_path(study.workspace, "ehr", table).read_bytes()
    study.log.append("table.signed", table=f"ehr.{table}", columns=3, envelope=sha256(envelope))


def test_a_table_is_not_put_back_to_how_it_was_signed_before_patients_were_found_through_it(
    desk: Study, tmp_path: Path
) -> None:
    """Both signatures are the reviewer's, so only the log tells which of them is the last."""
    results = next(one for one in desk.tables if one.name == "results")
    path = signed_path(desk.workspace, "ehr", "results")
    keyless = msgspec.structs.replace(
        results, columns=tuple(column for column in results.columns if column.column_class != "patient_key")
    )
    older = sign_table(keyless, (), desk.reviewer)
    approval = desk.approve(PROGRAM, {"ehr.results": ("code", "value")})
    log_signature(desk, "results")
    (one,) = exclude_listed(desk.workspace, desk.keystore, desk.reviewer, MRN, "opted out", listed(tmp_path, 7)).all
    trust = Trust.open(desk.workspace, desk.keystore)
    fetch(desk, approval)
    replace_file(path, older)
    assert not reaches(one, "ehr.results", schema_of(load_dictionary(desk.workspace, trust)))
    with pytest.raises(Refusal, match=r"ehr\.results is not as it was signed last"):
        fetch(desk, approval)
    log_signature(desk, "results")  # signed again by the reviewer: known to leave nobody out of it
    fetch(desk, approval)


def test_of_two_changes_at_once_none_is_lost(desk: Study, tmp_path: Path) -> None:
    record = Exclusions(
        number=1, reviewer=desk.reviewer.name, fingerprint=desk.reviewer.fingerprint, signed_at="2026-01-01T00:00:00Z",
        exclusions=(),
    )  # fmt: skip
    exclude_listed(desk.workspace, desk.keystore, desk.reviewer, MRN, "opted out", listed(tmp_path, 7))
    with pytest.raises(Refusal, match="changed meanwhile"):
        keep_exclusions(desk.workspace, desk.log, record, desk.reviewer)
    assert [one.words for one in read_in_force(desk.workspace, desk.keystore).all] == ["opted out"]


def test_an_older_record_is_not_put_in_force_by_naming_it_in_the_log_again(desk: Study, tmp_path: Path) -> None:
    exclude_listed(desk.workspace, desk.keystore, desk.reviewer, MRN, "opted out", listed(tmp_path, 7))
    nobody = include_again(desk.workspace, desk.keystore, desk.reviewer, 1)
    exclude_listed(desk.workspace, desk.keystore, desk.reviewer, MRN, "opted out", listed(tmp_path, 8))
    desk.log.append("exclusions.signed", number=nobody.number, exclusions=0, envelope=nobody.sha256)
    with pytest.raises(Refusal, match="that others have replaced"):
        read_in_force(desk.workspace, desk.keystore)


def test_a_change_between_preparation_and_the_word_to_run_is_noticed(desk: Study, tmp_path: Path) -> None:
    approval = desk.approve(PROGRAM, GRANT)
    before, _ = read_allowed(desk.workspace, desk.keystore, desk.log, approval)
    exclude_listed(desk.workspace, desk.keystore, desk.reviewer, MRN, "opted out", listed(tmp_path, 7))
    after, _ = read_allowed(desk.workspace, desk.keystore, desk.log, approval)
    assert before != after
    assert [one.words for one in after.exclusions] == ["opted out"]
    assert len(after.lists) == 1


def test_a_reviewer_reads_who_is_out_and_what_that_does_not_reach(desk: Study, tmp_path: Path) -> None:
    exclude_listed(desk.workspace, desk.keystore, desk.reviewer, MRN, "opted out", listed(tmp_path, 7))
    lines = left_out(desk.workspace, desk.keystore, ("ehr.encounters", "ehr.results"))
    assert len(lines) == 1
    assert lines[0].startswith("out of every run: opted out: 1 patients by ehr.patients.mrn (list l-")
    assert left_out(desk.workspace, desk.keystore, ()) == ()
