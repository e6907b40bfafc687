"""Named facts, one under the other: the name muted at the left, the text beside it. Foreign text stays plain."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.runs.emptying import empty
from desktop.theme import Space
from desktop.widgets import Label


class NamedLines(QWidget):
    """With `selectable` the texts can be marked and copied: for records, never for results."""

    def __init__(self, name: str, selectable: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._selectable = selectable
        self._lines: tuple[tuple[str, str], ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.WIDE)
        self._grid.setVerticalSpacing(Space.SMALL)
        self._grid.setColumnStretch(1, 1)

    def set_lines(self, lines: tuple[tuple[str, str], ...]) -> None:
        if lines == self._lines:
            return
        self._lines = lines
        empty(self._grid)
        for row, (name, text) in enumerate(lines):
            self._grid.addWidget(self._name(name), row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(self._text(name, text), row, 1)

    def _name(self, name: str) -> Label:
        label = Label(name, role="muted")
        label.setWordWrap(False)
        return label

    def _text(self, name: str, text: str) -> Label:
        label = Label(text, selectable=self._selectable)
        label.setAccessibleName(f"{name}: {text}")
        return label
