"""The first page: what this is, and two ways to begin."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout

from desktop.start.flow_picture import FlowPicture
from desktop.start.pane import Pane
from desktop.start.presenter import Welcome
from desktop.theme import Space
from desktop.widgets import Button, Card, Label
from desktop.widgets.form_fields import Hint

_SENTENCES = "The agent can talk but cannot see.\nThe program can see but cannot talk."
_LEAD = (
    "An agent writes your analysis programs without ever seeing a patient. You read them and sign. "
    "Only then do they run, on this computer, and only you see what comes out."
)

_NARROW = 100  # letters


class WelcomePane(Pane):
    """`chosen` comes with "throwaway" or "os"; `look_again` asks the keyring once more."""

    chosen = Signal(str)
    look_again = Signal()

    def __init__(self) -> None:
        super().__init__(
            _SENTENCES, _LEAD, Button("Open the made-up hospital", self._on_demo, kind="primary", icon="play")
        )
        self._own = Button("Set it up for my own data", self._on_own, icon="key")
        self._keyring = Hint()
        self._again = Button("Look for the keyring again", self.look_again.emit, kind="quiet", icon="reload")
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(Space.LARGE)
        self._cards.addWidget(self._demo_card(), 1)
        self._cards.addWidget(self._own_card(), 1)
        self.body.addWidget(FlowPicture())
        self.body.addLayout(self._cards)

    def show_welcome(self, welcome: Welcome) -> None:
        missing = bool(welcome.keyring)
        self._own.setEnabled(not missing)
        self._own.setAccessibleDescription(welcome.keyring)
        way_out = " Unlock it, or have one installed (such as gnome-keyring), then look again."
        self._keyring.say(welcome.keyring + way_out if missing else "", "warn")
        self._again.setVisible(missing)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room, else one below the other."""
        super().resizeEvent(event)
        narrow = self.width() < self.fontMetrics().averageCharWidth() * _NARROW
        directions = QBoxLayout.Direction
        self._cards.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)

    def _demo_card(self) -> Card:
        card = Card("Look at it with a made-up hospital", "Two minutes; its patients are invented")
        for text in (
            "You ask, review, sign and run, just as with real data; a recording plays the model.",
            "Only made-up data can be connected there, because its secrets go to a throwaway store "
            "that protects nothing. Your own data gets a workspace of its own later.",
        ):
            card.body.addWidget(Label(text))
        card.body.addStretch(1)
        card.body.addWidget(self.primary)
        return card

    def _own_card(self) -> Card:
        card = Card("Set it up for my own data", "DuckDB, Parquet or CSV files that you may read")
        for text in (
            "You become the reviewer: nothing runs on your data that you have not read and signed.",
            "Logins and keys go to the operating system's keyring, and nowhere else.",
        ):
            card.body.addWidget(Label(text))
        card.body.addWidget(self._keyring)
        card.body.addWidget(self._again)
        card.body.addStretch(1)
        card.body.addWidget(self._own)
        return card

    def _on_demo(self) -> None:
        self.chosen.emit("throwaway")

    def _on_own(self) -> None:
        self.chosen.emit("os")
