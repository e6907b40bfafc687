"""A run that obeyed exclusions says which, and a stranger's verification is none the worse for it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from records_desk import Desk, make_approval, make_run, sign_off

from sandbox.checks.facts import RowScope
from sandbox.errors import RecordRefused
from sandbox.files import replace_file
from sandbox.records import columns_hash, make_bundle, read_run, record_run, sha256, verify_bundle


def test_a_bundle_with_such_a_run_is_intact(desk: Desk, tmp_path: Path) -> None:
    approval = make_approval(desk)
    record = make_run(desk, sign_off(desk, approval), approval)
    obeyed = msgspec.structs.replace(record, id="r-2", exclusions=sha256(b"who is out"))
    desk.log.append("run.reserved", approval=approval.id, run="r-2")
    envelope = record_run(obeyed, desk.workstation)
    replace_file(desk.workspace.run("r-2") / "record.json", envelope)
    desk.log.append("run.ended", run="r-2", approval=approval.id, record=sha256(envelope))
    bundle = make_bundle(desk.workspace, desk.keystore, approval.id, tmp_path / "bundle")
    assert verify_bundle(bundle, trusted=(desk.reviewer.fingerprint,)).ok
    assert read_run((bundle / "runs/r-2.json").read_bytes(), desk.trust).exclusions == sha256(b"who is out")
    assert not read_run((bundle / "runs/r-1.json").read_bytes(), desk.trust).exclusions


def test_the_columns_that_decide_are_bound_in_a_bundle_too(desk: Desk, tmp_path: Path) -> None:
    """`ssn` is not granted; an approval whose rows it decides on binds it, or no bundle is made."""
    scope = RowScope(words="known", condition="ssn IS NOT NULL", columns=("ssn",))
    grant = msgspec.structs.replace(make_approval(desk).grant, rows={"ehr.encounters": (scope,)})
    loose = make_approval(desk, id="a-loose", grant=grant)
    sign_off(desk, loose)
    with pytest.raises(RecordRefused, match="have changed since"):
        make_bundle(desk.workspace, desk.keystore, "a-loose", tmp_path / "loose")
    (stays,) = (table for table in desk.dictionary.tables if table.name == "encounters")
    columns = {"ehr.encounters": columns_hash(stays, (*grant.tables["ehr.encounters"], "ssn"))}
    sign_off(desk, make_approval(desk, grant=grant, columns=columns))
    bundle = make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle")
    assert verify_bundle(bundle, trusted=(desk.reviewer.fingerprint,)).ok


def test_rows_of_a_table_that_is_not_granted_are_not_signed(desk: Desk) -> None:
    scope = RowScope(words="some", condition="code = 'x'", columns=("code",))
    grant = msgspec.structs.replace(make_approval(desk).grant, rows={"ehr.codes": (scope,)})
    with pytest.raises(RecordRefused, match="rows of a table that it does not grant"):
        sign_off(desk, make_approval(desk, grant=grant))
