"""A person at the keyboard: presses keys, writes, tabs to what has a name, and waits for what can be seen."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from sandbox.errors import Fault

MOST_TABS = 150
MOST_OPTIONS = 10
PATIENCE = 120.0  # seconds; a wait says what did not come
SETTLED = 2.0  # seconds until a window is in front


class Hand:
    """Keys go to whatever has the focus, in the active window, as from a keyboard."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    @property
    def focus(self) -> QWidget:
        """Where a key goes."""
        found = QApplication.focusWidget() or self.active.focusWidget()
        return found if found is not None and found.isVisible() else self.active

    @property
    def active(self) -> QWidget:
        """The dialog in front, or the window."""
        found = QApplication.activeModalWidget() or QApplication.activeWindow()
        return found if found is not None and found.isVisible() else self._window

    def press(self, keys: str, times: int = 1) -> None:
        """Press a key or a combination such as `Ctrl+Return`."""
        combination = QKeySequence(keys)[0]  # type: ignore[index]  # PySide6 has it, its stubs do not
        for _ in range(times):
            QTest.keyClick(self.focus, combination.key(), combination.keyboardModifiers())
            self.breathe()

    def write(self, text: str) -> None:
        """Type a text, letter by letter; a line break is what Enter makes of it."""
        for letter in text:
            if letter == "\n":
                QTest.keyClick(self.focus, Qt.Key.Key_Return)
            else:
                QTest.keyClicks(self.focus, letter)
        self.breathe()

    def go_to(self, name: str) -> QWidget:
        """Tab to the widget with that accessible name (or the start of it); `Fault` when Tab never comes there."""
        for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            for _ in range(MOST_TABS):
                if name_of(self.focus).startswith(name) and self.focus.isVisible():
                    return self.focus
                QTest.keyClick(self.focus, key, _tabbing(self.focus))
                self.breathe()
        raise Fault(f"The keyboard does not reach {name!r}; it is at {name_of(self.focus)!r}.")

    def fill(self, name: str, text: str) -> None:
        """Go to a field and put the text in place of what is there."""
        self.go_to(name)
        self.press("Ctrl+A")
        self.write(text)

    def push(self, name: str) -> None:
        """Go to a button and press it."""
        button = self.go_to(name)
        self.wait(button.isEnabled, f"{name!r} can be pressed")
        self.press("Space")

    def choose(self, name: str, option: str) -> None:
        """In a row of alternatives: Tab to the row, arrows to the option."""
        self.go_to(name)
        for key in ("Right", "Left"):
            for _ in range(MOST_OPTIONS):
                if name_of(self.focus).endswith(option):
                    self.press("Space")
                    return
                self.press(key)
        raise Fault(f"The keyboard finds no {option!r} in {name!r}.")

    def wait(self, come: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
        """Let the window work until it has come; `Fault` names what did not."""
        until = time.monotonic() + patience
        while not come():
            if time.monotonic() > until:
                raise Fault(f"This did not come: {what}; the keyboard is at {name_of(self.focus)!r}.")
            QTest.qWait(15)
        self.breathe()

    def breathe(self) -> None:
        """Let the window take in what was done; after a dialog has closed, do what a window manager would."""
        QApplication.processEvents()
        until = time.monotonic() + SETTLED
        while self._window.isVisible() and not _is_in_front() and time.monotonic() < until:
            self.active.activateWindow()
            QTest.qWait(5)


def name_of(widget: QWidget) -> str:
    """The name that a screen reader would say."""
    interface = QAccessible.queryAccessibleInterface(widget)
    found = interface.text(QAccessible.Text.Name) if interface is not None else ""
    return (found or widget.accessibleName()).replace("&", "")


def _is_in_front() -> bool:
    front = QApplication.activeWindow()
    return front is not None and front.isVisible()


def _tabbing(widget: QWidget) -> Qt.KeyboardModifier:
    """A text that takes Tab for itself is left with Ctrl+Tab."""
    takes_tab = getattr(widget, "tabChangesFocus", None)
    if takes_tab is not None and not takes_tab() and not getattr(widget, "isReadOnly", lambda: False)():
        return Qt.KeyboardModifier.ControlModifier
    return Qt.KeyboardModifier.NoModifier
