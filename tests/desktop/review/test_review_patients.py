"""Made-up patients: opened, copied, tried, kept."""

from __future__ import annotations

import msgspec
import pytest
from fakes import FakeDesk
from review_facts import DAY_30, PROGRAM, TRIAL, View, shown

from desktop.review.patient_form import PatientForm
from desktop.review.patients_presenter import PatientsPresenter, small_tables
from desktop.review.trials import ExpectedRow, patient_rows
from sandbox.errors import JailRefused
from sandbox.review.made_up import Expectation
from sandbox.reviewing.orders.review import DraftRow, TryPatients, WriteDraft

WRITTEN = DraftRow(number=3, author="reviewer", sha256="cd" * 32)
WRONG = Expectation(patient="back on day 30", label="stays readmitted", expected=1, got=0)


class Scene:
    def __init__(self) -> None:
        self.view, self.desk = View(), FakeDesk()
        self.desk.asks.answers = {TryPatients: TRIAL, WriteDraft: WRITTEN}
        self.written: list[DraftRow] = []
        self.patients = PatientsPresenter(self.view, self.desk, self.written.append)
        self.patients.show(shown())

    def form(self) -> PatientForm:
        self.patients.add(DAY_30.name)
        form: PatientForm = self.view.told["open_form"][0]
        return form


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_patient_opens_with_its_rows_and_what_the_program_said(scene: Scene) -> None:
    scene.patients.open("back on day 30")
    row, tables = scene.view.told["open_patient"]
    assert row.expected == (ExpectedRow("stays readmitted", "1", "1", True),)
    assert tables[0].columns == ("enc_csn", "pat_id", "disch_disp_c")
    assert tables[0].rows == (("11", "1", ""), ("12", "", "01"))


def test_one_of_mine_begins_as_a_copy_and_offers_what_the_draft_reports(scene: Scene) -> None:
    form = scene.form()
    _, labels, basis = scene.view.told["open_form"]
    assert (form.name, basis) == ("back on day 30, changed", "back on day 30")
    assert labels == ("stays readmitted", "rate", "stays", "rows", "By month")


def test_trying_runs_that_patient_and_keeps_nothing(scene: Scene) -> None:
    form = scene.form()
    form.expect[0] = ("stays readmitted", "2")
    scene.patients.try_it(form)
    (order,) = scene.desk.asks.given
    assert order == TryPatients(question="q-1", draft=2, patients=(form.patient(),))
    scene.desk.asks.answer_all()
    verdict, tone, rows, trial = scene.view.dialog.tried[0]
    assert (verdict, tone) == ("As expected.", "good")
    assert rows[0].state == "as expected" and trial.words == "It ran to its end."
    assert not scene.written


def test_what_is_not_as_expected_is_said(scene: Scene) -> None:
    scene.desk.asks.answers[TryPatients] = msgspec.structs.replace(TRIAL, expectations=(WRONG,))
    scene.patients.try_it(scene.form())
    scene.desk.asks.answer_all()
    verdict, tone, rows, _ = scene.view.dialog.tried[0]
    assert (verdict, tone) == ("1 of 1 not as expected.", "bad")
    assert (rows[0].expected, rows[0].got, rows[0].state) == ("1", "0", "not as expected")


def test_an_incomplete_patient_is_not_tried(scene: Scene) -> None:
    form = scene.form()
    form.name = ""
    scene.patients.try_it(form)
    assert not scene.desk.asks.given
    assert scene.view.dialog.problems == ["The made-up patient has no name."]


def test_keeping_writes_the_same_program_with_one_patient_more(scene: Scene) -> None:
    form = scene.form()
    scene.patients.keep(form)
    assert scene.desk.asks.given == [
        WriteDraft(question="q-1", program=PROGRAM, basis=2, patients=(DAY_30, form.patient()))
    ]
    scene.desk.asks.answer_all()
    assert scene.view.dialog.finished and scene.written == [WRITTEN]


def test_a_refusal_stays_in_the_dialog(scene: Scene) -> None:
    scene.desk.asks.answers[TryPatients] = JailRefused("Isolation can't be established.")
    scene.patients.try_it(scene.form())
    scene.desk.asks.answer_all()
    assert scene.view.dialog.problems == ["Isolation can't be established."]
    assert scene.view.dialog.working[-1] == ""


def test_an_answer_that_comes_after_the_dialog_was_closed_is_dropped(scene: Scene) -> None:
    scene.patients.try_it(scene.form())
    scene.patients.closed()
    scene.desk.asks.answer_all()
    assert not scene.view.dialog.tried


def test_patients_that_went_wrong_come_first() -> None:
    other = msgspec.structs.replace(DAY_30, name="day 31")
    trial = msgspec.structs.replace(
        TRIAL,
        expectations=(
            *TRIAL.expectations,
            Expectation(patient="day 31", label="stays readmitted", expected=0, sentence="Nothing was reported."),
        ),
    )
    rows = patient_rows((DAY_30, other, msgspec.structs.replace(DAY_30, name="new")), (trial, trial))
    assert [(row.id, row.state) for row in rows] == [
        ("day 31", "1 of 1 not as expected"),
        ("new", "not tried"),
        ("back on day 30", "as expected"),
    ]
    assert rows[0].expected[0].got == "Nothing was reported."


def test_numbers_that_read_alike_and_are_not_are_written_out() -> None:
    trial = msgspec.structs.replace(
        TRIAL, expectations=(Expectation(patient="back on day 30", label="rate", expected=0.3333333, got=0.3333334),)
    )
    (row,) = patient_rows((DAY_30,), (trial,))
    assert (row.expected[0].expected, row.expected[0].got) == ("0.3333333", "0.3333334")


def test_a_patient_of_a_hostile_file_hides_nothing() -> None:
    patient = msgspec.structs.replace(DAY_30, rows={"ehr.x": [{"a\u202e": "b\u200b"}]})
    (table,) = small_tables(patient)
    assert (table.columns, table.rows) == (("a\\u202e",), (("b\\u200b",),))
