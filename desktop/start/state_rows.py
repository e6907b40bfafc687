"""Lines with a state: done, now, to come, failed; each by an icon and in the accessible name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme import ICON, Space
from desktop.widgets import Label
from desktop.widgets.cards import Picture
from desktop.widgets.emptying import empty

RowState = Literal["done", "now", "to come", "failed"]

_PICTURES = {
    "done": ("good", "good"),
    "now": ("right", "accent"),
    "to come": ("clock", "faint"),
    "failed": ("warn", "warn"),
}


class StateRows(QWidget):
    """Nothing in it takes the focus."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(Space.MEDIUM)

    def show_rows(self, rows: Sequence[tuple[RowState, str]]) -> None:
        empty(self._rows)
        for state, text in rows:
            row = _row(state, text)
            self._rows.addWidget(row)
            row.show()

    def texts(self) -> list[str]:
        """What a screen reader finds, line by line."""
        return [row.accessibleName() for row in self.children() if isinstance(row, QWidget) and not row.isHidden()]


def _row(state: RowState, text: str) -> QWidget:
    widget = QWidget()
    widget.setAccessibleName(f"{text}: {state}")
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.SMALL)
    row.addWidget(Picture(_PICTURES[state][0], ICON, _PICTURES[state][1]), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(Label(text, role="strong" if state in ("now", "failed") else "muted"), 1)
    return widget
