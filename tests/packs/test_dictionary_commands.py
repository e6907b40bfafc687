"""What the commands on a dictionary say beside their result: what stays undecided, how old the last look is."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from desk_of_packs import PackDesk, make_pack_desk

from sandbox.cli import main
from sandbox.dictionary.catalog_index import CATALOG, copy_catalog, write_catalog
from sandbox.files import replace_file
from sandbox.records import AuditLog
from sandbox.review.deciding import decide, read_proposal
from sandbox.review.drift import last_look
from sandbox.sources import connect
from sandbox.workspace import readable_json

PASSPHRASE = "four unrelated plain words"


@pytest.fixture
def desk(tmp_path: Path) -> PackDesk:
    """A source with two columns that nobody knows, in two tables."""
    made = make_pack_desk(tmp_path)
    made.look()
    proposal = read_proposal(made.workspace, "ehr")
    tables = []
    for table in proposal.tables:
        last = msgspec.structs.replace(
            table.columns[-1], column_class="unknown", told="nothing", given="nothing", evidence=("no rule knows it",)
        )
        tables.append(msgspec.structs.replace(table, columns=(*table.columns[:-1], last)))
    changed = msgspec.structs.replace(proposal, tables=tuple(tables))
    replace_file(made.workspace.source_folder("ehr") / "proposal.json", readable_json(changed))
    return made


@pytest.fixture
def run(desk: PackDesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setenv("COLUMNS", "300")

    def command(*arguments: object) -> tuple[int, str, str]:
        read, write = os.pipe()
        os.write(write, PASSPHRASE.encode() + b"\n")
        os.close(write)
        given = [*map(str, arguments), "--workspace", str(desk.workspace.root), "--passphrase-fd", str(read)]
        status = main(given)
        os.close(read)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return command


def test_undecided_columns_of_the_whole_source_or_of_a_table_are_listed(
    desk: PackDesk, run: Callable[..., Any]
) -> None:
    names = {f"{table.name}.{table.columns[-1].name}" for table in read_proposal(desk.workspace, "ehr").tables}
    assert len(names) == 2
    status, out, _ = run("dictionary", "show", "ehr", "--undecided")
    assert status == 0 and all(name in out for name in names) and "no rule knows it" in out
    assert {one["column"] for one in json.loads(run("dictionary", "show", "ehr", "--undecided", "--json")[1])} == names
    one = sorted(names)[0]
    decide(desk.workspace, "ehr", one, "name", "full")
    assert {found["column"] for found in json.loads(run("dictionary", "show", "ehr", "--undecided", "--json")[1])} == (
        names - {one}
    )
    status, out, _ = run("dictionary", "show", "ehr", one.partition(".")[0], "--undecided")
    assert status == 0 and "Every column is decided." in out


def test_signing_says_how_many_columns_stay_undecided(desk: PackDesk, run: Callable[..., Any]) -> None:
    status, out, _ = run("dictionary", "sign", "ehr")
    assert status == 0 and "2 columns of them stay undecided, told nothing and given nothing" in out
    for table in read_proposal(desk.workspace, "ehr").tables:
        decide(desk.workspace, "ehr", f"{table.name}.{table.columns[-1].name}", "name", "full")
    assert "undecided" not in run("dictionary", "sign", "ehr")[1]


def test_what_was_decided_after_a_signature_is_said_until_it_is_signed(desk: PackDesk, run: Callable[..., Any]) -> None:
    table = next(
        one for one in read_proposal(desk.workspace, "ehr").tables if any(c.told == "name" for c in one.columns)
    )
    column = next(one for one in table.columns if one.told == "name")
    assert f"{table.full_name}  (not signed)" in run("dictionary", "show", "ehr", table.name)[1]
    assert f"{table.name}: new" in run("dictionary", "sign", "ehr", table.name)[1]
    assert f"{table.full_name}  (signed)" in run("dictionary", "show", "ehr", table.name)[1]
    said = run("dictionary", "decide", "ehr", f"{table.name}.{column.name}", "--told", "nothing")[1]
    assert f"Next: `preceptor dictionary sign ehr {table.name}`" in said
    changed = f"changed since it was signed: {column.name} (told was name"
    assert changed in run("dictionary", "show", "ehr", table.name)[1]
    assert changed in run("dictionary", "sign", "ehr", table.name)[1]
    assert f"{table.full_name}  (signed)" in run("dictionary", "show", "ehr", table.name)[1]


def test_a_decision_says_what_it_changes(desk: PackDesk, run: Callable[..., Any]) -> None:
    before = read_proposal(desk.workspace, "ehr")
    table = before.tables[0]
    status, _, said = run("dictionary", "decide", "ehr", f"{table.name}.{table.columns[0].name}")
    assert status == 2 and "Say what to change" in said
    status, _, said = run("dictionary", "decide", "ehr", table.name, "--told", "name")
    assert status == 2 and "TABLE.COLUMN" in said
    assert read_proposal(desk.workspace, "ehr") == before


def test_drift_says_how_old_the_last_look_is(desk: PackDesk, run: Callable[..., Any]) -> None:
    path = desk.workspace.source_folder("ehr") / CATALOG
    with connect(desk.workspace.source("ehr"), None) as source:
        copy_catalog(path, source.tables())
    write_catalog(path)
    assert "When it was looked at is not known. Look again" in run("dictionary", "drift", "ehr")[1]
    AuditLog(desk.workspace.audit_log).append("source.looked", source="ehr", tables=2, columns=6)
    AuditLog(desk.workspace.audit_log).append("source.looked", source="another", tables=2, columns=6)
    looked = last_look(desk.workspace, AuditLog(desk.workspace.audit_log), "ehr")
    out = run("dictionary", "drift", "ehr")[1]
    assert f"Last look: {looked.at[:10]}" in out and "preceptor source look ehr" in out and "changed after" not in out
    later = (datetime.now(UTC) + timedelta(hours=1)).timestamp()
    os.utime(desk.workspace.source("ehr").location, (later, later))
    assert "Its files were changed after that, so what is listed is old." in run("dictionary", "drift", "ehr")[1]
    Path(desk.workspace.source("ehr").location).unlink()
    assert run("dictionary", "drift", "ehr")[0] == 0  # out of reach: nothing is said of its files


def test_a_page_goes_into_a_folder_that_is_there(desk: PackDesk, run: Callable[..., Any], tmp_path: Path) -> None:
    status, _, err = run("dictionary", "page", "--out", tmp_path / "not there" / "told.html")
    assert status == 1 and "There is no folder 'not there'" in err and not (tmp_path / "not there").exists()
