"""A source that changed in what a run rests on without reading it: anchors, and the keys that exclusions need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import msgspec
import pytest

from sandbox.checks.facts import Exclusion, Grant, RowScope
from sandbox.dictionary import schema_of
from sandbox.dictionary.model import Column, Dictionary, Join, Table
from sandbox.errors import ApprovalRefused
from sandbox.running.approved import Approved
from sandbox.running.still_there import check_still_there
from sandbox.sources import connect
from sandbox.workspace import SourceSettings

SOURCE = """
CREATE TABLE patients(pat_id INTEGER, mrn VARCHAR, sex VARCHAR);
CREATE TABLE stays(stay_id INTEGER, pat_id INTEGER, admit DATE, disch DATE, ward VARCHAR);
CREATE TABLE labs(stay_id INTEGER, value INTEGER);
"""


def col(name: str, type: str = "INTEGER", kind: str = "plain", **facts: Any) -> Column:
    return Column(**({"name": name, "type": type, "column_class": kind, "told": "name", "given": "full"} | facts))


def key(name: str, kind: str, domain: str) -> Column:
    return col(name, kind=kind, given="token", domain=domain)


def table(name: str, *columns: Column, joins: tuple[Join, ...] = ()) -> Table:
    return Table(source="ehr", name=name, physical=("src", "main", name), columns=columns, joins=joins)


PATIENT, STAY = ("pat_id", "patient_key", "patient"), ("stay_id", "event_key", "stay")
TABLES = (
    table(
        "patients", key(*PATIENT), col("mrn", "VARCHAR", "direct_identifier", given="nothing"), col("sex", "VARCHAR")
    ),
    table(
        "stays",
        key(*STAY),
        key(*PATIENT),
        col("admit", "DATE", "date", given="nothing"),
        col("disch", "DATE", "date", given="derived", derivation="days_since", anchor="admit"),
        col("ward", "VARCHAR"),
    ),
    table("labs", key(*STAY), col("value"), joins=(Join(column="stay_id", to_table="ehr.stays", to_column="stay_id"),)),
)
MRN = Exclusion(words="opted out", table="ehr.patients", key="pat_id", identifier="mrn")
MEN = Exclusion(words="men", table="ehr.patients", key="pat_id", condition="sex = 'M'", columns=("sex",))
COHORT = RowScope(words="cohort", key="pat_id")


def approved(grant: Grant, *exclusions: Exclusion, tables: tuple[Table, ...] = TABLES) -> Approved:
    dictionary = Dictionary(tables=tables, dialects={"ehr": "duckdb"})
    parts = {"approval": SimpleNamespace(grant=grant), "dictionary": dictionary, "schema": schema_of(dictionary)}
    return cast(Approved, SimpleNamespace(exclusions=exclusions, **parts))


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[str, Approved], None]:
    def ask(change: str, what: Approved) -> None:
        path = tmp_path / "x.duckdb"
        path.unlink(missing_ok=True)
        with duckdb.connect(str(path)) as connection:
            connection.execute(SOURCE + change)
        with connect(SourceSettings(name="ehr", kind="duckdb", location=str(path)), None) as source:
            check_still_there(what, {"ehr": source})

    return ask


STAYS, LABS = Grant(tables={"ehr.stays": ("disch",)}), Grant(tables={"ehr.labs": ("value",)})
SCOPED = Grant(tables={"ehr.stays": ("ward",)}, rows={"ehr.stays": (COHORT,)})


@pytest.mark.parametrize(
    ("grant", "exclusions", "change", "sentence"),
    [
        (STAYS, (), "ALTER TABLE stays ALTER admit TYPE VARCHAR", "stays.admit was signed as date and is varchar"),
        (STAYS, (), "ALTER TABLE stays DROP admit", "stays.admit is not in the source"),
        (SCOPED, (), "ALTER TABLE stays ALTER pat_id TYPE VARCHAR", "stays.pat_id was signed as integer"),
        (LABS, (MRN,), "ALTER TABLE patients ALTER mrn TYPE INTEGER", "patients.mrn was signed as varchar"),
        (LABS, (MRN,), "ALTER TABLE patients ALTER pat_id TYPE VARCHAR", "patients.pat_id was signed as integer"),
        (LABS, (MEN,), "ALTER TABLE patients DROP sex", "patients.sex is not in the source"),
        (LABS, (MEN,), "ALTER TABLE stays ALTER stay_id TYPE VARCHAR", "stays.stay_id was signed as integer"),
        (LABS, (MEN,), "ALTER TABLE stays ALTER pat_id TYPE VARCHAR", "stays.pat_id was signed as integer"),
        (LABS, (MEN,), "ALTER TABLE labs ALTER stay_id TYPE VARCHAR", "labs.stay_id was signed as integer"),
        (LABS, (MEN,), "DROP TABLE stays", "ehr.stays is not in the source"),
    ],
)
def test_what_a_run_rests_on_is_asked_for(
    asked: Callable[[str, Approved], None],
    grant: Grant,
    exclusions: tuple[Exclusion, ...],
    change: str,
    sentence: str,
) -> None:
    asked("", approved(grant, *exclusions))
    asked(change, approved(Grant(tables={"ehr.stays": ("ward",)} if "stays DROP" in change else {})))  # nobody needs it
    with pytest.raises(ApprovalRefused, match=sentence):
        asked(change, approved(grant, *exclusions))


def test_what_a_run_does_not_rest_on_may_change(asked: Callable[[str, Approved], None]) -> None:
    asked("DROP TABLE patients; ALTER TABLE stays DROP ward", approved(LABS))


def test_an_exclusion_on_a_column_that_is_signed_no_more_is_refused(asked: Callable[[str, Approved], None]) -> None:
    patients = msgspec.structs.replace(TABLES[0], columns=TABLES[0].columns[:2])
    with pytest.raises(ApprovalRefused, match="ehr.patients.sex is not in the signed dictionary"):
        asked("", approved(LABS, MEN, tables=(patients, *TABLES[1:])))
