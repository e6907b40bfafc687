"""What a look at a database proposes, and what it never tells."""

from __future__ import annotations

from pathlib import Path

import duckdb
import msgspec
import pytest
from dictionary_parts import write_database

from sandbox.dictionary import introspect
from sandbox.dictionary._profile import COUNTED_AT_ONCE, look_at
from sandbox.dictionary.comments import clean_comment
from sandbox.dictionary.model import Column, Proposal
from sandbox.sources import connect
from sandbox.workspace import SourceSettings


@pytest.fixture(scope="module")
def proposal(tmp_path_factory: pytest.TempPathFactory) -> Proposal:
    path: Path = tmp_path_factory.mktemp("introspection") / "small.duckdb"
    write_database(path)
    with connect(SourceSettings(name="ehr", kind="duckdb", location=str(path)), None) as source:
        return introspect(source, "ehr", minimum=3)


def column(proposal: Proposal, table: str, name: str) -> Column:
    found = next(one for one in proposal.tables if one.name == table)
    return next(one for one in found.columns if one.name == name)


def test_names_are_lower_case_and_ambiguous_tables_carry_their_schema(proposal: Proposal) -> None:
    names = {table.name: table.physical for table in proposal.tables}
    assert names["main_patient"] == ("src", "main", "PATIENT")
    assert names["old_patient"] == ("src", "old", "patient")
    assert names["enc_adm"] == ("src", "main", "ENC_ADM")
    assert column(proposal, "enc_adm", "admit_dttm").physical == "ADMIT_DTTM"
    assert column(proposal, "enc_adm", "select").physical == ""


def test_no_value_of_an_identifier_is_anywhere_in_a_proposal(proposal: Proposal) -> None:
    told = msgspec.json.encode(proposal).decode()
    for canary in ("Zebulon", "mail.example", "Okonkwo", "rare reason", "QX1"):
        assert canary not in told


def test_a_value_is_told_only_where_eleven_patients_have_it_whatever_was_asked(proposal: Proposal) -> None:
    assert proposal.minimum == 11  # 3 was asked for
    assert column(proposal, "enc_adm", "reason_c").values == ("common", "eleven")


def test_patients_are_counted_through_the_join_where_a_table_has_no_patient_key(proposal: Proposal) -> None:
    assert column(proposal, "enc_lab", "result_flag").values == ("H",)


def test_ranges_begin_and_end_at_the_eleventh_patient_and_are_rounded(proposal: Proposal) -> None:
    lactate = column(proposal, "enc_adm", "lactate")
    assert (lactate.low, lactate.high) == ("1.1", "10")  # 10.89 is the 11th largest
    assert (column(proposal, "enc_adm", "admit_dttm").low, column(proposal, "enc_adm", "admit_dttm").high) == (
        "2022",
    ) * 2


def test_a_column_without_anything_to_tell_is_told_by_name(proposal: Proposal) -> None:
    empty = column(proposal, "enc_adm", "empty_c")
    assert (empty.values, empty.null_share) == ((), 1.0) and empty.told in ("name", "nothing")


def test_values_settle_what_a_name_leaves_open(proposal: Proposal) -> None:
    mail = column(proposal, "main_patient", "f7")
    assert (mail.column_class, mail.told, mail.given) == ("direct_identifier", "nothing", "nothing")
    assert mail.evidence[0] == "200 of 200 different sampled values look like an e-mail address"
    label = column(proposal, "main_patient", "x1")
    assert (label.column_class, label.values) == ("plain", ("alpha", "beta"))


def test_a_plain_name_is_doubted_when_every_patient_has_a_value_of_their_own(proposal: Proposal) -> None:
    local = column(proposal, "enc_adm", "local_code")
    assert (local.column_class, local.told, local.given) == ("unknown", "nothing", "nothing")
    assert local.evidence[0] == "about 200 different values tell patients apart"


def test_keys_are_proposed_as_tokens_and_joined_by_what_they_identify(proposal: Proposal) -> None:
    key = column(proposal, "enc_adm", "csn")
    assert (key.column_class, key.domain, key.given) == ("event_key", "encounter", "token")
    tables = {table.name: table for table in proposal.tables}
    joins = {
        (one.name, join.column): f"{join.to_table}.{join.to_column}" for one in tables.values() for join in one.joins
    }
    assert joins["enc_adm", "pat_id"] == "ehr.main_patient.pat_id"
    assert joins["enc_lab", "csn"] == "ehr.enc_adm.csn"
    assert joins["enc_adm", "dx_cd"] == "ehr.ref_dx.dx_cd"
    assert joins["main_patient", "ward_id"] == "ehr.ward.ward_id"


def test_grain_and_size_are_coarse(proposal: Proposal) -> None:
    tables = {table.name: table for table in proposal.tables}
    assert tables["main_patient"].grain == "one row per patient" and tables["main_patient"].rows_band == 200
    assert tables["enc_adm"].grain == "one row per encounter" and tables["enc_adm"].per_patient == 5


def test_a_table_of_codes_is_read_whole_and_a_table_of_patients_never(proposal: Proposal) -> None:
    assert [(one.table, one.columns) for one in proposal.references] == [("ehr.ref_dx", ("dx_cd", "dx_name"))]
    assert sorted(proposal.references[0].rows)[1] == ("I10", "Essential hypertension")
    assert [table.name for table in proposal.tables if table.reference] == ["ref_dx"]


def test_labels_of_a_table_without_patients_are_told(proposal: Proposal) -> None:
    assert column(proposal, "ward", "ward_type").values == ("ICU", "MED")


@pytest.mark.parametrize(
    ("comment", "kept"),
    [
        ("Date of arrival; see REF_DX.", "Date of arrival; see REF_DX."),
        ("One row per stay. Contact Jane Roe for access.", "One row per stay."),
        ("Mail dba@hospital.example.", ""),
        ("Merged by Dr. Okonkwo in 2019.", ""),
        ("Call 555-010-2233 before use", ""),
        ("Two\nlines\x07 of text", "Two lines of text"),
    ],
)
def test_comments_lose_sentences_that_may_name_somebody(comment: str, kept: str) -> None:
    assert clean_comment(comment) == kept


def test_every_column_of_a_wide_table_is_counted_as_it_is(tmp_path: Path) -> None:
    """More columns than are counted by one query: counting 3,000 in one ends the process."""
    path, columns = tmp_path / "wide.duckdb", 2 * COUNTED_AT_ONCE + 7
    made = ", ".join(f"CASE WHEN i >= {n} THEN i % {n + 1} END AS field_{n}" for n in range(columns))
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE flow AS SELECT {made} FROM range(500) AS rows(i)")
    with connect(SourceSettings(name="ehr", kind="duckdb", location=str(path)), None) as source:
        (table,) = source.catalog().tables
        looked = look_at(source, table)
    assert looked.rows == 500
    assert looked.present == {f"field_{n}": 500 - n for n in range(columns)}
    assert looked.distinct == {f"field_{n}": n + 1 for n in range(columns)}
