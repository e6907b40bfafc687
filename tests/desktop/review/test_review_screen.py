"""The screen itself: by keyboard, named, and as smooth with much as with little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import FakeDesk
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog
from pytestqt.qtbot import QtBot
from review_facts import PROGRAM, TRIAL, drafts, refusal, shown, warning
from showing import show_in_front

from desktop.review import build
from desktop.review.cells_grid import CellsGrid
from desktop.review.fitted_table import FittedTable
from desktop.review.patient_form import PatientForm
from desktop.review.patient_form_dialog import PatientFormDialog
from desktop.review.program_text import ProgramText
from desktop.review.remark_dialog import RemarkDialog
from desktop.review.section import Section
from desktop.review.sign_dialog import SignDraftDialog
from desktop.review.view import ReviewScreen
from desktop.widgets import Button, CodeEdit, PassphraseField
from sandbox.errors import WrongPassphrase
from sandbox.messages.desk import Comments
from sandbox.review.diff import compare_lines
from sandbox.reviewing.orders.questions import ListQuestions, QuestionList, QuestionRow
from sandbox.reviewing.orders.review import DraftRow, DraftShown, ListDrafts, LookAt, SignDraft, TryPatients, WriteDraft

QUESTION = QuestionRow(name="q-1", asked_at="2026-01-02T03:04:05Z", text="How many?", state="submitted", drafts=2)
Open = Callable[..., ReviewScreen]


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk()
    desk.asks.answers = {
        ListQuestions: QuestionList(rows=(QUESTION,)),
        ListDrafts: drafts(1, 2),
        LookAt: shown(),
        TryPatients: TRIAL,
    }
    return desk


@pytest.fixture
def alive() -> Iterator[list[ReviewScreen]]:
    """Keeps screens until pytest-qt has closed them: a text that is collected while it is coloured complains."""
    found: list[ReviewScreen] = []
    yield found
    found.clear()


@pytest.fixture
def open_screen(
    alive: list[ReviewScreen], qtbot: QtBot, desk: FakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Open:
    """A function that shows the screen with a draft on it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("APPDATA", raising=False)

    def opened(facts: DraftShown | None = None, size: tuple[int, int] = (1100, 740)) -> ReviewScreen:
        desk.asks.answers[LookAt] = facts or shown()
        screen = build(desk)
        assert isinstance(screen, ReviewScreen)
        qtbot.addWidget(screen)
        alive.append(screen)
        screen.resize(*size)
        show_in_front(qtbot, screen)
        screen.presenter.arrive({"question": "q-1"})
        desk.asks.answer_all()
        QApplication.processEvents()
        return screen

    return opened


def button(screen: ReviewScreen | QDialog, name: str) -> Button:
    return next(one for one in screen.findChildren(Button) if one.accessibleName() == name)


def dialog(screen: ReviewScreen) -> QDialog:
    found = [one for one in screen.findChildren(QDialog) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def test_every_widget_that_takes_the_keyboard_has_a_name(open_screen: Open) -> None:
    screen = open_screen(shown({"flags": (refusal(), warning())}))
    assert unnamed(screen) == []


def test_every_dialog_names_its_fields(open_screen: Open) -> None:
    screen = open_screen()
    presenter = screen.presenter
    for open_one in (
        presenter.signing.open,
        presenter.editing.ask_file,
        presenter.patients.add,
        lambda: presenter.patients.open("back on day 30"),
        lambda: presenter.remarks.begin(1, 2),
    ):
        open_one()
        assert unnamed(dialog(screen)) == []
        dialog(screen).reject()


def test_the_margin_shows_both_numbers_and_the_sign(open_screen: Open) -> None:
    text = open_screen().program.text
    assert text.toPlainText().split("\n")[29:32] == ["line_30 = 30", "line_30 = 31", "new = 1"]
    gutter = text._gutter
    assert gutter.texts is not None
    assert [one.split() for one in gutter.texts[29:32]] == [["30"], ["30"], ["31"]]
    assert [gutter.tints[row] for row in (30, 31, 32)] == ["removed", "added", "added"]


def test_both_sides_scroll_as_one_and_number_their_own_lines(open_screen: Open) -> None:
    screen = open_screen()
    screen.presenter.program.set_mode("sides")
    QApplication.processEvents()
    old, new = screen.program._old, screen.program._new
    new.verticalScrollBar().setValue(12)
    assert old.verticalScrollBar().value() == 12
    assert old.blockCount() == new.blockCount()
    assert old._gutter.texts is not None and new._gutter.texts is not None
    assert (old._gutter.texts[31].strip(), new._gutter.texts[31].strip()) == ("31", "32")


def test_lines_are_seen_as_they_come_into_sight(open_screen: Open) -> None:
    screen = open_screen(size=(1100, 500))
    missing = screen.presenter.program.missing
    assert missing and missing[0].first > 1
    text = screen.program.text
    while text.verticalScrollBar().value() < text.verticalScrollBar().maximum():
        QTest.keyClick(text, Qt.Key.Key_PageDown)
    assert screen.presenter.program.missing == ()


def test_a_screen_that_is_not_shown_shows_no_line(qtbot: QtBot, desk: FakeDesk) -> None:
    screen = build(desk)
    assert isinstance(screen, ReviewScreen)
    qtbot.addWidget(screen)
    screen.presenter.arrive({"question": "q-1"})
    desk.asks.answer_all()
    assert screen.presenter.program.missing[0].first == 1


def test_unseen_lines_keep_the_signature_away_and_are_shown_on_demand(open_screen: Open) -> None:
    screen = open_screen(size=(1100, 500))
    button(screen, "Sign draft 2…").click()
    unseen = dialog(screen)
    passphrase = unseen.findChild(PassphraseField)
    assert isinstance(passphrase, PassphraseField)
    passphrase.setText("secret")
    assert not button(unseen, "Sign").isEnabled()
    button(unseen, "Show what was not seen").click()
    assert not unseen.isVisible()
    first = screen.program.text.textCursor().blockNumber() + 1
    assert first > 10


def test_a_draft_is_signed_by_keyboard(open_screen: Open, desk: FakeDesk, qtbot: QtBot) -> None:
    screen = open_screen()
    screen.presenter.program.on_screen(screen.presenter.program._sheets[-1], 1, 1000, 200)
    button(screen, "Sign draft 2…").setFocus()
    QTest.keyClick(button(screen, "Sign draft 2…"), Qt.Key.Key_Space)
    form = dialog(screen)
    assert isinstance(form, SignDraftDialog)
    desk.asks.answers[SignDraft] = WrongPassphrase("This passphrase does not open your key.")
    QTest.keyClicks(form._passphrase, "secret")
    QTest.keyClick(form._passphrase, Qt.Key.Key_Return)
    (order,) = desk.asks.of(SignDraft)
    assert (order.passphrase, order.sha256, order.kind) == ("secret", "ab" * 32, "first_look")
    desk.asks.answer_all()
    assert form.isVisible() and form._passphrase.text() == ""
    assert form._purpose.text() == "Readmissions of heart failure"
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert not form.isVisible()


def test_a_kind_that_is_not_offered_says_why(open_screen: Open) -> None:
    facts = shown()
    first, full = facts.kinds
    refused = first.__class__(kind=first.kind, name=first.name, meaning=first.meaning, refused="It opens ehr.lab.")
    screen = open_screen(shown(kinds=(refused, full)))
    screen.presenter.signing.open()
    form = dialog(screen)
    assert isinstance(form, SignDraftDialog)
    assert form._kinds.value() == "full"
    assert form._kinds.group.button(0).accessibleDescription().endswith("It opens ehr.lab.")
    assert not form._kinds.group.button(0).isEnabled()


def test_what_may_not_be_signed_has_no_button_to_press(open_screen: Open) -> None:
    screen = open_screen(shown({"flags": (refusal(),)}))
    assert not button(screen, "Sign draft 2…").isEnabled()
    assert button(screen, "Sign draft 2…").accessibleDescription() == "Line 30: os can't be imported."


def test_lines_are_commented_and_sent_by_keyboard(open_screen: Open, desk: FakeDesk, qtbot: QtBot) -> None:
    screen = open_screen()
    text = screen.program.text
    text.setFocus()
    text.go_to(3)
    QTest.keyClick(text, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(text, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(text, Qt.Key.Key_C)
    form = dialog(screen)
    assert isinstance(form, RemarkDialog)
    QTest.keyClicks(form._text, "why")
    QTest.keyClick(form._text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not form.isVisible() and screen.remarks.isVisible()
    screen.activateWindow()
    QTest.keyClick(text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(desk.sessions.lines))
    (message,) = desk.sessions.lines[0].sent
    assert isinstance(message, Comments)
    assert [(one.first, one.last, one.text) for one in message.comments] == [(3, 4, "why")]
    assert not screen.remarks.isVisible()


def test_a_comment_that_is_left_by_cancel_is_not_thrown_away(open_screen: Open) -> None:
    screen = open_screen()
    for cancels in (True, False):
        screen.presenter.remarks.begin(3, 3)
        form = dialog(screen)
        assert isinstance(form, RemarkDialog)
        if cancels:
            QTest.keyClicks(form._text, "half a")
            button(form, "Cancel").click()
            assert not form.isVisible()
    assert form._text.toPlainText() == "half a"


def test_enter_on_a_flag_goes_to_its_line(open_screen: Open) -> None:
    screen = open_screen(shown({"flags": (refusal(31), warning(45))}))
    table = next(one for one in screen.findChildren(FittedTable) if one.accessibleName() == "Flags")
    table.go_to_row(1)
    QTest.keyClick(table, Qt.Key.Key_Return)
    text = screen.program.text
    assert text.textCursor().block().text() == "line_44 = 44"
    QTest.keyClick(text, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert text.textCursor().block().text() == "new = 1"


def test_a_letter_unfolds_a_section_and_what_is_folded_stays_folded(open_screen: Open, desk: FakeDesk) -> None:
    screen = open_screen()
    section = next(one for one in screen.findChildren(Section) if one.key == "codes")
    section._button.click()
    assert section.is_folded
    again = open_screen()
    section = next(one for one in again.findChildren(Section) if one.key == "codes")
    assert section.is_folded
    again.activateWindow()
    QTest.keyClick(again, Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)
    assert not section.is_folded and section._button.hasFocus()


def test_a_patient_of_mine_is_changed_and_tried(open_screen: Open, desk: FakeDesk) -> None:
    screen = open_screen()
    screen.presenter.patients.add()
    form = dialog(screen)
    assert isinstance(form, PatientFormDialog)
    button(form, "Add a row to ehr.enc_adm").click()
    grid = form.findChildren(CellsGrid)[0]
    model = grid._model
    assert model.setData(model.index(2, 0), "13")
    button(form, "Try").click()
    (order,) = desk.asks.of(TryPatients)
    assert [row.get("enc_csn") for row in order.patients[0].rows["ehr.enc_adm"]] == [11, 12, 13]
    desk.asks.answer_all()
    assert form._outcome.isVisible()
    desk.asks.answers[WriteDraft] = DraftRow(number=3, author="reviewer", sha256="cd" * 32)
    button(form, "Keep in a new draft").click()
    desk.asks.answer_all()
    assert not form.isVisible()
    assert desk.asks.of(LookAt)[-1].draft == 3


def test_the_editor_takes_the_place_of_the_program_and_saves(open_screen: Open, desk: FakeDesk, qtbot: QtBot) -> None:
    screen = open_screen()
    desk.asks.answers[WriteDraft] = DraftRow(number=3, author="reviewer", sha256="cd" * 32)
    screen.presenter.editing.begin()
    edit = screen.findChild(CodeEdit)
    assert isinstance(edit, CodeEdit) and edit.isVisible() and not screen.program.isVisible()
    assert edit.text() == PROGRAM
    QTest.keyClicks(edit, "# mine")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert screen.program.isVisible()
    screen.presenter.editing.begin()
    screen.activateWindow()
    QTest.keyClick(edit, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(desk.asks.of(WriteDraft)))
    desk.asks.answer_all()
    assert desk.asks.of(WriteDraft) == [WriteDraft(question="q-1", program="# mine\n" + PROGRAM, basis=2)]
    assert screen.program.isVisible()


def test_without_a_draft_the_screen_leads_to_the_questions(open_screen: Open, desk: FakeDesk) -> None:
    desk.asks.answers[ListDrafts] = drafts()
    screen = open_screen()
    button(screen, "Go to Questions").click()
    assert desk.went == [("questions", {"question": "q-1"})]


def test_another_draft_is_chosen_in_the_list(open_screen: Open, desk: FakeDesk) -> None:
    screen = open_screen()
    box = next(one for one in screen.findChildren(QComboBox) if one.accessibleName() == "Draft")
    assert [box.itemText(n) for n in range(box.count())] == ["Draft 1 by the agent", "Draft 2 by the agent, handed in"]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert desk.asks.waiting[-1][0] == LookAt(question="q-1", draft=1)


def test_two_thousand_lines_and_three_hundred_flags_are_shown_whole(open_screen: Open) -> None:
    old = "\n".join(f"value_{n} = data['column'][{n}] + 1  # a comment" for n in range(2000))
    new = old.replace("[7", "[ 7")
    flags = tuple(warning(n * 6 + 1, f"reason {n} that goes on for a while and then some more") for n in range(300))
    screen = open_screen(shown({"program": new, "diff": compare_lines(old, new), "flags": flags}))
    assert isinstance(screen.program.text, ProgramText)
    assert screen.program.text.blockCount() == len(compare_lines(old, new))
    table = next(one for one in screen.findChildren(FittedTable) if one.accessibleName() == "Flags")
    assert table.model().rowCount() == 300
    assert table.height() < screen.height()


def test_a_form_from_nothing_has_a_row_when_one_is_added(qtbot: QtBot) -> None:
    form = PatientForm.like(None, {"ehr.lab": ("pat_id", "value")}, [])
    grid = CellsGrid("ehr.lab", form.tables["ehr.lab"])
    qtbot.addWidget(grid)
    assert not grid._grid.isVisibleTo(grid)
    grid._on_add()
    grid._model.setData(grid._model.index(0, 1), "7")
    assert form.tables["ehr.lab"].rows == [["", "7"]]
    grid._on_remove()
    assert form.tables["ehr.lab"].rows == []


def test_the_cells_follow_the_rules_of_a_model(qtmodeltester: object) -> None:
    from desktop.review.cells_model import CellsModel

    form = PatientForm.like(None, {"ehr.lab": ("pat_id", "value")}, [])
    model = CellsModel(form.tables["ehr.lab"])
    qtmodeltester.check(model)  # type: ignore[attr-defined]
    assert model.add_row() == 0
    model.remove_row(0)
    assert model.rowCount() == 0
