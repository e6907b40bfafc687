"""The one theme of the process: follows the system, and tells when colours changed."""

from __future__ import annotations

from functools import cache
from typing import Literal
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPalette, QStyleHints
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget
from shiboken6 import isValid

from .colours import Colours, dark, from_palette, is_high_contrast, light
from .palettes import palette_of
from .sheet import sheet

Choice = Literal["light", "dark", "system"]


class Theme(QObject):
    """`changed` is emitted after palette and style sheets are those of the new colours.

    Sheets belong to windows and not to the application: there, each widget of a screen is styled once for every parent
    that it gets on its way into the window (measured: four times as long until a screen is built).
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._choice: Choice = "system"
        self._app: QApplication | None = None
        self._hints: QStyleHints | None = None
        self._system = QPalette()
        self._dressed: WeakSet[QWidget] = WeakSet()
        self.colours = light()

    def apply(self, app: QApplication) -> None:
        """Fusion on every system, our palette, and follow the system from now on. Once is enough."""
        if self._app is app:
            return
        self._app = app
        app.setStyle(QStyleFactory.create("Fusion"))
        self._hints = app.styleHints()  # held: PySide takes what belongs to it (`accessibility`) away with it
        self._hints.colorSchemeChanged.connect(self._on_system_changed)
        self._hints.accessibility().contrastPreferenceChanged.connect(self._on_system_changed)
        self._on_system_changed()

    def dress(self, window: QWidget) -> None:
        """Our style sheet for a window and its dialogs, from now on."""
        self._dressed.add(window)
        window.setStyleSheet(sheet(self.colours))

    def use(self, choice: Choice) -> None:
        """Light, dark, or as the system has it."""
        self._choice = choice
        self._refresh()

    @property
    def choice(self) -> Choice:
        return self._choice

    def _on_system_changed(self, _how: object = None) -> None:
        if self._app is not None:
            self._app.setPalette(QPalette())  # back to the system's own, to see what that is now
            self._system = QPalette(self._app.palette())
        self._refresh()

    def _refresh(self) -> None:
        self.colours = self._wanted()
        if self._app is not None:
            self._app.setPalette(self._system if self.colours.high_contrast else palette_of(self.colours))
        for window in self._dressed:
            if isValid(window):
                window.setStyleSheet(sheet(self.colours))
        self.changed.emit()

    def _wanted(self) -> Colours:
        if self._choice != "system":
            return dark() if self._choice == "dark" else light()
        if self._hints is None:
            return light()
        asked_for = self._hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast
        if asked_for or is_high_contrast(self._system):
            return from_palette(self._system)
        return dark() if self._hints.colorScheme() is Qt.ColorScheme.Dark else light()


@cache
def theme() -> Theme:
    """The theme of this process."""
    return Theme()


def apply(app: QApplication) -> None:
    """Fusion on every system, our palette, following the system from now on."""
    theme().apply(app)


def dress(window: QWidget) -> None:
    """Our style sheet for a window and its dialogs, from now on."""
    theme().dress(window)


def use(choice: Choice) -> None:
    """Light, dark, or as the system has it."""
    theme().use(choice)


def colours() -> Colours:
    """The colours of now. Ask again after `theme().changed`."""
    return theme().colours
