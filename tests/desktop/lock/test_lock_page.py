"""The page of a locked desk: what was typed there stays with whoever typed it."""

from __future__ import annotations

import pytest
from names import unnamed
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop.lock.view import LockPage
from sandbox.errors import WrongPassphrase


@pytest.fixture
def page(qtbot: QtBot) -> LockPage:
    page = LockPage()
    qtbot.addWidget(page)
    show_in_front(qtbot, page)
    page.show_locked("A Reviewer", by_pin=False, may_change=True)
    return page


def type_and_try(page: LockPage, qtbot: QtBot, secret: str) -> None:
    qtbot.keyClicks(page._secret, secret)
    page._open.click()


def seen_by_a_passer_by(page: LockPage) -> str:
    """What comes up when the letters are made readable and the last change is undone."""
    page._secret.actions()[0].trigger()
    page._secret.undo()
    return page._secret.text()


def test_every_part_of_it_has_a_name(page: LockPage) -> None:
    assert unnamed(page) == []


def test_the_passphrase_that_opened_the_desk_does_not_come_back_when_it_locks_again(
    page: LockPage, qtbot: QtBot
) -> None:
    tried: list[str] = []
    page.tried.connect(tried.append)
    type_and_try(page, qtbot, "the right words")
    page.hide()
    page.show_locked("A Reviewer", by_pin=False, may_change=True)
    show_in_front(qtbot, page)
    assert tried == ["the right words"] and seen_by_a_passer_by(page) == ""


def test_a_second_refusal_is_seen_to_be_another_one_until_the_desk_locks_again(page: LockPage, qtbot: QtBot) -> None:
    for again in ("", "Again (2)"):
        type_and_try(page, qtbot, "the righr words")
        page.show_checking(True)
        page.show_checking(False)
        page.show_problem(WrongPassphrase("That is not the passphrase."))
        assert page._notice.again == again and page._secret.text() == ""
    page.show_locked("A Reviewer", by_pin=False, may_change=True)
    page.show_problem(WrongPassphrase("That is not the passphrase."))
    assert page._notice.again == ""


def test_a_passphrase_that_was_wrong_by_a_letter_is_not_left_behind(page: LockPage, qtbot: QtBot) -> None:
    type_and_try(page, qtbot, "the righr words")
    page.show_problem(WrongPassphrase("That is not the passphrase."))
    assert seen_by_a_passer_by(page) == "" and page._notice.sentence
