"""When the desk locks, and what opens it again. No Qt in here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from desktop.desk import Desk, Latest
from sandbox.errors import BadInput, PreceptorError
from sandbox.reviewing.orders.starting import Lock, Unlock

CHECK_EVERY = 5.0  # seconds


class LockView(Protocol):
    def show_locked(self, who: str, by_pin: bool, may_change: bool) -> None:
        """Ask for the PIN (`by_pin`) or the passphrase; `may_change`: the other one would do as well."""

    def show_problem(self, problem: PreceptorError) -> None: ...

    def show_checking(self, checking: bool) -> None: ...


class LockPresenter:
    """Counts idle time and guards the way back. `lock_desk` hides everything, `unlocked` shows it again."""

    def __init__(self, view: LockView, desk: Desk, lock_desk: Callable[[], None], unlocked: Callable[[], None]) -> None:
        self._view = view
        self._desk = desk
        self._lock_desk = lock_desk
        self._unlocked = unlocked
        self._asked = Latest(desk.asks)
        self._by_pin = False
        self.locked = False
        self._touched = desk.clock.now()

    def watch(self) -> None:
        """Begin to count."""
        self._touched = self._desk.clock.now()
        self._desk.clock.after(CHECK_EVERY, self._look)

    def touched(self) -> None:
        """The reviewer did something."""
        self._touched = self._desk.clock.now()

    def lock(self) -> None:
        """Hide everything now, and let the session forget what it opened."""
        if self.locked:
            return
        self.locked = True
        self._lock_desk()
        self._desk.asks.ask(Lock(), _nothing)
        self._by_pin = self._desk.standing.has_pin
        self._show()

    def other_way(self) -> None:
        """The passphrase in place of the PIN, or the other way round."""
        self._by_pin = not self._by_pin and self._desk.standing.has_pin
        self._show()

    def unlock(self, secret: str) -> None:
        if not secret:
            secret = "PIN" if self._by_pin else "passphrase"
            self._refused(BadInput(f"Type your {secret} first.", "The field is empty, so nothing was tried."))
            return
        self._view.show_checking(True)
        self._asked.ask(Unlock(secret=secret, pin=self._by_pin), self._opened, self._refused)

    def _opened(self, _: object) -> None:
        self._view.show_checking(False)
        self.locked = False
        self.touched()
        self._unlocked()

    def _refused(self, problem: PreceptorError) -> None:
        self._view.show_checking(False)
        self._view.show_problem(problem)

    def _show(self) -> None:
        standing = self._desk.standing
        self._view.show_locked(standing.reviewer, self._by_pin, standing.has_pin)

    def _look(self) -> None:
        idle = self._desk.clock.now() - self._touched
        if not self.locked and self._desk.standing.finished and idle >= 60 * self._desk.standing.lock_after_minutes:
            self.lock()
        self._desk.clock.after(CHECK_EVERY, self._look)


def _nothing(_: object) -> None:
    """The answer is not needed."""
