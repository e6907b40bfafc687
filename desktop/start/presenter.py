"""The first start: which step is shown, and what comes after it. No Qt in here.

The step comes from `next_step(standing)` each time. Only one thing is remembered here: which of the two ways was
chosen on the welcome page, before anything was made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from desktop.desk import Desk
from desktop.start.connect import ConnectPresenter, ConnectView
from desktop.start.know import KnowPresenter, KnowView
from desktop.start.steps import PLANS, Listed, Step, Store, listed, next_step
from desktop.start.who import WhoPresenter, WhoView
from desktop.start.works import WorkPresenter, WorkView


class Welcome(NamedTuple):
    """`keyring` is why one's own data can't be set up now; empty when it can."""

    root: str
    keyring: str


class StartView(Protocol):
    @property
    def who(self) -> WhoView: ...

    @property
    def work(self) -> WorkView: ...

    @property
    def know(self) -> KnowView: ...

    @property
    def connecting(self) -> ConnectView: ...

    def show_welcome(self, welcome: Welcome) -> None: ...

    def show_step(self, step: Step, steps: tuple[Listed, ...]) -> None: ...


class StartPresenter:
    """`on_finished` hears that the window's screens may be shown."""

    def __init__(self, view: StartView, desk: Desk, on_finished: Callable[[], None]) -> None:
        self._view = view
        self._desk = desk
        self._on_finished = on_finished
        self._chosen: Store | None = None
        self.who = WhoPresenter(view.who, desk, self._step_done)
        self.work = WorkPresenter(view.work, desk, self._step_done)
        self.know = KnowPresenter(view.know, desk, self._step_done)
        self.connect = ConnectPresenter(view.connecting, desk, self._step_done)

    def begin(self) -> None:
        """Show the step that comes next."""
        step = next_step(self._desk.standing)
        if step is Step.WELCOME and self._chosen is not None:
            step = Step.WHO
        if step is Step.FINISHED:
            self._finish("questions" if self._store == "throwaway" else "data")
            return
        self._view.show_step(step, self._listed(step))
        self._enter(step)

    def choose(self, store: Store) -> None:
        """Look at it with a made-up hospital, or set it up for one's own data."""
        if store == "os" and self._desk.standing.keyring:
            return
        self._chosen = store
        self.begin()

    def back(self) -> None:
        """To the welcome page, while nothing is made yet."""
        if not self._desk.standing.exists:
            self._chosen = None
            self.begin()

    def look_again(self) -> None:
        """Ask the keyring once more."""
        self._desk.refresh(self.begin)

    def later(self, screen: str) -> None:
        """Leave the rest for later; the screens are there, the next start goes on here."""
        self.work.stop()
        self._finish(screen)

    @property
    def _store(self) -> Store:
        standing = self._desk.standing
        return standing.store if standing.exists else self._chosen or "os"

    def _listed(self, step: Step) -> tuple[Listed, ...]:
        if step is Step.WELCOME:
            return tuple(one for one in listed(step, "throwaway") if one.step in PLANS["os"][:2])
        return listed(step, self._store)

    def _enter(self, step: Step) -> None:
        if step is Step.WELCOME:
            standing = self._desk.standing
            self._view.show_welcome(Welcome(standing.root, standing.keyring))
        elif step is Step.WHO:
            self.who.enter(self._store)
        elif step is Step.CONNECT:
            self.connect.enter()
        elif step is Step.KNOW:
            self.know.enter()
        else:
            self.work.enter(step)

    def _step_done(self) -> None:
        self._desk.refresh(self.begin)

    def _finish(self, screen: str) -> None:
        self._on_finished()
        self._desk.go(screen)
