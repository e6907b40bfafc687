"""F1: every key of the window and of the screen that is shown."""

from __future__ import annotations

from importlib import import_module

from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.navigation import SCREENS
from desktop.theme import Space
from desktop.widgets import Button, Heading, Label, scrolled

EVERYWHERE: tuple[tuple[str, str], ...] = (
    *((f"Ctrl+{number}", f"Show {name.capitalize()}") for number, name in enumerate(SCREENS, 1)),
    ("F6", "Go to the next part of the window"),
    ("Shift+F6", "Go to the part before"),
    ("Ctrl+L", "Lock the desk"),
    ("F1", "Show this list"),
    ("Esc", "Close a dialog without doing anything"),
    ("Ctrl+Q", "Close Preceptor"),
)


def shortcuts_of(screen: str) -> tuple[tuple[str, str], ...]:
    """The keys that a screen adds, as it declares them."""
    found: tuple[tuple[str, str], ...] = import_module(f"desktop.{screen}").SHORTCUTS
    return found


class ShortcutsDialog(QDialog):
    """A list, and a button that closes it."""

    def __init__(self, screen: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAccessibleName("Keys")
        inside = QWidget()
        columns = QHBoxLayout(inside)
        columns.setSpacing(Space.PAGE)
        columns.addLayout(_list("Everywhere", EVERYWHERE))
        columns.addLayout(_list(screen.capitalize(), shortcuts_of(screen)))
        area = scrolled(inside)
        area.setAccessibleName("List of keys")
        close = Button("Close", self.accept, kind="primary")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.WIDE)
        layout.setSpacing(Space.LARGE)
        layout.addWidget(Heading("Keys", level=1))
        layout.addWidget(area, 1)
        layout.addLayout(row)
        self.resize(inside.sizeHint().width() + 4 * Space.PAGE, inside.sizeHint().height() + 6 * Space.PAGE)


def _list(title: str, keys: tuple[tuple[str, str], ...]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.addWidget(Heading(title, level=3))
    grid = QGridLayout()
    grid.setHorizontalSpacing(Space.LARGE)
    grid.setVerticalSpacing(Space.SMALL)
    for row, (key, does) in enumerate(keys):
        name, words = Label(key, role="mono"), Label(does)
        name.setWordWrap(False)
        words.setWordWrap(False)
        grid.addWidget(name, row, 0)
        grid.addWidget(words, row, 1)
    grid.setColumnStretch(1, 1)
    column.addLayout(grid)
    column.addStretch(1)
    return column
