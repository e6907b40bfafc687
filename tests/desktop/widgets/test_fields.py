"""Fields: secrets stay hidden and are taken once, paths can be typed, searches wait for a pause, choices are keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop.widgets import NumberField, PassphraseField, PathField, SearchField, Segments
from desktop.widgets.paths import PathMode

Echo = QLineEdit.EchoMode


def shown(qtbot: QtBot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    show_in_front(qtbot, widget)
    return widget


def test_a_passphrase_is_dots_until_it_is_to_be_shown(qtbot: QtBot) -> None:
    field = PassphraseField()
    shown(qtbot, field)
    assert unnamed(field) == [] and field.echoMode() is Echo.Password
    field.actions()[0].trigger()
    assert field.echoMode() is Echo.Normal
    field.hide()
    show_in_front(qtbot, field)
    assert field.echoMode() is Echo.Password


def test_a_passphrase_is_taken_once_and_forgotten_when_hidden(qtbot: QtBot) -> None:
    field = PassphraseField()
    shown(qtbot, field)
    field.setText("secret words")
    assert (field.take(), field.text()) == ("secret words", "")
    field.setText("other words")
    field.hide()
    assert field.text() == ""


@pytest.mark.parametrize("gone", [PassphraseField.take, PassphraseField.hide])
def test_no_undo_brings_a_passphrase_back(qtbot: QtBot, gone: Callable[[PassphraseField], object]) -> None:
    field = PassphraseField()
    shown(qtbot, field)
    qtbot.keyClicks(field, "secret words")
    gone(field)
    show_in_front(qtbot, field)
    field.actions()[0].trigger()  # while the letters can be read, a line can be undone
    field.undo()
    assert field.text() == ""


def test_a_search_comes_once_typing_pauses_or_with_enter(qtbot: QtBot) -> None:
    field = SearchField("Search tables")
    shown(qtbot, field)
    heard: list[str] = []
    field.searched.connect(heard.append)
    with qtbot.waitSignal(field.searched):
        qtbot.keyClicks(field, "enc")
    assert heard == ["enc"]
    qtbot.keyClicks(field, "x")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == ["enc", "encx"]


def test_a_path_can_be_typed_and_is_told(qtbot: QtBot) -> None:
    field = PathField("Database", "file")
    shown(qtbot, field)
    heard: list[str] = []
    field.changed.connect(heard.append)
    field.setFocus()
    qtbot.keyClicks(field.focusProxy(), " /data ")
    assert field.path() == "/data" and heard[-1] == " /data " and unnamed(field) == []


@pytest.mark.parametrize(
    ("mode", "file_mode", "accept"),
    [
        ("file", QFileDialog.FileMode.ExistingFile, QFileDialog.AcceptMode.AcceptOpen),
        ("folder", QFileDialog.FileMode.Directory, QFileDialog.AcceptMode.AcceptOpen),
        ("new file", QFileDialog.FileMode.AnyFile, QFileDialog.AcceptMode.AcceptSave),
        ("new folder", QFileDialog.FileMode.Directory, QFileDialog.AcceptMode.AcceptOpen),
    ],
)
def test_a_path_can_be_chosen_in_a_dialog_that_does_not_block(
    qtbot: QtBot,
    tmp_path: Path,
    mode: PathMode,
    file_mode: QFileDialog.FileMode,
    accept: QFileDialog.AcceptMode,
) -> None:
    field = PathField("Database", mode)
    shown(qtbot, field)
    field.set_path(str(tmp_path))
    field._choose.click()
    dialog = field.findChild(QFileDialog)
    assert dialog is not None and (dialog.fileMode(), dialog.acceptMode()) == (file_mode, accept)
    dialog.fileSelected.emit(str(tmp_path / "chosen"))
    assert Path(field.path()) == tmp_path / "chosen"
    dialog.close()


def test_a_number_stays_in_its_range_and_its_text_is_not_at_the_edge(qtbot: QtBot) -> None:
    field = NumberField("Runs", 1, 50, 99)
    shown(qtbot, field)
    assert (field.value(), field.accessibleName()) == (50, "Runs")
    assert field.lineEdit().textMargins().left() > 0


@pytest.fixture
def segments(qtbot: QtBot) -> Segments:
    found = Segments("Shown", [("all", "All"), ("new", "New columns"), ("mine", "Mine")])
    shown(qtbot, found)
    return found


def test_a_choice_begins_with_its_first_option_and_every_option_is_named(segments: Segments) -> None:
    assert segments.value() == "all" and unnamed(segments) == []


def test_choosing_is_told_by_key_and_setting_is_not(segments: Segments, qtbot: QtBot) -> None:
    heard: list[str] = []
    segments.changed.connect(heard.append)
    segments.set_value("mine")
    assert (segments.value(), heard) == ("mine", [])
    segments.setFocus()
    qtbot.keyClick(segments.focusProxy(), Qt.Key.Key_Left)
    assert (segments.value(), heard) == ("new", ["new"])


def test_an_option_can_get_other_words_and_be_taken_away(segments: Segments) -> None:
    segments.set_option("new", "New columns (2)", enabled=False)
    button = segments._group.button(1)
    assert button.text() == "New columns (2)" and not button.isEnabled()
    assert button.accessibleName() == "Shown: New columns (2)"
