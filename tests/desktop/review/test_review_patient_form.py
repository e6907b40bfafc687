"""A made-up patient on the screen: what is typed is what is tried."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.review.patient_form import PatientForm, read, written
from sandbox.errors import BadInput
from sandbox.review.made_up import MadeUpPatient

DAY_30 = MadeUpPatient(
    name="back on day 30",
    says="day 30 counts",
    rows={
        "ehr.enc_adm": [{"enc_csn": 11, "pat_id": 1, "disch_disp_c": "01"}],
        "ehr.enc_dx": [{"enc_csn": 11, "dx_cd": "I50.23", "dx_rank": 1}],
    },
    expect={"stays readmitted": 1, "rate": 1.0, "note": "no stays", "flagged": True},
)
COLUMNS = {"ehr.enc_adm": ("pat_id", "admit_dttm"), "ehr.ward": ("ward_id",)}


def test_a_copy_of_a_patient_is_that_patient_under_another_name() -> None:
    form = PatientForm.like(DAY_30, COLUMNS, [DAY_30.name])
    copy = form.patient()
    assert (copy.name, copy.says, copy.rows, copy.expect) == (
        "back on day 30, changed",
        DAY_30.says,
        DAY_30.rows,
        DAY_30.expect,
    )


def test_every_column_that_the_draft_reads_can_be_filled() -> None:
    form = PatientForm.like(DAY_30, COLUMNS, [])
    assert form.tables["ehr.enc_adm"].columns == ("enc_csn", "pat_id", "disch_disp_c", "admit_dttm")
    assert form.tables["ehr.ward"].rows == []


def test_a_code_with_a_leading_zero_stays_text_and_a_key_stays_a_number() -> None:
    form = PatientForm.like(DAY_30, COLUMNS, [])
    form.tables["ehr.enc_adm"].rows[0][:3] = ["12", "2", "20"]
    assert form.patient().rows["ehr.enc_adm"] == [{"enc_csn": 12, "pat_id": 2, "disch_disp_c": "20"}]


def test_a_new_row_begins_as_a_copy_of_the_last_and_an_empty_one_is_left_out() -> None:
    form = PatientForm.like(DAY_30, COLUMNS, [])
    table = form.tables["ehr.enc_adm"]
    assert table.rows[table.add_row()] == ["11", "1", "01", ""]
    table.rows[1] = ["", "", " ", ""]
    assert len(form.patient().rows["ehr.enc_adm"]) == 1
    table.remove_row(1)
    table.remove_row(0)
    table.remove_row(0)
    assert "ehr.enc_adm" not in form.patient().rows


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda form: setattr(form, "name", " "), "no name"),
        (lambda form: form.tables.clear(), "no rows"),
        (lambda form: form.expect.clear(), "Nothing is expected"),
    ],
)
def test_what_is_missing_is_named(spoil: Any, sentence: str) -> None:
    form = PatientForm.like(DAY_30, COLUMNS, [])
    spoil(form)
    with pytest.raises(BadInput, match=sentence):
        form.patient()


def test_a_patient_can_be_written_from_nothing() -> None:
    form = PatientForm.like(None, COLUMNS, [])
    form.name = "alone"
    form.tables["ehr.ward"].add_row()
    form.tables["ehr.ward"].rows[0][0] = "7"
    form.expect[0] = ("wards", "1")
    assert form.patient() == MadeUpPatient(name="alone", rows={"ehr.ward": [{"ward_id": 7}]}, expect={"wards": 1})


VALUES = st.one_of(st.text(), st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))


@given(VALUES)
def test_what_is_written_is_read_back_as_itself(value: object) -> None:
    again = read(written(value))
    assert again == value and type(again) is type(value)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "02", "1.2.3", "2022-03-31", "null", "{"])
def test_what_is_no_plain_number_stays_text(text: str) -> None:
    assert read(text) == text
