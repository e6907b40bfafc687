"""Checking an audit bundle: which folder, whose key is trusted, and what was found."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.records.facts import CheckItem, Verdict
from desktop.records.verifying import Trust
from desktop.theme import BIG_ICON, Space
from desktop.widgets import Busy, Button, Card, Column, Heading, Label, PathField, RowsTable, Segments, announce
from desktop.widgets.cards import Picture

Verify = Callable[[str, Trust, str], None]
_TRUST: tuple[tuple[Trust, str], ...] = (("own", "My own key"), ("key", "A key I name"), ("nobody", "No key"))


class VerifyPane(QWidget):
    """`verify` is called with the folder, whose key is trusted, and that key."""

    def __init__(self, verify: Verify) -> None:
        super().__init__()
        self._verify = verify
        self._path = PathField("Bundle", "folder")
        self._trust = Segments("Trusted key", _TRUST)
        self._key = PathField("Fingerprint or public key file", "file", "Public keys (*.pem *.pub);;All files (*)")
        self._key_name = Label("Its fingerprint, or the public key's file")
        self._busy = Busy()
        self._check = Button("Verify", self._on_verify, kind="primary", icon="verify")
        self._found = VerdictPane()
        self._trust.changed.connect(self._on_trust)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.LARGE)
        layout.addWidget(self._form())
        layout.addWidget(self._found, 1)
        layout.addStretch(0)
        self._on_trust("own")
        self._found.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field verifies."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._check.isEnabled():
            self._on_verify()
        else:
            super().keyPressEvent(event)

    def fill_in(self, path: str, trust: Trust) -> None:
        self._path.set_path(path)
        self._trust.set_value(trust)
        self._on_trust(trust)

    def show_verifying(self, sentence: str) -> None:
        self._check.setEnabled(not sentence)
        if sentence:
            self._busy.start(sentence)
        else:
            self._busy.stop()

    def show_verdict(self, found: Verdict | None) -> None:
        self._found.setVisible(found is not None)
        if found is not None:
            self._found.show_verdict(found)

    def first_focus(self) -> QWidget:
        return self._path

    def _form(self) -> Card:
        card = Card("Which bundle?", "The folder that holds VERIFY.txt: one of yours, or one that you were given.")
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        row.addWidget(self._path, 1)
        row.addWidget(self._check)
        card.body.addLayout(row)
        card.body.addSpacing(Space.SMALL)
        card.body.addWidget(Label("Whose signature do you trust?", role="strong"))
        card.body.addWidget(self._trust)
        card.body.addWidget(self._key_name)
        card.body.addWidget(self._key)
        card.body.addWidget(self._busy)
        return card

    def _on_trust(self, trust: str) -> None:
        self._key.setVisible(trust == "key")
        self._key_name.setVisible(trust == "key")

    def _on_verify(self) -> None:
        self._verify(self._path.path(), self._trust.value(), self._key.path())  # type: ignore[arg-type]


class VerdictPane(QWidget):
    """The verdict in large words, then every check, failing first."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = Picture("verify", BIG_ICON)
        self._headline = Heading("", 2)
        self._sentence, self._explanation = Label(), Label()
        self._fingerprint = Label(role="mono", selectable=True)
        self._fingerprint.setAccessibleName("Fingerprint of the key that signed")
        self._held = Label(role="muted")
        self._checks = RowsTable[CheckItem](
            "What was checked",
            [
                Column("", lambda row: row.word, icon=lambda row: row.icon, tone=lambda row: row.tone),
                Column("What", lambda row: row.name),
                Column("Found", lambda row: row.sentence, stretch=True, tip=lambda row: row.sentence),
            ],
            copyable=True,
        )
        words = QVBoxLayout()
        words.setSpacing(Space.TIGHT)
        for label in (self._headline, self._sentence, self._explanation, self._fingerprint):
            words.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(Space.LARGE)
        head.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.MEDIUM)
        layout.addLayout(head)
        layout.addWidget(self._held)
        layout.addWidget(self._checks, 1)

    def show_verdict(self, found: Verdict) -> None:
        self._picture.set_picture(found.icon, found.tone)
        self._headline.setText(found.headline)
        for label, text in ((self._sentence, found.sentence), (self._explanation, found.explanation)):
            label.setText(text)
            label.setVisible(bool(text))
        self._fingerprint.setText(f"Fingerprint {found.fingerprint}")
        self._fingerprint.setVisible(bool(found.fingerprint))
        self._held.setText(found.held)
        self._checks.set_rows(found.checks, key=lambda row: (row.name, row.sentence))
        announce(self, f"{found.headline}. {found.held}.")
