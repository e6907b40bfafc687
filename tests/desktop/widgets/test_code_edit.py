"""A program can be written, to the letter, with the keys a programmer expects, and the keyboard is never caught."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop.theme import colours
from desktop.widgets import CodeEdit

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def edit(qtbot: QtBot) -> CodeEdit:
    found = CodeEdit("Your draft")
    qtbot.addWidget(found)
    show_in_front(qtbot, found)
    return found


@pytest.mark.parametrize("text", ["", "a\n\nb\n", "x = '\u00a0\u2028\N{DNA DOUBLE HELIX}'\n", "\ta  \n"])
def test_the_text_is_kept_to_the_letter(edit: CodeEdit, text: str) -> None:
    edit.show_code(text)
    assert edit.text() == text


def test_enter_keeps_the_indentation_and_goes_deeper_after_a_colon(edit: CodeEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(edit, "def f():")
    qtbot.keyClick(edit, Key.Key_Return)
    edit.insertPlainText("a = '\N{DNA DOUBLE HELIX}'")
    qtbot.keyClick(edit, Key.Key_Return)
    qtbot.keyClicks(edit, "b")
    assert edit.text() == "def f():\n    a = '\N{DNA DOUBLE HELIX}'\n    b"


def test_tab_and_shift_tab_move_lines_and_one_undo_takes_it_back(edit: CodeEdit, qtbot: QtBot) -> None:
    edit.show_code("a\n  b\nc")
    edit.selectAll()
    qtbot.keyClick(edit, Key.Key_Tab)
    assert edit.text() == "    a\n      b\n    c"
    qtbot.keyClick(edit, Key.Key_Backtab)
    qtbot.keyClick(edit, Key.Key_Backtab)
    assert edit.text() == "a\nb\nc"
    edit.undo()
    assert edit.text() == "a\n  b\nc"


def test_tab_goes_to_the_next_stop(edit: CodeEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(edit, "ab")
    qtbot.keyClick(edit, Key.Key_Tab)
    assert edit.text() == "ab  "


def test_control_tab_leaves_the_field_and_it_says_so(qtbot: QtBot) -> None:
    page, after = QWidget(), QLineEdit()
    edit = CodeEdit("Your draft")
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    layout.addWidget(edit)
    layout.addWidget(after)
    show_in_front(qtbot, page)
    edit.setFocus()
    qtbot.keyClick(edit, Key.Key_Tab, Modifier.ControlModifier)
    assert page.focusWidget() is after and edit.text() == ""
    assert "Ctrl+Tab" in edit.accessibleDescription()


def test_a_line_is_coloured_while_it_is_typed_and_the_whole_after_a_pause(edit: CodeEdit, qtbot: QtBot) -> None:
    edit.show_code("x = 1\n")
    qtbot.waitUntil(lambda: edit._highlighter.is_done)
    edit.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(edit, "import os")
    ranges = edit.document().findBlockByNumber(1).layout().formats()
    assert [one.format.foreground().color() for one in ranges][:1] == [colours().code_keyword]
    edit.moveCursor(QTextCursor.MoveOperation.Start)
    edit.insertPlainText('"""')
    qtbot.waitUntil(lambda: edit._highlighter.is_done)
    ranges = edit.document().findBlockByNumber(1).layout().formats()
    assert colours().code_keyword not in [one.format.foreground().color() for one in ranges]


def test_colouring_is_no_change_of_the_text(edit: CodeEdit, qtbot: QtBot) -> None:
    heard: list[None] = []
    edit.show_code("import os\n" * 50)
    edit.textChanged.connect(lambda: heard.append(None))
    qtbot.waitUntil(lambda: edit._highlighter.is_done)
    assert heard == [] and not edit.document().isUndoAvailable()
