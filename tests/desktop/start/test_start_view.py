"""The first start on the screen: everything by keyboard, nothing nameless, nothing cut off, failures repeatable."""

from __future__ import annotations

import msgspec
import pytest
from fakes import FakeDesk
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop.start.pane import Pane
from desktop.start.view import StartPage
from desktop.widgets import Button
from sandbox.errors import SourceUnavailable, WrongPassphrase
from sandbox.messages.desk import Look, Looked
from sandbox.reviewing.orders import Progress
from sandbox.reviewing.orders.data import (
    AddSource,
    ListTables,
    ReadTable,
    SignTables,
    SourceList,
    TableList,
    TableRow,
    TableShown,
)
from sandbox.reviewing.orders.facts import Table
from sandbox.reviewing.orders.starting import BuildDemo, DemoScript, SetUp, SourceStanding, Standing

NOTHING = Standing(root="/home/reviewer/Preceptor", exists=False, finished=False)
SCRIPT = DemoScript(question="?", comment="", comment_on="", purpose="", tables=("patient", "stay"))
EHR = SourceStanding(name="ehr", location="/h/ehr.duckdb", login=True)
REGISTRY = SourceStanding(name="registry", location="/h/registry.duckdb", login=True)
DEMO = Standing(root="/w", exists=True, finished=True, store="throwaway", demo=SCRIPT)
OWN = Standing(root="/w", exists=True, finished=True)
PASSPHRASE = "four unrelated words"
PATIENT = TableShown(
    table=Table(source="ehr", name="patient", columns=()), state="not signed", choices=(), agent_text=""
)


def having(standing: Standing, **changes: object) -> Standing:
    return msgspec.structs.replace(standing, **changes)


class Page:
    def __init__(self, qtbot: QtBot, standing: Standing) -> None:
        self.qtbot = qtbot
        self.desk = FakeDesk(standing)
        self.finished = 0
        self.page = StartPage(self.desk, self._finish)
        qtbot.addWidget(self.page)
        self.page.resize(1024, 640)
        show_in_front(qtbot, self.page)

    @property
    def pane(self) -> Pane:
        return next(pane for pane in self.page.findChildren(Pane) if pane.isVisible())

    def focused(self) -> QWidget:
        widget = self.page.focusWidget()
        assert widget is not None
        return widget

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.focused(), text)

    def press(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(self.focused(), key)

    def button(self, name: str) -> Button:
        return next(one for one in self.pane.findChildren(Button) if one.accessibleName() == name and one.isVisible())

    def stands(self, **changes: object) -> None:
        self.desk.standing = having(self.desk.standing, **changes)

    def _finish(self) -> None:
        self.finished += 1


@pytest.mark.parametrize(
    "standing",
    [
        NOTHING,
        having(NOTHING, keyring="No keyring answers."),
        having(NOTHING, exists=True, reviewer="A Reviewer"),
        DEMO,
        having(DEMO, sources=(EHR, REGISTRY)),
        having(DEMO, sources=(having(EHR, looked=True), having(REGISTRY, looked=True))),
        OWN,
        having(OWN, sources=(EHR,)),
    ],
)
def test_every_page_names_what_can_take_the_focus_and_cuts_no_text(qtbot: QtBot, standing: Standing) -> None:
    page = Page(qtbot, standing)
    assert not unnamed(page.page)
    qtbot.waitUntil(lambda: not cut_off(page.page))


def shown_texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def cut_off(widget: QWidget) -> list[str]:
    """Wrapped texts that are lower than they need at their width."""
    labels = [label for label in widget.findChildren(QLabel) if label.isVisible() and label.wordWrap()]
    return [label.text() for label in labels if label.heightForWidth(label.width()) > label.height()]


def test_the_demo_can_be_walked_by_keyboard_alone(qtbot: QtBot) -> None:
    page = Page(qtbot, NOTHING)
    page.press(Qt.Key.Key_Return)
    for text in ("A Reviewer", PASSPHRASE, PASSPHRASE):
        page.type(text)
        last = page.focused()
        page.press(Qt.Key.Key_Tab)
    last.setFocus()
    page.press(Qt.Key.Key_Return)
    assert page.desk.asks.of(SetUp) == [SetUp(name="A Reviewer", passphrase=PASSPHRASE, store="throwaway")]
    page.stands(exists=True, finished=True, store="throwaway", demo=SCRIPT)
    page.desk.asks.answers = {SetUp: page.desk.standing, BuildDemo: page.desk.standing}
    page.desk.asks.answer_next()
    page.stands(sources=(having(EHR, looked=True), having(REGISTRY, looked=True)))
    rows = tuple(
        TableRow(name=name, columns=3, undecided=0, told=2, given=2, state="not signed") for name in SCRIPT.tables
    )
    page.desk.asks.answers |= {
        ListTables: TableList(source="ehr", rows=rows),
        ReadTable: PATIENT,
        SignTables: TableList(source="ehr", rows=rows),
    }
    page.desk.asks.answer_all()
    assert page.desk.asks.of(ReadTable) == [ReadTable(source="ehr", table="patient")]
    assert not page.button("Sign 2 tables").isEnabled()
    page.type(PASSPHRASE)
    assert page.button("Sign 2 tables").isEnabled()
    page.press(Qt.Key.Key_Return)
    page.stands(sources=(having(EHR, looked=True, signed=2, known=True), having(REGISTRY, looked=True)))
    page.desk.asks.answer_all()
    assert page.finished == 1
    assert page.desk.went == [("questions", {})]


def test_the_button_waits_for_the_fields_and_says_why(qtbot: QtBot) -> None:
    page = Page(qtbot, NOTHING)
    page.page.presenter.choose("throwaway")
    assert not page.button("Make my key").isEnabled()
    page.type("A Reviewer")
    page.press(Qt.Key.Key_Tab)
    page.type("short")
    assert "7 more characters" in page.focused().accessibleDescription()
    page.press(Qt.Key.Key_Return)
    assert not page.desk.asks.given


def test_enter_goes_to_the_next_empty_field_and_then_says_what_is_missing(qtbot: QtBot) -> None:
    page = Page(qtbot, NOTHING)
    page.page.presenter.choose("throwaway")
    page.type("A Reviewer")
    page.press(Qt.Key.Key_Return)
    page.type(PASSPHRASE)
    page.press(Qt.Key.Key_Return)
    assert page.page.who._name.text() == "A Reviewer"
    page.type("another one")
    page.press(Qt.Key.Key_Return)
    assert not page.desk.asks.given
    assert "Still missing: the same passphrase once more." in shown_texts(page.pane)
    assert page.button("Make my key").accessibleDescription() == "Still missing: the same passphrase once more."


def test_the_passphrase_field_stays_where_it_is_when_it_is_refused(qtbot: QtBot) -> None:
    page = Page(qtbot, having(DEMO, sources=(having(EHR, looked=True), having(REGISTRY, looked=True))))
    page.page.resize(1100, 900)
    secret, notice = page.page.know._passphrase, page.pane.notice
    QApplication.processEvents()
    before = secret.mapTo(page.page, secret.pos())
    notice.show_problem(WrongPassphrase("This passphrase does not open the reviewer's key."))
    QApplication.processEvents()
    assert notice.isVisible() and secret.mapTo(page.page, secret.pos()) == before


def test_back_is_there_until_something_was_made(qtbot: QtBot) -> None:
    page = Page(qtbot, NOTHING)
    page.page.presenter.choose("throwaway")
    page.button("Back").click()
    assert page.pane is page.page.welcome
    interrupted = Page(qtbot, having(NOTHING, exists=True, reviewer="A Reviewer"))
    assert interrupted.pane is interrupted.page.who
    assert not [one for one in interrupted.pane.findChildren(Button) if one.text() == "Back" and one.isVisible()]


def test_without_a_keyring_ones_own_data_is_disabled_with_the_reason(qtbot: QtBot) -> None:
    page = Page(qtbot, having(NOTHING, keyring="No keyring answers."))
    own = page.button("Set it up for my own data")
    assert not own.isEnabled()
    assert "No keyring answers." in own.accessibleDescription()
    page.stands(keyring="")
    page.button("Look for the keyring again").click()
    assert own.isEnabled()


def test_progress_is_shown_with_an_end_or_without_one(qtbot: QtBot) -> None:
    page = Page(qtbot, DEMO)
    page.desk.asks.tell_progress(Progress(sentence="Writing notes", done=4, of=9))
    texts = [label.text() for label in page.pane.findChildren(QLabel) if label.isVisible()]
    assert "Writing notes" in texts
    assert page.page.work.rows.texts() == ["Making the hospital: now"]


def test_a_failed_step_says_why_and_enter_repeats_it(qtbot: QtBot) -> None:
    page = Page(qtbot, having(OWN, sources=(EHR,)))
    page.desk.sessions.lines[0].hear(SourceUnavailable("Its login is not right."))
    assert page.pane.notice.sentence == "Its login is not right."
    assert page.button("Connect another way").isVisible()
    page.press(Qt.Key.Key_Return)
    assert page.desk.sessions.lines[1].sent == [Look(source="ehr")]
    assert page.pane.notice.sentence == ""
    page.stands(sources=(having(EHR, looked=True),))
    page.desk.sessions.lines[1].hear(Looked(source="ehr", path="p", tables=1, columns=2, undecided=0))
    assert page.finished == 1


def test_the_rest_can_be_left_for_later_and_doctor_asked(qtbot: QtBot) -> None:
    page = Page(qtbot, having(OWN, sources=(EHR,)))
    page.desk.sessions.lines[0].hear(SourceUnavailable("Isolation can't be established."))
    page.button("See what Doctor says").click()
    assert (page.finished, page.desk.went) == (1, [("doctor", {})])


def test_a_wrong_passphrase_is_ready_to_be_typed_over(qtbot: QtBot) -> None:
    page = Page(qtbot, having(DEMO, sources=(having(EHR, looked=True), having(REGISTRY, looked=True))))
    rows = tuple(
        TableRow(name=name, columns=3, undecided=0, told=2, given=2, state="not signed") for name in SCRIPT.tables
    )
    page.desk.asks.answers = {
        ListTables: TableList(source="ehr", rows=rows),
        ReadTable: PATIENT,
        SignTables: WrongPassphrase("This passphrase does not open the reviewer's key."),
    }
    page.desk.asks.answer_all()
    for again in ("", "Again (2)"):
        page.type("wrong")
        page.press(Qt.Key.Key_Return)
        page.desk.asks.answer_all()
        line = page.focused()
        assert isinstance(line, QLineEdit)
        assert line.selectedText() == line.text() == "wrong"
        assert page.pane.notice.again == again
    page.type(PASSPHRASE)
    page.press(Qt.Key.Key_Return)
    assert page.desk.asks.of(SignTables)[-1].passphrase == PASSPHRASE


def test_a_source_is_connected_with_its_name_suggested(qtbot: QtBot) -> None:
    page = Page(qtbot, OWN)
    page.type("/data/Clinic.duckdb")
    assert page.page.connect_data._name.text() == "clinic"
    page.press(Qt.Key.Key_Return)
    assert page.desk.asks.of(AddSource) == [AddSource(name="clinic", location="/data/Clinic.duckdb", login=None)]
    page.desk.asks.answers = {AddSource: SourceUnavailable("There is nothing at the place given for clinic.")}
    page.desk.asks.answer_all()
    assert page.page.connect_data._name.text() == "clinic"
    assert page.pane.notice.sentence.startswith("There is nothing")
    page.desk.asks.answers = {AddSource: SourceList(rows=(EHR,))}
    page.press(Qt.Key.Key_Return)
    page.stands(sources=(having(EHR, looked=True),))
    page.desk.asks.answer_all()
    assert page.desk.went == [("data", {})]
