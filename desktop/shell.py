"""What an open desk looks like: navigation at the left, one screen, the status line below."""

from __future__ import annotations

from importlib import import_module

from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.desk import Desk
from desktop.navigation import Navigation
from desktop.screen import Screen
from desktop.status import StatusLine


class Shell(QWidget):
    """Screens are built when they are first shown."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__()
        self._desk = desk
        self._screens: dict[str, Screen] = {}
        self.shown = ""
        self.navigation = Navigation(window)
        self.navigation.chosen.connect(self._on_chosen)
        self.navigation.jumped.connect(self._on_jumped)
        self.status = StatusLine()
        self._pages = QStackedWidget()
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(self._pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(self.status)

    def go(self, name: str, place: dict[str, str]) -> None:
        """Show a screen; the one before is left, the keyboard goes where the new one wants it."""
        screen = self.screen_named(name)
        if self.shown and self.shown != name:
            self._screens[self.shown].presenter.leave()
        self.shown = name
        self.navigation.show_current(name)
        self._pages.setCurrentWidget(screen)
        screen.presenter.arrive(place)
        if not self.navigation.hasFocus():
            self.focus_screen()

    def screen_named(self, name: str) -> Screen:
        if name not in self._screens:
            screen: Screen = import_module(f"desktop.{name}").build(self._desk)
            self._screens[name] = screen
            self._pages.addWidget(screen)
        return self._screens[name]

    def lock(self) -> None:
        """Every screen drops what it shows of results."""
        for screen in self._screens.values():
            screen.presenter.lock()

    def standing_changed(self) -> None:
        for screen in self._screens.values():
            screen.presenter.standing_changed()

    def focus_screen(self) -> None:
        """The keyboard goes where the shown screen wants it, and is never nowhere."""
        wanted = self._screens[self.shown].first_focus()
        if wanted is not None:
            wanted.setFocus()
        now = QApplication.focusWidget()
        if now is None or not now.isVisible():
            self.navigation.setFocus()

    def _on_chosen(self, name: str) -> None:
        self.go(name, {})

    def _on_jumped(self, name: str) -> None:
        """Its keys work in the whole window; where no screen is shown, they do nothing."""
        if self.isVisible():
            self.go(name, {})
            self.focus_screen()
