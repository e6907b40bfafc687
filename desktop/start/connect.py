"""Connecting a first source of one's own: what it is called, where it is, its login. No Qt in here."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath
from typing import Protocol

from desktop.desk import Desk
from desktop.words import missing
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.data import AddSource, SourceList


class ConnectView(Protocol):
    def show_form(self) -> None: ...

    def suggest_name(self, name: str) -> None: ...

    def set_missing(self, sentence: str) -> None:
        """What has to be filled in first; empty when it can be connected."""

    def set_busy(self, sentence: str) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...

    def clear_secrets(self) -> None: ...


class ConnectPresenter:
    """`done` hears that the source is connected."""

    def __init__(self, view: ConnectView, desk: Desk, done: Callable[[], None]) -> None:
        self._view = view
        self._desk = desk
        self._done = done
        self._suggested = ""
        self._busy = False

    def enter(self) -> None:
        self._suggested = ""
        self._view.show_form()
        self._view.set_missing(_missing("", ""))

    def typed(self, name: str, location: str) -> None:
        """The name follows the place until somebody types another."""
        if name == self._suggested:
            name = suggested_name(location)
            if name != self._suggested:
                self._suggested = name
                self._view.suggest_name(name)
        self._view.set_missing(_missing(name, location))

    def connect(self, name: str, location: str, login: str) -> None:
        """Connect; a second press meanwhile, or an empty field, does nothing."""
        if self._busy or _missing(name, location):
            return
        self._set_busy("Connecting…")
        order = AddSource(name=name.strip(), location=location.strip(), login=login or None)
        self._desk.asks.ask(order, self._connected, self._failed)

    def _connected(self, _: SourceList) -> None:
        self._set_busy("")
        self._view.clear_secrets()
        self._done()

    def _failed(self, problem: PreceptorError) -> None:
        self._set_busy("")
        self._view.show_problem(problem)

    def _set_busy(self, sentence: str) -> None:
        self._busy = bool(sentence)
        self._view.set_busy(sentence)


def _missing(name: str, location: str) -> str:
    return missing("" if location.strip() else "where it is", "" if name.strip() else "a name")


def suggested_name(location: str) -> str:
    """A short name out of the file's or folder's own: letters, digits, `-` and `_`."""
    stem = PurePath(location.strip()).stem if location.strip() else ""
    return re.sub(r"[^a-z0-9_-]+", "_", stem.lower()).strip("_")[:32]
