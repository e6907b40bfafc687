"""The screen itself: by keyboard, named, in words, and nothing of a model's text is more than text."""

from __future__ import annotations

import pytest
from fakes import FakeDesk
from names import unnamed
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QKeySequence, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from questions_fakes import SIGNED, conversation, row, sent_request, sent_row
from showing import show_in_front

from desktop.questions import SHORTCUTS, build
from desktop.questions.blocks import Next
from desktop.questions.composer import MOST
from desktop.questions.next_bar import MOST_OPTIONS
from desktop.questions.view import QuestionsScreen
from sandbox.errors import Fault
from sandbox.messages.desk import LONGEST_TEXT, Answer, Ask, Cancel, Sent, TurnOver
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.questions import (
    InspectText,
    KeepText,
    ListQuestions,
    ListSent,
    Mark,
    Marks,
    OpenQuestion,
    QuestionList,
    ReadConversation,
    ReadSent,
    SentList,
    Turn,
)
from sandbox.reviewing.orders.review import DraftList, DraftRow, ListDrafts

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
TURNS = (Turn(kind="you", text="What share of stays?"), Turn(kind="draft", text="Wrote draft 1", draft=1))


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk(SIGNED)
    drafts = (DraftRow(number=1, author="agent", sha256="0", warnings=1),)
    desk.asks.answers = {
        ListQuestions: QuestionList(rows=(row("q-2", state="submitted"), row("q-1", "Median length of stay?"))),
        ReadConversation: lambda order: conversation(*TURNS, name=order.question, state="submitted"),
        ListDrafts: DraftList(question="", text="", rows=drafts),
        OpenQuestion: row("q-new", "", state="new"),
        InspectText: Marks(marks=(Mark(start=3, end=8, kind="name"),), known=3),
        KeepText: Done(),
        ListSent: SentList(rows=(sent_row(1), sent_row(2)), whole=False, sentence="Request 2 was changed."),
        ReadSent: lambda order: sent_request(order.n, new_from=2),
    }
    return desk


@pytest.fixture
def screen(qtbot: QtBot, desk: FakeDesk) -> QuestionsScreen:
    screen = build(desk)
    assert isinstance(screen, QuestionsScreen)
    qtbot.addWidget(screen)
    screen.resize(1000, 700)
    show_in_front(qtbot, screen)
    qtbot.waitUntil(screen.isActiveWindow)
    screen.presenter.arrive({})
    desk.asks.answer_all()
    qtbot.waitUntil(lambda: screen.talk.transcript.is_written)
    return screen


def press(
    screen: QuestionsScreen, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(QApplication.focusWidget() or screen, key, modifiers)


def write(screen: QuestionsScreen, text: str) -> None:
    screen.talk.composer.setFocus()
    screen.talk.composer.selectAll()
    screen.talk.composer.insertPlainText(text)


def test_everything_that_takes_the_keyboard_has_a_name(screen: QuestionsScreen, desk: FakeDesk) -> None:
    screen.talk.show_next(Next(kind="answer", sentence="Which?", options=("A", "B")))
    assert unnamed(screen) == []
    screen.presenter.turn_page("sent")
    desk.asks.answer_all()
    assert unnamed(screen) == []


def test_a_paste_of_millions_stays_out_and_says_how_much_may_be_told(screen: QuestionsScreen, desk: FakeDesk) -> None:
    write(screen, "How many stays?")
    pasted = QMimeData()
    pasted.setText("a" * 2_000_000)
    screen.talk.composer.moveCursor(QTextCursor.MoveOperation.End)
    screen.talk.composer.insertFromMimeData(pasted)
    assert screen.talk.composer.text() == "How many stays?"
    assert screen.talk._notice.sentence.startswith("This is too long: 2,000,015 characters, and at most 50,000")
    screen.talk.composer.selectAll()
    pasted.setText("a" * LONGEST_TEXT)
    screen.talk.composer.insertFromMimeData(pasted)
    assert len(screen.talk.composer.text()) == LONGEST_TEXT


def test_every_shortcut_that_is_listed_can_be_read_by_qt() -> None:
    for keys, words in SHORTCUTS:
        assert words
        for one in keys.split(" / "):
            assert QKeySequence(one).toString()


def test_a_question_is_written_and_sent_by_keyboard(screen: QuestionsScreen, desk: FakeDesk) -> None:
    press(screen, Qt.Key.Key_N, CTRL)
    QTest.keyClicks(screen.talk.composer, "How many")
    press(screen, Qt.Key.Key_Return)
    QTest.keyClicks(screen.talk.composer, "stays?")
    press(screen, Qt.Key.Key_Return, CTRL)
    desk.asks.answer_all()
    assert desk.sessions.lines[0].sent == [Ask(text="How many\nstays?")]
    assert screen.talk.composer.isReadOnly()
    desk.sessions.lines[0].hear(Sent(number=1, bytes=900))
    assert screen.talk.composer.text() == ""
    assert "How many" in screen.talk.transcript.toPlainText()


def test_the_agent_is_stopped_by_keyboard(screen: QuestionsScreen, desk: FakeDesk) -> None:
    write(screen, "And by ward?")
    press(screen, Qt.Key.Key_Return, CTRL)
    press(screen, Qt.Key.Key_Period, CTRL)
    assert desk.sessions.lines[0].sent[-1] == Cancel()


def test_while_the_agent_works_the_button_stops_it(screen: QuestionsScreen, desk: FakeDesk) -> None:
    buttons = {one.accessibleName(): one for one in screen.talk.findChildren(QPushButton)}
    write(screen, "And by ward?")
    buttons["Send"].click()
    desk.sessions.lines[0].hear(Sent(number=7, bytes=41_000))
    assert buttons["Send"].isHidden()
    assert not buttons["Stop the agent"].isHidden()
    buttons["Stop the agent"].click()
    assert desk.sessions.lines[0].sent[-1] == Cancel()
    desk.sessions.lines[0].hear(TurnOver(outcome="cancelled"))
    assert buttons["Stop the agent"].isHidden()
    assert not buttons["Send"].isEnabled()  # nothing is written


def test_the_other_page_and_the_filter_have_keys(screen: QuestionsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    press(screen, Qt.Key.Key_S, CTRL | SHIFT)
    desk.asks.answer_all()
    assert screen.sent.isVisible()
    press(screen, Qt.Key.Key_S, CTRL | SHIFT)
    assert screen.talk.isVisible()
    press(screen, Qt.Key.Key_F, CTRL)
    QTest.keyClicks(QApplication.focusWidget(), "median")
    qtbot.waitUntil(lambda: screen.list.model().rowCount() == 1)


def test_the_list_says_text_state_and_day_and_opens_by_arrow_keys(screen: QuestionsScreen, desk: FakeDesk) -> None:
    model = screen.list.model()
    spoken = [model.data(model.index(n, 0), Qt.ItemDataRole.AccessibleTextRole) for n in range(2)]
    assert spoken[0].startswith("What share of stays? to review, ")
    screen.list.setFocus()
    press(screen, Qt.Key.Key_Down)
    assert screen.presenter.talk.question == "q-1"


def test_a_draft_is_reviewed_from_the_conversation_and_from_what_waits(screen: QuestionsScreen, desk: FakeDesk) -> None:
    screen.talk.transcript.setFocus()
    press(screen, Qt.Key.Key_Tab)
    press(screen, Qt.Key.Key_Return)
    (review,) = [one for one in screen.talk.next_bar.findChildren(QPushButton) if one.text() == "Review draft 1"]
    review.click()
    assert desk.went == [("review", {"question": "q-2", "draft": "1"})] * 2


def test_what_the_agent_offers_is_answered_by_a_button_to_the_letter(screen: QuestionsScreen, desk: FakeDesk) -> None:
    option = "Admission & discharge\n(both)"
    screen.talk.show_next(Next(kind="answer", sentence="Which?", options=(option, *("x" for _ in range(20)))))
    named = "Answer 1: Admission & discharge (both)"
    buttons = [
        one for one in screen.talk.next_bar.findChildren(QPushButton) if one.accessibleName().startswith("Answer")
    ]
    assert len(buttons) == MOST_OPTIONS
    next(one for one in buttons if one.accessibleName() == named).click()
    assert desk.sessions.lines[0].sent == [Answer(text=option)]


def test_marks_stand_under_their_words_after_letters_that_qt_counts_twice(
    screen: QuestionsScreen, desk: FakeDesk
) -> None:
    write(screen, "🫀🫀 Maria?")
    desk.clock.pass_by(1)
    desk.asks.answer_all()
    (selection,) = screen.talk.composer.extraSelections()
    assert selection.cursor.selectedText() == "Maria"
    assert "“Maria” (name)" in screen.talk._marks.text()


def test_what_is_sent_is_what_was_written_to_the_letter(screen: QuestionsScreen) -> None:
    write(screen, "a\u00a0b\n\tc ")
    assert screen.talk.composer.text() == "a\u00a0b\n\tc "


def test_the_composer_grows_to_six_lines_and_no_further(screen: QuestionsScreen) -> None:
    heights = []
    for lines in (1, 4, MOST, MOST + 20):
        write(screen, "\n".join("x" * lines))
        QApplication.processEvents()
        heights.append(screen.talk.composer.height())
    assert heights[0] < heights[1] < heights[2] == heights[3]


def test_trouble_is_told_above_the_composer(screen: QuestionsScreen, desk: FakeDesk) -> None:
    write(screen, "And by ward?")
    press(screen, Qt.Key.Key_Return, CTRL)
    desk.sessions.lines[0].hear(Fault("The model can't be reached.", "Check the network."))
    assert screen.talk._notice.sentence == "The model can't be reached."
    assert "Check the network." in screen.talk._notice.advice


def test_what_was_sent_opens_at_what_is_new(screen: QuestionsScreen, desk: FakeDesk) -> None:
    screen.presenter.turn_page("sent")
    desk.asks.answer_all()
    current = screen.sent.table.current()
    assert current is not None
    assert current.n == 2
    assert screen.sent.code.textCursor().blockNumber() + 1 == 2
    assert screen.sent._verdict.text() == "Not whole"
    assert screen.sent._sentence.text() == "Request 2 was changed."


@pytest.mark.parametrize("size", [(1280, 800), (800, 520)])
def test_nothing_is_wider_than_the_screen(screen: QuestionsScreen, size: tuple[int, int]) -> None:
    screen.resize(*size)
    QApplication.processEvents()
    assert screen.width() == size[0]
    composer = screen.talk.composer
    assert composer.mapTo(screen, composer.rect().bottomRight()).x() < size[0]
