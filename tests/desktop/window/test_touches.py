"""Who is at the desk is noticed in every window of it, and nobody else's doing counts."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QMainWindow, QWidget
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop.touches import Touches


def watched(qtbot: QtBot) -> tuple[QMainWindow, list[None]]:
    window = QMainWindow()
    found: list[None] = []
    window.setCentralWidget(QLineEdit())
    qtbot.addWidget(window)
    show_in_front(qtbot, window)
    Touches(window, lambda: found.append(None)).watch()
    return window, found


def press(widget: QWidget) -> None:
    QTest.keyClick(widget.windowHandle(), Qt.Key.Key_X)


def test_a_key_the_mouse_and_a_button_are_touches(qtbot: QtBot) -> None:
    window, found = watched(qtbot)
    press(window)
    after_key = len(found)
    QTest.mouseMove(window.windowHandle(), QPoint(20, 20))
    after_move = len(found)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    assert 0 < after_key < after_move < len(found)


def test_a_dialog_that_opens_later_counts(qtbot: QtBot) -> None:
    window, found = watched(qtbot)
    dialog = QDialog(window)
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    found.clear()
    press(dialog)
    assert found


def test_what_a_screen_does_by_itself_is_no_touch(qtbot: QtBot) -> None:
    window, found = watched(qtbot)
    qtbot.wait(20)
    found.clear()
    field = window.centralWidget()
    assert isinstance(field, QLineEdit)
    field.setText("written by the program")
    window.resize(640, 480)
    qtbot.wait(50)
    assert not found
