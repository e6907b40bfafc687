"""What happened and what goes on is said in words, and only while it is so."""

from __future__ import annotations

import pytest
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QToolButton
from pytestqt.qtbot import QtBot

from desktop.theme import colours
from desktop.widgets import Busy, Button, Meter, Notice
from desktop.widgets.progress import Spinner
from sandbox.errors import ProcessDied, WrongPassphrase


@pytest.fixture
def notice(qtbot: QtBot) -> Notice:
    found = Notice()
    qtbot.addWidget(found)
    found.resize(500, 60)
    return found


def test_it_is_hidden_while_it_has_nothing_to_say(notice: Notice) -> None:
    assert notice.isHidden() and notice.sentence == ""


def test_it_says_a_sentence_an_advice_and_offers_what_to_do(notice: Notice, qtbot: QtBot) -> None:
    done: list[str] = []
    notice.show_notice("bad", "The run was cut off.", "Run it again.", "Run again", lambda: done.append("ran"))
    assert (notice.sentence, notice.advice) == ("The run was cut off.", "Run it again.")
    assert notice.accessibleName() == "The run was cut off. Run it again." and unnamed(notice) == []
    qtbot.mouseClick(notice.findChild(Button), Qt.MouseButton.LeftButton)
    assert done == ["ran"]


def test_a_second_notice_replaces_the_first_with_all_it_offered(notice: Notice) -> None:
    notice.show_notice("bad", "One.", "Advice.", "Do", lambda: None)
    notice.show_notice("good", "Two.")
    button = notice.findChild(Button)
    assert notice.advice == "" and button is not None and button.isHidden()


def test_a_refusal_warns_and_a_fault_is_bad(notice: Notice) -> None:
    notice.show_problem(WrongPassphrase("No."))
    assert notice.property("tone") == "warn" and notice.advice == "Type it again; nothing was changed."
    notice.show_problem(ProcessDied("It ended."))
    assert notice.property("tone") == "bad"


def test_the_same_problem_after_another_try_is_counted_and_stands_out_for_a_moment(
    notice: Notice, qtbot: QtBot
) -> None:
    wrong = WrongPassphrase("No.")
    notice.show_problem(wrong)
    assert (notice.again, notice.property("fresh")) == ("", False)
    notice.put_away()
    assert notice.sentence == ""
    notice.show_problem(wrong)
    assert (notice.again, notice.property("fresh")) == ("Again (2)", True)
    assert notice.accessibleName() == "No. Type it again; nothing was changed. Again (2)"
    qtbot.waitUntil(lambda: notice.property("fresh") is False)
    notice.show_problem(ProcessDied("It ended."))
    assert notice.again == ""


def test_a_problem_that_was_over_is_a_new_one(notice: Notice) -> None:
    notice.show_problem(WrongPassphrase("No."))
    notice.clear()
    notice.show_problem(WrongPassphrase("No."))
    assert notice.again == ""


def test_the_tone_is_seen_after_it_changed(notice: Notice) -> None:
    notice.show_notice("good", "One.")
    before = notice.grab().toImage().pixelColor(6, 20)
    notice.show_notice("warn", "Two.")
    assert (before, notice.grab().toImage().pixelColor(6, 20)) == (colours().good.tint, colours().warn.tint)


def test_markup_is_shown_as_it_is_written(notice: Notice) -> None:
    notice.show_notice("info", "<b>bold</b>")
    assert notice.sentence == "<b>bold</b>"


def test_closing_it_is_told(notice: Notice, qtbot: QtBot) -> None:
    notice.show_notice("info", "One.")
    with qtbot.waitSignal(notice.closed):
        qtbot.mouseClick(notice.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert notice.isHidden()


def test_busy_is_seen_only_while_something_goes_on_and_turns_only_while_seen(qtbot: QtBot) -> None:
    busy = Busy()
    qtbot.addWidget(busy)
    assert busy.isHidden()
    busy.start("Trying draft 2 …")
    busy.say("Trying draft 2: 3 of 6 …")
    spinner = busy.findChild(Spinner)
    assert busy.sentence == busy.accessibleName() == "Trying draft 2: 3 of 6 …"
    assert spinner is not None and spinner._timer.isActive()
    busy.stop()
    assert busy.sentence == "" and not spinner._timer.isActive()


@pytest.mark.parametrize(("value", "of", "shown"), [(25, 100, 250), (300, 100, 1000), (0, 100, 0)])
def test_a_meter_is_never_more_than_full(qtbot: QtBot, value: float, of: float, shown: int) -> None:
    meter = Meter("Rows read")
    qtbot.addWidget(meter)
    meter.set(value, of, "words")
    bar = meter.findChild(QProgressBar)
    assert bar is not None and (bar.value(), bar.accessibleName()) == (shown, "Rows read")
    assert bar.accessibleDescription() == "words"


def test_without_a_limit_there_is_no_bar(qtbot: QtBot) -> None:
    meter = Meter("Rows read")
    qtbot.addWidget(meter)
    meter.set(25, 0, "25")
    bar = meter.findChild(QProgressBar)
    assert bar is not None and bar.isHidden()
