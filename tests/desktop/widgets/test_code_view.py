"""A program is shown with numbers, colours and marks, by keyboard as by mouse, however long it is."""

from __future__ import annotations

import pytest
from names import unnamed
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop import theme
from desktop.theme import colours
from desktop.widgets import CodeView, LineMark

PROGRAM = "import pandas as pd\n\ndef main(data):\n    return 1  # why\n" + "x = 2\n" * 40
MARKS = (LineMark(3, "warn", "Reads <b>more</b>."), LineMark(30, "bad", "Refused."))


@pytest.fixture
def view(qtbot: QtBot) -> CodeView:
    found = CodeView("Program")
    qtbot.addWidget(found)
    found.resize(500, 300)
    show_in_front(qtbot, found)
    found.show_code(PROGRAM)
    qtbot.waitUntil(lambda: found._highlighter.is_done)
    return found


def formats(view: CodeView, line: int) -> dict[str, str]:
    """The coloured words of a line and their colours."""
    block = view.document().findBlockByNumber(line - 1)
    ranges = block.layout().formats()
    return {block.text()[one.start : one.start + one.length]: one.format.foreground().color().name() for one in ranges}


def test_it_is_named_read_only_and_tab_leaves_it(view: CodeView) -> None:
    assert unnamed(view) == [] and view.isReadOnly() and view.tabChangesFocus()


def test_words_have_the_colours_of_the_theme_also_after_it_changed(view: CodeView, qtbot: QtBot) -> None:
    assert formats(view, 1)["import"] == colours().code_keyword.name()
    assert formats(view, 4)["# why"] == colours().code_comment.name()
    theme.use("dark")
    qtbot.waitUntil(lambda: view._highlighter.is_done)
    assert formats(view, 1)["import"] == colours().code_keyword.name() == "#7fcfd5"


def test_a_long_text_is_coloured_in_slices_and_can_be_replaced_meanwhile(qtbot: QtBot) -> None:
    view = CodeView("Program")
    qtbot.addWidget(view)
    view.show_code("def f(): return 1  # one\n" * 5000)
    assert not view._highlighter.is_done  # nothing was waited for
    view.show_code("import this\n")
    qtbot.waitUntil(lambda: view._highlighter.is_done)
    assert formats(view, 1)["import"] == colours().code_keyword.name()
    view.show_code("def f(): return 1  # one\n" * 5000)
    qtbot.waitUntil(lambda: view._highlighter.is_done, timeout=60_000)
    assert "# one" in formats(view, 5000)


def test_what_could_not_be_seen_is_written_as_its_code_and_lines_stay_lines(view: CodeView) -> None:
    view.show_code("a = 1\N{RIGHT-TO-LEFT OVERRIDE}\r\nb\N{PARAGRAPH SEPARATOR}c")
    assert view.toPlainText() == "a = 1\\u202e\\u000d\nb\\u2029c"
    assert view.blockCount() == 2


def test_a_new_text_has_no_marks_of_the_old(view: CodeView) -> None:
    view.set_marks(MARKS)
    view.set_tints({1: "added"})
    view.set_gutter(("1",))
    view.show_code("x")
    assert (view._gutter.marks, view._gutter.tints, view._gutter.texts) == ({}, {}, None)


def test_going_to_a_line_and_asking_which_lines_are_selected(view: CodeView, qtbot: QtBot) -> None:
    view.go_to(12)
    assert view.selected_lines() == (12, 12)
    for _line in range(2):
        qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.selected_lines() == (12, 13)  # the third line is only begun
    view.go_to(10_000)
    assert view.selected_lines() == (view.blockCount(), view.blockCount())


def test_enter_and_a_click_beside_the_line_activate_it(view: CodeView, qtbot: QtBot) -> None:
    heard: list[int] = []
    view.line_activated.connect(heard.append)
    view.go_to(4)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    view.go_to(1)
    middle = view.cursorRect().center().y() + view.line_height()
    qtbot.mouseClick(view._gutter, Qt.MouseButton.LeftButton, pos=QPoint(5, middle))
    assert heard == [4, 2] and view.selected_lines() == (2, 2)


def test_f8_steps_through_marks_and_shows_what_they_say(view: CodeView, qtbot: QtBot) -> None:
    view.set_marks(MARKS)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_F8)
    assert view.selected_lines() == (3, 3)
    assert QToolTip.text() == "<qt>Line 3. Warning: Reads &lt;b&gt;more&lt;/b&gt;.</qt>"
    qtbot.keyClick(view, Qt.Key.Key_F8)
    assert view.selected_lines() == (30, 30)
    qtbot.keyClick(view, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert view.selected_lines() == (3, 3)
    QToolTip.hideText()


def test_f8_steps_through_changes_where_there_are_no_marks(view: CodeView, qtbot: QtBot) -> None:
    view.set_tints({4: "added", 20: "removed"})
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_F8)
    qtbot.keyClick(view, Qt.Key.Key_F8)
    assert view.selected_lines() == (20, 20)


def test_a_mark_and_a_change_are_a_tint_and_a_sign(view: CodeView) -> None:
    bare = view._gutter.width_wanted()
    view.set_marks(MARKS)
    with_icons = view._gutter.width_wanted()
    view.set_tints({1: "added"})
    assert bare < with_icons < view._gutter.width_wanted()
    image = view.viewport().grab().toImage()
    right = image.width() - 3
    first, third = view.line_height() // 2 + 4, view.line_height() * 5 // 2 + 4
    assert image.pixelColor(right, first) == colours().good.tint
    assert image.pixelColor(right, third) == colours().warn.tint


def test_other_words_than_numbers_can_stand_beside_the_lines(view: CodeView) -> None:
    view.set_gutter(("  1    1", "       2", "  2     "))
    assert view._gutter._text(2) == "       2" and view._gutter._text(99) == ""
    wide = view._gutter.width_wanted()
    view.set_gutter(None)
    assert view._gutter._text(2) == "2" and view._gutter.width_wanted() < wide


def test_the_margin_has_room_for_the_number_of_lines(view: CodeView) -> None:
    before = view.viewportMargins().left()
    view.show_code("x\n" * 20_000)
    assert view.viewportMargins().left() > before
