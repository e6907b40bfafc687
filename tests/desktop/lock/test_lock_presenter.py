"""When the desk locks, and what opens it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from fakes import STANDING, FakeDesk

from desktop.lock.presenter import CHECK_EVERY, LockPresenter
from sandbox.errors import WrongPassphrase
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.starting import Lock, Unlock


class View:
    def __init__(self) -> None:
        self.locked: list[tuple[str, bool, bool]] = []
        self.problems: list[Any] = []
        self.checking = False

    def show_locked(self, who: str, by_pin: bool, may_change: bool) -> None:
        self.locked.append((who, by_pin, may_change))

    def show_problem(self, problem: Any) -> None:
        self.problems.append(problem)

    def show_checking(self, checking: bool) -> None:
        self.checking = checking


class Place:
    def __init__(self, **standing: Any) -> None:
        self.desk = FakeDesk(msgspec.structs.replace(STANDING, **standing))
        self.desk.asks.answers[Lock] = Done()
        self.desk.asks.answers[Unlock] = Done()
        self.view = View()
        self.seen: list[str] = []
        self.lock = LockPresenter(
            self.view, self.desk, lambda: self.seen.append("hidden"), lambda: self.seen.append("shown")
        )
        self.lock.watch()


def test_an_idle_desk_hides_everything_and_lets_the_session_forget() -> None:
    place = Place(lock_after_minutes=10)
    place.desk.clock.pass_by(600 - CHECK_EVERY)
    assert place.seen == []
    place.desk.clock.pass_by(2 * CHECK_EVERY)
    assert place.seen == ["hidden"] and place.desk.asks.of(Lock)


def test_touching_anything_puts_it_off() -> None:
    place = Place(lock_after_minutes=1)
    for _ in range(10):
        place.desk.clock.pass_by(50)
        place.lock.touched()
    assert not place.lock.locked


def test_a_desk_without_a_finished_workspace_has_nothing_to_lock() -> None:
    place = Place(finished=False, lock_after_minutes=1)
    place.desk.clock.pass_by(3600)
    assert not place.lock.locked


@pytest.mark.parametrize("has_pin", [True, False])
def test_the_pin_is_asked_for_where_there_is_one(has_pin: bool) -> None:
    place = Place(has_pin=has_pin)
    place.lock.lock()
    place.lock.unlock("1234")
    place.desk.asks.answer_all()
    assert place.view.locked == [("A Reviewer", has_pin, has_pin)]
    assert place.desk.asks.of(Unlock) == [Unlock(secret="1234", pin=has_pin)]
    assert place.seen == ["hidden", "shown"] and not place.lock.locked


def test_the_passphrase_does_as_well() -> None:
    place = Place(has_pin=True)
    place.lock.lock()
    place.lock.other_way()
    place.lock.unlock("a long passphrase")
    assert place.desk.asks.of(Unlock) == [Unlock(secret="a long passphrase", pin=False)]


def test_a_wrong_secret_leaves_everything_hidden() -> None:
    place = Place()
    place.desk.asks.answers[Unlock] = WrongPassphrase("That is not the passphrase.")
    place.lock.lock()
    place.lock.unlock("wrong")
    assert place.view.checking
    place.desk.asks.answer_all()
    assert place.seen == ["hidden"] and place.lock.locked and not place.view.checking
    assert [problem.sentence for problem in place.view.problems] == ["That is not the passphrase."]


@pytest.mark.parametrize(("has_pin", "secret"), [(True, "PIN"), (False, "passphrase")])
def test_an_empty_field_is_not_tried_but_said(has_pin: bool, secret: str) -> None:
    place = Place(has_pin=has_pin)
    place.lock.lock()
    place.lock.unlock("")
    assert not place.desk.asks.of(Unlock)
    assert [problem.sentence for problem in place.view.problems] == [f"Type your {secret} first."]
