"""The model: where it is, what leaves this computer for it, and its key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from desktop.settings.fields import Field
from desktop.settings.fields_card import FieldsCard
from desktop.settings.presenter import ModelFacts
from desktop.theme import ICON, Space
from desktop.widgets import Button, Label
from desktop.widgets.cards import Picture


class ModelCard(FieldsCard):
    """`key_wanted` and `no_key_wanted` ask for the dialogs."""

    key_wanted = Signal()
    no_key_wanted = Signal()

    def __init__(self, fields: Sequence[Field]) -> None:
        super().__init__("Model", "Whom the agent's side of the conversation is with.", fields)
        self._place, self._key, self._why_not = Label(), Label(role="muted"), Label(role="small")
        self._store = Button("Store a key…", self.key_wanted.emit, icon="key")
        self._forget = Button("Forget the key…", self.no_key_wanted.emit, kind="quiet")
        place = QHBoxLayout()
        place.setSpacing(Space.SMALL)
        place.addWidget(Picture("send", ICON, "muted"))
        place.addWidget(self._place, 1)
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        row.addWidget(self._store)
        row.addWidget(self._forget)
        row.addStretch(1)
        self.body.addSpacing(Space.SMALL)
        self.body.addLayout(place)
        self.body.addWidget(self._key)
        self.body.addLayout(row)
        self.body.addWidget(self._why_not)

    def show_model(self, model: ModelFacts) -> None:
        self._place.setText(model.place)
        self._key.setText(model.key)
        self._store.setText("Store another key…" if model.has_key else "Store a key…")
        self._store.setAccessibleName(self._store.text())
        self._store.setEnabled(not model.why_not)
        self._store.setAccessibleDescription(model.why_not)
        self._forget.setVisible(model.has_key)
        self._forget.setEnabled(not model.why_not)
        self._why_not.setText(model.why_not)
        self._why_not.setVisible(bool(model.why_not) and not model.is_recording)
        self._store.setVisible(not model.is_recording)
        self.set_read_only(model.is_recording)
