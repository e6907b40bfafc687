"""The two forms of the records: voiding an approval, and making its bundle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.widgets import FormDialog, PassphraseField, PathField
from desktop.words import missing


class RevokeForm(FormDialog):
    """`revoke` is called with the reason and the passphrase."""

    def __init__(self, title: str, revoke: Callable[[str, str], None], parent: QWidget) -> None:
        super().__init__(f"Revoke “{title}”", parent, primary="Revoke", icon="warn", danger=True)
        self._revoke = revoke
        self._reason, self._passphrase = QLineEdit(), PassphraseField()
        self.add_text(
            "From now on it runs no more. What it signed, and what ran under it, stays in the records. "
            "This can't be taken back: to run the draft again, sign it again."
        )
        self.add("Reason", self._reason, "It stands in the record, so name no patient.")
        self.add("Passphrase", self._passphrase)
        self._reason.textChanged.connect(self._on_changed)
        self._passphrase.textChanged.connect(self._on_changed)
        self.accepted_form.connect(self._on_accepted)
        self._on_changed()
        self._reason.setFocus()

    def _on_changed(self) -> None:
        reason = "" if self._reason.text().strip() else "a reason"
        self.set_missing(missing(reason, "" if self._passphrase.text() else "your passphrase"))

    def _on_accepted(self) -> None:
        self.busy("Signing the revocation …")
        self._revoke(self._reason.text().strip(), self._passphrase.take())


class BundleForm(FormDialog):
    """`make` is called with the path of the new folder."""

    def __init__(self, title: str, make: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(f"Bundle for “{title}”", parent, primary="Make the bundle", icon="export")
        self._make = make
        self._to = PathField("New folder", "new folder")
        self._to.set_path(str(Path.home() / f"audit-bundle-{date.today().isoformat()}"))
        self.add_text(
            "The approval with its evidence, in a folder that a stranger can check, without Preceptor too. "
            "It holds no patient data: every file is looked through for patients before it is written."
        )
        self.add("New folder", self._to, "It must not exist yet; the folder it is in must.")
        self._to.changed.connect(self._on_changed)
        self.accepted_form.connect(self._on_accepted)
        self._to.setFocus()

    def _on_changed(self, path: str) -> None:
        self.set_missing(missing("" if path.strip() else "the new folder"))

    def _on_accepted(self) -> None:
        self.busy("Looking through every file for patients, then writing the bundle …")
        self._make(self._to.path())
