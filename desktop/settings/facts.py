"""Facts that can be read and copied but not changed: a name, and what it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.theme import Space
from desktop.widgets import Label
from desktop.widgets.emptying import empty

_NAMES = 26  # letters


class Facts(QWidget):
    """Two columns. Values can be marked and copied; `mono` names those that are read letter by letter."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.LARGE)
        self._grid.setVerticalSpacing(Space.SMALL)
        self._grid.setColumnMinimumWidth(0, self.fontMetrics().averageCharWidth() * _NAMES)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Sequence[tuple[str, str]], mono: Sequence[str] = ()) -> None:
        empty(self._grid)
        for row, (name, value) in enumerate(facts):
            text = Label(value, role="mono" if name in mono else "body", selectable=True)
            text.setAccessibleName(f"{name}: {value}")
            heading = Label(name, role="muted")
            self._grid.addWidget(heading, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(text, row, 1)
            heading.show()
            text.show()
