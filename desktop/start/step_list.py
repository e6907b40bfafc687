"""The steps at the left: what is done, what is now, what is to come."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desktop.start.state_rows import StateRows
from desktop.start.steps import Listed
from desktop.theme import Space
from desktop.widgets import Heading, Label, announce
from desktop.widgets.cards import Picture

WIDTH = 30  # letters


class StepList(QFrame):
    """Nothing in it takes the focus; the step of now is also its accessible name."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("step-list")
        self.setFixedWidth(self.fontMetrics().averageCharWidth() * WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.WIDE, Space.PAGE, Space.LARGE, Space.LARGE)
        layout.setSpacing(Space.WIDE)
        layout.addLayout(_name())
        self.rows = StateRows()
        layout.addWidget(self.rows)
        layout.addStretch(1)
        self._root = Label(role="small")
        layout.addWidget(self._root)

    def show_steps(self, steps: tuple[Listed, ...], root: str) -> None:
        """A path may break anywhere, so that a long one fits."""
        self.rows.show_rows([(step.state, step.title) for step in steps])
        self._root.setText("Everything is kept in\n" + root.replace("/", "/\u200b"))
        now = next((place for place, step in enumerate(steps) if step.state == "now"), None)
        if now is not None:
            of = f" of {len(steps)}" if now else ""  # on the first page the way is not chosen yet
            self.setAccessibleName(f"Step {now + 1}{of}: {steps[now].title}")
            announce(self, self.accessibleName())


def _name() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(Space.SMALL)
    row.addWidget(Picture("preceptor", Space.WIDE, "accent"))
    row.addWidget(Heading("Preceptor", level=2), 1)
    return row
