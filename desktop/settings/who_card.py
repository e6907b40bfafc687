"""Who you are: the name that signs, the fingerprint to compare, the PIN."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from desktop.settings.facts import Facts
from desktop.settings.fields import grouped
from desktop.theme import Space
from desktop.widgets import Button, Card, Label
from sandbox.reviewing.orders.settings import SettingsShown

_HELP = (
    "Whoever checks what you signed compares this fingerprint. Give it to them by a way that they trust, "
    "such as reading it to them. A name can't be changed: signatures carry it."
)
_PIN = "A PIN unlocks an idle desk. Signing always asks for the passphrase."


class WhoCard(Card):
    """`copied` comes with a sentence; `pin_wanted` and `no_pin_wanted` ask for the dialogs."""

    copy_wanted = Signal(str, str)
    pin_wanted = Signal()
    no_pin_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("Who you are", _HELP)
        self._shown: SettingsShown | None = None
        self._facts = Facts("Who you are")
        self.fingerprint = Button("Copy the fingerprint", self._on_fingerprint, icon="copy")
        self._public = Button("Copy the public key", self._on_public, icon="copy")
        self._pin_words = Label(role="muted")
        self._pin = Button("Set a PIN…", self.pin_wanted.emit, icon="lock")
        self._no_pin = Button("Take the PIN away…", self.no_pin_wanted.emit, kind="quiet")
        self.body.addWidget(self._facts)
        self.body.addLayout(_row(self.fingerprint, self._public))
        self.body.addSpacing(Space.SMALL)
        self.body.addWidget(self._pin_words)
        self.body.addLayout(_row(self._pin, self._no_pin))

    def show_who(self, shown: SettingsShown, reviewer: str) -> None:
        self._shown = shown
        facts = (("Name", reviewer), ("Fingerprint", grouped(shown.fingerprint)))
        self._facts.show_facts(facts, mono=("Fingerprint",))
        self._public.setEnabled(bool(shown.public_key))
        is_set = "A PIN is set." if shown.has_pin else "No PIN is set, so the passphrase unlocks too."
        self._pin_words.setText(f"{_PIN} {is_set}")
        self._pin.setText("Change the PIN…" if shown.has_pin else "Set a PIN…")
        self._pin.setAccessibleName(self._pin.text())
        self._no_pin.setVisible(shown.has_pin)

    def _on_fingerprint(self) -> None:
        if self._shown is not None:
            self.copy_wanted.emit(self._shown.fingerprint, "The fingerprint is copied.")

    def _on_public(self) -> None:
        if self._shown is not None:
            self.copy_wanted.emit(self._shown.public_key, "The public key is copied.")


def _row(*buttons: Button) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(Space.SMALL)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row
