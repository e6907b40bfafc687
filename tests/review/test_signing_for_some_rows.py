"""A reviewer signs for some rows and leaves patients out: by command, checked in a real jail, shown in words."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from small_hospital import DICTIONARY

from sandbox.checks.facts import ColumnSchema, Exclusion
from sandbox.cli import DONE, REFUSED, main
from sandbox.dictionary.model import Column, Table
from sandbox.errors import BadInput, QueryRefused
from sandbox.files import replace_file
from sandbox.keystore import open_keystore
from sandbox.matching.key_lists import open_list
from sandbox.records import (
    AuditLog,
    ReviewerKey,
    Trust,
    check_may_run,
    exclusions_in_force,
    load_dictionary,
    make_bundle,
    read_approval,
    sign_table,
    signed_path,
    verify_bundle,
)
from sandbox.review.excluding import _check_values, exclusion_lines
from sandbox.review.own_draft import write_own_draft
from sandbox.review.questions import open_question
from sandbox.review.scoping import check_conditions
from sandbox.review.setting_up import lists_key, set_up
from sandbox.workspace import SourceSettings, Workspace, now

PASSPHRASE = "correct horse battery staple"
PROGRAM = '''"""Stays."""


def main(data, report):
    report.value("stays", len(data.sql("SELECT pat_id, enc_id FROM ehr.stays")))
    report.value("codes", len(data.sql("SELECT code FROM ehr.diagnoses")))
'''
Run = Callable[..., int]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with three signed tables and one draft."""
    root = tmp_path_factory.mktemp("kept") / "study"
    workspace = set_up(root, "Dr A Reviewer", PASSPHRASE, store="throwaway")
    reviewer = ReviewerKey.unlock(workspace, open_keystore(workspace), PASSPHRASE)
    workspace.save_source(SourceSettings(name="ehr", kind="duckdb", location="/nowhere/ehr.duckdb"))
    for table in DICTIONARY.tables:
        rows = tuple(one for one in DICTIONARY.references if one.table == table.full_name)
        replace_file(signed_path(workspace, "ehr", table.name), sign_table(table, rows, reviewer))
    write_own_draft(workspace, open_question(workspace, open_keystore(workspace)), PROGRAM)
    return root


@pytest.fixture
def workspace(kept: Path, tmp_path: Path) -> Workspace:
    return Workspace.open(Path(shutil.copytree(kept, tmp_path / "study")))


@pytest.fixture
def preceptor(workspace: Workspace) -> Run:
    """The command line, in this process; the passphrase comes through a pipe."""

    (question,) = (path.name for path in workspace.questions.iterdir())

    def run(*arguments: str) -> int:
        arguments = tuple(question if one == "q-1" else one for one in arguments)
        read, write = os.pipe()
        os.write(write, PASSPHRASE.encode() + b"\n")
        os.close(write)
        try:
            return main([*arguments, "--workspace", str(workspace.root), "--passphrase-fd", str(read)])
        finally:
            os.close(read)

    return run


def only_approval(workspace: Workspace) -> Any:
    (path,) = workspace.approvals.glob("*.json")
    return read_approval(path.read_bytes(), Trust.open(workspace, open_keystore(workspace)))


def test_an_approval_for_some_rows_says_so_binds_what_decides_and_can_be_verified_by_a_stranger(
    workspace: Workspace, preceptor: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cohort = tmp_path / "cohort.txt"
    cohort.write_text("P-1\nP-2\n", encoding="utf-8")
    status = preceptor(
        "sign", "q-1", "--purpose", "a test",
        "--rows", "ehr.stays: admitted since 2022: admit_dt >= '2022-01-01'",
        "--cohort", f"ehr.stays: this cohort: pat_id: {cohort}",
    )  # fmt: skip
    told = " ".join(capsys.readouterr().out.split())
    assert status == DONE
    assert "only rows: admitted since 2022: admit_dt >= '2022-01-01'; admit_dt decides, and is not given" in told
    assert "only rows: this cohort: pat_id on a list of 2 identifiers" in told
    keystore, approval = open_keystore(workspace), only_approval(workspace)
    first, second = approval.grant.rows["ehr.stays"]
    assert (first.columns, second.columns) == (("admit_dt",), ("pat_id",))
    assert open_list(workspace, lists_key(keystore), second.keys) == ("P-1", "P-2")
    bundle = make_bundle(workspace, keystore, approval.id, tmp_path / "bundle")
    assert "only rows: admitted since 2022" in (bundle / "may-read.txt").read_text(encoding="utf-8")
    assert verify_bundle(bundle, trusted=(approval.fingerprint,)).ok


def test_a_column_that_decides_is_bound_like_one_that_is_read(workspace: Workspace, preceptor: Run) -> None:
    preceptor("sign", "q-1", "--purpose", "a test", "--rows", "ehr.stays: long: admit_dt >= '2022-01-01'")
    keystore, approval = open_keystore(workspace), only_approval(workspace)
    trust, log = Trust.open(workspace, keystore), AuditLog(workspace.audit_log)

    def check() -> None:
        dictionary = load_dictionary(workspace, trust)
        check_may_run(approval, program=PROGRAM.encode(), dictionary=dictionary, log=log, now=now())

    check()
    stays = next(table for table in DICTIONARY.tables if table.name == "stays")
    moved = tuple(
        msgspec.structs.replace(one, physical="BIRTH_DT") if one.name == "admit_dt" else one for one in stays.columns
    )
    reviewer = ReviewerKey.unlock(workspace, keystore, PASSPHRASE)
    changed = sign_table(msgspec.structs.replace(stays, columns=moved), (), reviewer)
    replace_file(signed_path(workspace, "ehr", "stays"), changed)
    with pytest.raises(Exception, match="ehr.stays that were signed for have changed since"):
        check()


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--rows", "ehr.stays: all in one", "not written as TABLE: WORDS: CONDITION"),
        ("--rows", "ehr.patients: women: sex = 'F'", "does not read ehr.patients"),
        ("--rows", "ehr.stays: one: admit_dt > :start", "has a parameter, :start"),
        ("--rows", "ehr.stays: one: enc_id IN (SELECT 1)", "holds a query"),
        ("--rows", "ehr.stays: one: pat_id = 'P-1'", "may only be compared with a key"),
        ("--rows", "ehr.stays: one: nothing_such = 1", "no column nothing_such in ehr.stays"),
        ("--cohort", "ehr.stays: one: admit_dt: /nowhere", "admit_dt is no key of ehr.stays"),
        ("--cohort", "ehr.stays: one: pat_id: /nowhere/at/all", "can't be read"),
    ],
)
def test_what_can_not_be_signed_for_is_refused_and_nothing_is_signed(
    workspace: Workspace, preceptor: Run, capsys: pytest.CaptureFixture[str], option: str, value: str, sentence: str
) -> None:
    assert preceptor("sign", "q-1", "--purpose", "a test", option, value) == REFUSED
    assert sentence in " ".join(capsys.readouterr().err.split())
    assert not list(workspace.approvals.glob("*.json"))


def test_exclusions_are_added_listed_and_removed_each_with_a_signature(
    workspace: Workspace, preceptor: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "opt-outs.txt"
    path.write_text("Sigurdardottir\n", encoding="utf-8")
    assert preceptor("exclude", "list") == DONE
    assert "Nobody is left out" in capsys.readouterr().out
    added = ("exclude", "add", "opted out", "--column", "ehr.patients.surname", "--list", str(path))
    assert preceptor(*added) == DONE
    assert preceptor("exclude", "add", "men", "--table", "ehr.patients", "--condition", "sex = 'M'") == DONE
    capsys.readouterr()
    assert preceptor("exclude", "list") == DONE
    told = " ".join(capsys.readouterr().out.split())
    assert "1. opted out: 1 patients by ehr.patients.surname" in told
    assert "2. men: patients of the rows of ehr.patients with sex = 'M'" in told
    assert "not covered: ehr.diagnoses" in told
    assert "not covered: ehr.stays" not in told
    assert preceptor("exclude", "remove", "1") == DONE
    log = AuditLog(workspace.audit_log)
    in_force = exclusions_in_force(workspace, Trust.open(workspace, open_keystore(workspace)), log)
    assert [one.words for one in in_force.all] == ["men"]
    assert [entry.event for entry in log.entries()].count("exclusions.signed") == in_force.number == 3
    files = b"".join(one.read_bytes() for one in workspace.root.rglob("*") if one.is_file())
    assert b"Sigurdardottir" not in files


def test_the_reviewer_reads_before_signing_who_is_left_out_and_of_what_nobody_is(
    workspace: Workspace, preceptor: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    preceptor("exclude", "add", "men", "--table", "ehr.patients", "--condition", "sex = 'M'")
    capsys.readouterr()
    assert preceptor("review", "q-1", "--rows", "ehr.stays: none: admit_dt < '1900-01-01'") == DONE
    told = " ".join(capsys.readouterr().out.split())
    assert "out of every run: men: patients of the rows of ehr.patients with sex = 'M'" in told
    assert "not covered: ehr.diagnoses" in told
    assert "stays = 0" in told, "the trial on made-up data obeys the row scope"
    assert "codes = 3" in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "who"), "Which patients?"),
        (("add", "who", "--table", "ehr.patients"), "Which patients?"),
        (("add", "who", "--table", "ehr.diagnoses", "--condition", "code = 'x'"), "ehr.diagnoses has no patient key"),
        (("add", "who", "--table", "ehr.wards", "--condition", "code = 'x'"), "no signed table ehr.wards"),
        (("add", "who", "--table", "ehr.patients", "--condition", "surname = 'X'"), "surname may only be compared"),
        (("add", " ", "--table", "ehr.patients", "--condition", "sex = 'M'"), "Say in words"),
        (("add", "who", "--column", "ehr.patients.sex", "--list", "x"), "sex is no identifier of the patients"),
        (("add", "who", "--column", "ehr.patients.surname", "--list", "/nowhere/x"), "can't be read"),
        (("remove", "1"), "There is no exclusion 1"),
    ],
)
def test_an_exclusion_that_would_leave_nobody_out_is_refused(
    workspace: Workspace, preceptor: Run, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    assert preceptor("exclude", *arguments) == REFUSED
    assert sentence in " ".join(capsys.readouterr().err.split())
    assert not (workspace.root / "exclusions").exists()


def test_a_list_of_numbers_with_a_heading_is_refused_by_its_line(workspace: Workspace, tmp_path: Path) -> None:
    """A list of the wrong identifiers would leave nobody out, and nobody would see it."""
    number = ColumnSchema(type="BIGINT", identifies=True)
    _check_values(("1", "-2"), "ehr.patients.mrn", number)
    with pytest.raises(BadInput, match="Identifier 2 of the list is no whole number"):
        _check_values(("1", "mrn"), "ehr.patients.mrn", number)


def test_a_condition_that_hangs_the_parser_is_refused_by_its_length(workspace: Workspace) -> None:
    with pytest.raises(QueryRefused, match="at most 2,000 characters"):
        check_conditions(DICTIONARY, [("ehr.stays", "(" * 3000)])


def test_a_table_of_another_source_is_said_to_be_not_covered() -> None:
    """Its keys may be others; nobody is left out of it because of a list of this source."""
    men = Exclusion(words="men", table="ehr.patients", key="pat_id", condition="sex = 'M'", columns=("sex",))
    person = Column(
        name="person", type="BIGINT", column_class="patient_key", told="name", given="token", domain="patient"
    )
    registry = Table(source="reg", name="implants", columns=(person,))
    both = msgspec.structs.replace(
        DICTIONARY, tables=(*DICTIONARY.tables, registry), dialects={"ehr": "duckdb", "reg": "duckdb"}
    )
    lines = list(exclusion_lines((men,), ("ehr.stays", "reg.implants"), both))
    assert lines[1:] == ["not covered: reg.implants. Nothing in it leads to the patients of: men"]
