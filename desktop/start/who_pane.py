"""Who you are: name, passphrase twice."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.start.pane import Pane
from desktop.start.who import Hints, Who
from desktop.widgets import Button, Label, PassphraseField
from desktop.widgets.form_fields import FormField, set_read_only

_LEAD = "What you sign carries your name and is signed with a key that only your passphrase opens."
_CARE = (
    "The passphrase is asked for whenever you sign. It is kept nowhere, so nobody can recover it: "
    "without it, what you signed stays valid, but you can sign nothing more in this workspace."
)
_INTERRUPTED = (
    "Setting up was interrupted here. If you had chosen a passphrase already, type the same one; it goes on from there."
)
_WIDTH = 44  # letters


class WhoPane(Pane):
    """`typed` with every letter and `wanted` with the button: name, passphrase, and once more."""

    typed = Signal(str, str, str)
    wanted = Signal(str, str, str)
    back_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("Who you are", _LEAD, Button("Make my key", self._on_primary, kind="primary", icon="key"))
        self._name = QLineEdit()
        self._passphrase, self._repeat = PassphraseField("Passphrase"), PassphraseField("Passphrase once more")
        self._fields = (
            FormField("Your name", self._name, letters=_WIDTH),
            FormField("Passphrase", self._passphrase, letters=_WIDTH),
            FormField("Passphrase once more", self._repeat, letters=_WIDTH),
        )
        self._back = Button("Back", self.back_wanted.emit, icon="left")
        self._lay_fields()
        self.add_buttons([self._back], [])

    def show_who(self, who: Who) -> None:
        self.notice.clear()
        self._name.setText(who.name)
        set_read_only(self._name, bool(who.name))
        self._back.setVisible(who.may_go_back)
        self._interrupted.setVisible(who.interrupted)
        self.clear_secrets()

    def show_hints(self, hints: Hints) -> None:
        for field, hint in zip(self._fields, (hints.name, hints.passphrase, hints.repeat), strict=True):
            field.say(hint.text, hint.tone)
        self.set_missing(hints.missing)

    def clear_secrets(self) -> None:
        self._passphrase.clear()
        self._repeat.clear()

    def first_focus(self) -> QWidget:
        return self._passphrase if self._name.isReadOnly() else self._name

    def _lay_fields(self) -> None:
        self._interrupted = Label(_INTERRUPTED, role="strong")
        self.body.addWidget(self._interrupted)
        for field in self._fields:
            self.body.addWidget(field)
        self.body.addWidget(Label(_CARE, role="muted"))
        for line in (self._name, self._passphrase, self._repeat):
            line.textChanged.connect(self._on_typed)

    def _now(self) -> tuple[str, str, str]:
        return self._name.text(), self._passphrase.text(), self._repeat.text()

    def _on_typed(self, _text: str) -> None:
        self.typed.emit(*self._now())

    def _on_primary(self) -> None:
        self.wanted.emit(*self._now())
