"""Buttons say what they do, do it once, and show that they have the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop import theme
from desktop.theme import colours
from desktop.widgets import Button
from desktop.widgets.buttons import Kind

KINDS: tuple[Kind, ...] = ("primary", "plain", "quiet", "danger")


def test_a_click_space_and_enter_call_without_arguments(qtbot: QtBot) -> None:
    calls: list[tuple[object, ...]] = []
    button = Button("Sign", lambda *given: calls.append(given))
    qtbot.addWidget(button)
    button.click()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    qtbot.keyClick(button, Qt.Key.Key_Return)
    assert calls == [(), (), ()]


def test_its_name_is_its_text_without_the_mnemonic_or_what_was_given(qtbot: QtBot) -> None:
    first, second = Button("&Sign"), Button("Choose…", name="Choose the database")
    qtbot.addWidget(first)
    qtbot.addWidget(second)
    assert (first.accessibleName(), second.accessibleName()) == ("Sign", "Choose the database")


def test_a_shortcut_works_and_is_told_in_the_tool_tip(qtbot: QtBot) -> None:
    calls: list[str] = []
    page = QWidget()
    qtbot.addWidget(page)
    button = Button("Run", lambda: calls.append("ran"), shortcut="Ctrl+R")
    QVBoxLayout(page).addWidget(button)
    show_in_front(qtbot, page)
    qtbot.keyClick(page, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: calls == ["ran"])  # Qt shows the button pressed for a moment
    assert button.toolTip() == "Run (Ctrl+R)"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_keyboards_place_is_seen_by_a_ring(qtbot: QtBot, qapp: QApplication, kind: Kind, scheme: str) -> None:
    theme.use("dark" if scheme == "dark" else "light")
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    buttons = [Button("Sign draft", kind=kind), Button("Other")]
    for button in buttons:
        layout.addWidget(button)
    show_in_front(qtbot, page)
    buttons[1].setFocus()
    qapp.processEvents()
    before = buttons[0].grab().toImage()
    buttons[0].setFocus()
    qapp.processEvents()
    after = buttons[0].grab().toImage()
    changed = sum(
        before.pixel(x, y) != after.pixel(x, y) for x in range(before.width()) for y in range(before.height())
    )
    assert changed >= (before.width() + before.height()) * 2 - 60  # about a line around it
    assert before.size() == after.size()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_a_look(qtbot: QtBot, kind: Kind) -> None:
    wanted = {"primary": colours().accent, "plain": colours().surface, "danger": colours().surface}
    button = Button("        ", kind=kind)
    qtbot.addWidget(button)
    button.resize(100, 32)
    middle = button.grab().toImage().pixelColor(50, 16)
    assert middle == wanted.get(kind, middle) and (kind != "quiet" or middle.alpha() == 0)
    button.setEnabled(False)
    assert button.grab().toImage().pixelColor(50, 16) != colours().accent
