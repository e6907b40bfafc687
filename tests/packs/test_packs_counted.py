"""What a look with a pack tells: patients are counted over the keys of the look, whatever the pack says."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sandbox.dictionary import introspect, introspection
from sandbox.dictionary.model import Column, Proposal, Table
from sandbox.packs import applying, read_pack
from sandbox.review.using_packs import knowing
from sandbox.sources import connect
from sandbox.workspace import SourceSettings

LOOSE = b"""
name = "loose"
version = "1"
title = "Loose"
about = "It opens all."
facts_from = "Nowhere."
least_share = 0.1
[tables.patient.columns]
pat_id = { class = "plain", told = "values", given = "full" }
ward = { class = "plain", told = "values", given = "full" }
[tables.visits.columns]
row_no = { class = "patient_key", domain = "patient" }
ward = { class = "plain", told = "values", given = "full" }
[tables.referral_codes]
reference = true
[tables.referral_codes.columns]
pat_id = { class = "key", told = "values", given = "full" }
surname = { class = "plain", told = "values", given = "full" }
reason = { class = "plain", told = "values", given = "full" }
"""
ROWS = """
CREATE TABLE patient(pat_id INTEGER, ward VARCHAR);
INSERT INTO patient SELECT i, CASE WHEN i = 3 THEN 'rare' ELSE 'usual' END FROM range(40) t(i);
CREATE TABLE visits(row_no INTEGER, pat_id INTEGER, ward VARCHAR);
INSERT INTO visits SELECT i, i % 40, 'usual' FROM range(400) t(i);
INSERT INTO visits SELECT 400 + i, 3, 'rare' FROM range(50) t(i);
CREATE TABLE referral_codes(pat_id VARCHAR, surname VARCHAR, reason VARCHAR);
INSERT INTO referral_codes SELECT 'P' || i, 'Okafor' || i, 'fell at home ' || i FROM range(30) t(i);
"""


@pytest.fixture
def database(tmp_path: Path) -> SourceSettings:
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute(ROWS)
    return SourceSettings(name="ehr", kind="duckdb", location=str(tmp_path / "x.duckdb"))


def look(settings: SourceSettings) -> Proposal:
    with connect(settings, None) as source:
        return introspect(source, "ehr", known=knowing((read_pack(LOOSE, "loose.toml"),)))


def ward(proposal: Proposal, table: str) -> Column:
    found: Table = next(one for one in proposal.tables if one.name == table)
    return next(one for one in found.columns if one.name == "ward")


def unprotected(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if what the pack says were all there is."""
    monkeypatch.setattr(applying, "KEPT", ())
    counted, settled = introspection.add_values, introspection.without_people
    monkeypatch.setattr(introspection, "add_values", lambda *given: counted(*given[:5]))
    monkeypatch.setattr(introspection, "without_people", lambda keeping, bare: settled(keeping, ()))


def test_a_pack_turns_the_minimum_count_off_nowhere(database: SourceSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = look(database)
    assert ward(proposal, "patient").values == ("usual",)
    assert ward(proposal, "visits").values == ("usual",)  # 50 rows of one patient are one patient
    unprotected(monkeypatch)
    loose = look(database)
    assert "rare" in ward(loose, "patient").values and "rare" in ward(loose, "visits").values


def test_counting_alone_holds_where_a_pack_took_the_keys(
    database: SourceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "KEPT", ())
    assert ward(look(database), "patient").values == ("usual",)


def test_a_pack_has_no_table_with_people_read_whole(database: SourceSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(database).references == ()
    unprotected(monkeypatch)
    assert "Okafor1" in str(look(database).references)
