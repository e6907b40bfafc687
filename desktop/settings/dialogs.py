"""The dialogs that take secrets: the PIN, and the model's key. What is typed is kept nowhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.widgets import FormDialog, PassphraseField
from desktop.words import missing

_PIN_HELP = "Four digits or more. After five wrong ones the passphrase is asked for."


class PinDialog(FormDialog):
    """`done` gets the passphrase and the PIN."""

    def __init__(self, parent: QWidget, done: Callable[[str, str, FormDialog], None]) -> None:
        super().__init__("Set the PIN", parent, primary="Set the PIN", icon="lock")
        self._done = done
        self._passphrase = PassphraseField("Passphrase")
        self._pin, self._repeat = PassphraseField("PIN"), PassphraseField("PIN once more")
        self.add("Passphrase", self._passphrase, "It shows that it is you.")
        self.add("PIN", self._pin, _PIN_HELP)
        self.add("PIN once more", self._repeat)
        for line in (self._passphrase, self._pin, self._repeat):
            line.textChanged.connect(self._on_typed)
        self._on_typed("")
        self.accepted_form.connect(self._on_accepted)

    def _on_typed(self, _text: str) -> None:
        passphrase, pin, repeat = self._passphrase.text(), self._pin.text(), self._repeat.text()
        if pin and repeat and pin != repeat:
            self.set_missing("The two PINs are not the same.")
            return
        first = "" if passphrase else "your passphrase"
        self.set_missing(missing(first, "" if pin else "a PIN", "" if repeat else "the PIN once more"))

    def _on_accepted(self) -> None:
        self._done(self._passphrase.text(), self._pin.text(), self)


class NoPinDialog(FormDialog):
    """`done` gets the passphrase and an empty PIN."""

    def __init__(self, parent: QWidget, done: Callable[[str, str, FormDialog], None]) -> None:
        super().__init__("Take the PIN away", parent, primary="Take the PIN away", icon="lock")
        self._done = done
        self.add_text("From then on an idle desk asks for your passphrase.")
        self._passphrase = PassphraseField("Passphrase")
        self.add("Passphrase", self._passphrase)
        self._passphrase.textChanged.connect(self._on_typed)
        self._on_typed("")
        self.accepted_form.connect(self._on_accepted)

    def _on_typed(self, text: str) -> None:
        self.set_missing(missing("" if text else "your passphrase"))

    def _on_accepted(self) -> None:
        self._done(self._passphrase.text(), "", self)


class KeyDialog(FormDialog):
    """`done` gets the key."""

    def __init__(self, parent: QWidget, address: str, store: str, done: Callable[[str, FormDialog], None]) -> None:
        super().__init__("Store the model's key", parent, primary="Store the key", icon="key")
        self._done = done
        self._key = PassphraseField("Key")
        self.add_text(f"It goes into the {store}, and is sent to {address} only.")
        self.add("Key", self._key, "As its provider gave it to you.")
        self._key.textChanged.connect(self._on_typed)
        self._on_typed("")
        self.accepted_form.connect(self._on_accepted)

    def _on_typed(self, text: str) -> None:
        self.set_missing(missing("" if text.strip() else "the key"))

    def _on_accepted(self) -> None:
        self._done(self._key.text(), self)


class NoKeyDialog(FormDialog):
    """`done` gets an empty key."""

    def __init__(self, parent: QWidget, address: str, done: Callable[[str, FormDialog], None]) -> None:
        super().__init__("Forget the model's key", parent, primary="Forget the key", icon="key")
        self._done = done
        self.add_text(f"The key for {address} is removed from this computer. Its provider may still accept it.")
        self.accepted_form.connect(self._on_accepted)

    def _on_accepted(self) -> None:
        self._done("", self)
