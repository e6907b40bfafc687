"""An approval that may run: what would run, what it may read, and the button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.review.flow import FlowRow
from desktop.runs.facts import Offer
from desktop.runs.named_lines import NamedLines
from desktop.theme import Space
from desktop.widgets import Button, Card, Heading, Label


class OfferPane(QWidget):
    """Shows an `Offer`; `run` and `review` are called when the reviewer wants so."""

    def __init__(self, run: Callable[[], None], review: Callable[[], None]) -> None:
        super().__init__()
        self._title, self._sentence = Heading("", 2), Label(role="muted")
        self._lines = NamedLines("What runs")
        self._refused = Label()
        self._run = Button("Run this program", run, kind="primary", icon="play", shortcut="Ctrl+Return")
        card = Card()
        card.body.addWidget(self._lines)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.MEDIUM)
        layout.addWidget(self._title)
        layout.addWidget(self._sentence)
        layout.addWidget(card)
        layout.addWidget(FlowRow(self._run, Button("Read it once more", review, icon="review")))
        layout.addWidget(self._refused)
        layout.addStretch(1)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_offer(self, offer: Offer) -> None:
        self._title.setText(offer.title)
        self._sentence.setText(offer.sentence)
        self._lines.set_lines(offer.lines)
        self._run.setEnabled(not offer.refused)
        self._run.setAccessibleDescription(offer.refused)
        self._refused.setText(offer.refused)
        self._refused.setVisible(bool(offer.refused))
