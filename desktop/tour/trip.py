"""One trip through the window: whose hand, where the pictures go, and what the demo's reviewer would say."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget

from desktop.tour.album import Album
from desktop.tour.eyes import reads
from desktop.tour.hand import Hand
from desktop.window import Window
from sandbox.reviewing.orders.starting import DemoScript


class Trip:
    """`album` None: no pictures are taken. `proved` collects one sentence a chapter."""

    def __init__(self, window: Window, passphrase: str, album: Album | None = None) -> None:
        self.window = window
        self.passphrase = passphrase
        self.hand = Hand(window)
        self.proved: list[str] = []
        self._album = album
        self._kept: list[Window] = []

    @property
    def script(self) -> DemoScript:
        """The reviewer's half of the recorded conversation."""
        script = self.window.standing.demo
        assert script is not None
        return script

    def picture(self, name: str, of: QWidget | None = None) -> None:
        if self._album is not None:
            self._album.take(name, of)

    def see(self, text: str, patience: float = 120.0) -> None:
        """Wait until the text stands on the screen."""
        self.hand.wait(lambda: reads(text), f"{text!r} on the screen", patience)

    def until(self, come: Callable[[], object], what: str) -> None:
        self.hand.wait(come, what)

    def dialog_is_over(self) -> None:
        self.hand.wait(lambda: QApplication.activeModalWidget() is None, "the dialog closes")

    def back_in_front(self) -> None:
        """The window is the active one again, as a window manager makes it when another one has closed."""
        self.window.raise_()
        self.window.activateWindow()
        self.hand.wait(self.window.isActiveWindow, "the window is in front again")

    def screen(self, name: str) -> None:
        """To a screen by its key, and until it has heard what it asked for."""
        from desktop.navigation import SCREENS

        self.hand.press(f"Ctrl+{SCREENS.index(name) + 1}")
        self.arrived(name)

    def arrived(self, name: str) -> None:
        """The screen is shown, and has heard what it asked for."""
        self.hand.wait(lambda: self.window.shell.shown == name, f"the screen {name}")
        self.hand.wait(lambda: self.window.asks.waiting_longest() == ("", 0.0), "an answer to every order")

    def keep(self, window: Window) -> None:
        """A closed window is kept until the end; Qt's widgets do not like to be collected one by one."""
        self._kept.append(window)

    def prove(self, sentence: str) -> None:
        self.proved.append(sentence)
