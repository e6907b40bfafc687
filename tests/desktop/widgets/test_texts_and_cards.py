"""Texts are plain, wrap, and take no more room than they need; cards give room to what wants it."""

from __future__ import annotations

import pytest
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop.theme import Type, colours
from desktop.widgets import Button, Card, Chip, EmptyState, Heading, Label, scrolled, two_panes
from desktop.widgets.texts import Role, tip_of

LONG = "The program asks for five columns of one table; two of them no approval read before. " * 4


@pytest.mark.parametrize("label", [Heading, Label, Chip])
def test_markup_is_never_obeyed(qtbot: QtBot, label: type[Heading | Label | Chip]) -> None:
    found = label("<a href='x'>link</a>")
    qtbot.addWidget(found)
    assert found.textFormat() is Qt.TextFormat.PlainText


def test_a_tool_tip_that_looks_like_markup_is_escaped() -> None:
    assert tip_of("<b>x</b>\ny") == "<qt>&lt;b&gt;x&lt;/b&gt;<br>y</qt>"
    assert tip_of("") == ""


@pytest.mark.parametrize(("role", "kind"), [("small", Type.SMALL), ("mono", Type.MONO), ("strong", Type.STRONG)])
def test_a_role_is_a_font(qtbot: QtBot, role: Role, kind: Type) -> None:
    label = Label("x", role=role)
    qtbot.addWidget(label)
    assert label.font().pointSizeF() == pytest.approx(kind.font().pointSizeF())
    assert label.font().weight() == kind.font().weight()


def test_only_selectable_text_takes_the_keyboard(qtbot: QtBot) -> None:
    label = Label("x", selectable=True)
    qtbot.addWidget(label)
    plain = Label("x")
    qtbot.addWidget(plain)
    assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
    assert not plain.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    assert plain.focusPolicy() == Qt.FocusPolicy.NoFocus


@pytest.mark.parametrize("width", [200, 500, 900])
def test_a_wrapped_text_is_as_high_as_it_needs_at_every_width(qtbot: QtBot, qapp: QApplication, width: int) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    label, box = Label(LONG), QPlainTextEdit()
    layout.addWidget(label)
    layout.addWidget(box)
    page.resize(width, 900)
    show_in_front(qtbot, page)
    qapp.processEvents()
    assert label.height() == label.heightForWidth(label.width())
    label.setText("Short.")
    qapp.processEvents()
    assert label.height() == label.heightForWidth(label.width()) < 40


def test_a_card_of_texts_keeps_them_together_at_its_top(qtbot: QtBot, qapp: QApplication) -> None:
    card, label = Card("Approval", "Signed"), Label("One.")
    qtbot.addWidget(card)
    card.body.addWidget(label)
    card.resize(400, 600)
    show_in_front(qtbot, card)
    qapp.processEvents()
    assert label.geometry().bottom() < 120
    assert not card.layout().expandingDirections() & Qt.Orientation.Vertical


def test_a_card_gives_its_room_to_what_wants_it(qtbot: QtBot, qapp: QApplication) -> None:
    card, box = Card("Program"), QPlainTextEdit()
    qtbot.addWidget(card)
    card.body.addWidget(box)
    card.resize(400, 600)
    show_in_front(qtbot, card)
    qapp.processEvents()
    assert box.height() > 500 and card.layout().expandingDirections() & Qt.Orientation.Vertical


def test_a_card_shows_its_title_and_hides_what_it_has_not(qtbot: QtBot) -> None:
    card = Card()
    qtbot.addWidget(card)
    card.set_title("Runs")
    show_in_front(qtbot, card)
    assert [label.text() for label in card.findChildren(Heading) if label.isVisible()] == ["Runs"]
    assert [label.text() for label in card.findChildren(Label) if label.isVisible()] == []


def test_a_chip_can_change_its_word_and_tone(qtbot: QtBot) -> None:
    chip = Chip("draft", "plain")
    qtbot.addWidget(chip)
    chip.set_chip("signed", "good")
    chip.adjustSize()
    image = chip.grab().toImage()
    assert chip.text() == "signed" and image.pixelColor(4, image.height() // 2) == colours().good.tint


def test_an_empty_state_says_why_and_offers_what_to_do(qtbot: QtBot) -> None:
    done: list[str] = []
    state = EmptyState("runs", "No run yet", "Sign a draft.", "Review a draft", lambda: done.append("go"))
    qtbot.addWidget(state)
    show_in_front(qtbot, state)
    assert unnamed(state) == []
    qtbot.mouseClick(state.findChild(Button), Qt.MouseButton.LeftButton)
    assert done == ["go"]


def test_panes_share_the_width_and_either_can_be_closed(qtbot: QtBot, qapp: QApplication) -> None:
    panes = two_panes(QPlainTextEdit(), QPlainTextEdit(), (1, 2), "review")
    qtbot.addWidget(panes)
    panes.resize(900, 300)
    show_in_front(qtbot, panes)
    qapp.processEvents()
    left, right = panes.sizes()
    assert right == pytest.approx(2 * left, rel=0.05) and panes.objectName() == "review"
    panes.setSizes([0, 900])
    assert panes.sizes()[0] == 0


def test_what_is_longer_than_the_window_scrolls(qtbot: QtBot, qapp: QApplication) -> None:
    page = QWidget()
    layout = QVBoxLayout(page)
    for _line in range(30):
        layout.addWidget(Label(LONG))
    area = scrolled(page)
    qtbot.addWidget(area)
    area.resize(300, 200)
    show_in_front(qtbot, area)
    qapp.processEvents()
    assert area.verticalScrollBar().maximum() > 0 and area.horizontalScrollBar().maximum() == 0
    assert unnamed(area) == []
