"""Closing the window while something goes on: said first, and done only when it is wanted."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme import Space
from desktop.widgets import Button, Heading, Label

WHAT_HAPPENS = {
    "run": "The run is stopped. Its record says so, and it counts as used: the program may have read rows already.",
    "drafting": "The agent stops. The conversation is on the disk and goes on where it was.",
    "deciding": "Decisions that are still on the way are not kept. All that were made before them are.",
    "looking": "Reading the source stops; nothing of it was decided, so nothing is lost.",
}


class ClosingDialog(QDialog):
    """`close_wanted`: the reviewer read what is going on and closes all the same."""

    close_wanted = Signal()

    def __init__(self, busy: dict[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Close Preceptor?")
        self.setAccessibleName("Close Preceptor?")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.WIDE)
        layout.setSpacing(Space.MEDIUM)
        layout.addWidget(Heading("Something is still going on", level=2))
        for what, sentence in busy.items():
            layout.addWidget(Label(sentence, role="strong"))
            layout.addWidget(Label(WHAT_HAPPENS.get(what.split(" ")[0], "It is stopped.")))
        keep = Button("Keep it open", self.reject, kind="primary")
        keep.setDefault(True)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(Button("Stop and close", self._on_close, kind="danger"))
        row.addWidget(keep)
        layout.addSpacing(Space.SMALL)
        layout.addLayout(row)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 60)
        keep.setFocus()

    def _on_close(self) -> None:
        self.accept()
        self.close_wanted.emit()
