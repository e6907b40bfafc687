"""The form that stands before anything of the results leaves: where to, for whom, on whose authority."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.runs.results_presenter import AUDIENCES, ExportOffer, Release
from desktop.widgets import FormDialog, PassphraseField, PathField, Segments
from desktop.words import missing

_HELP_AUTHORITY = "The approval, determination or policy behind it, such as an IRB number."
_FILTERS = {".csv": "CSV (*.csv)", ".png": "PNG (*.png)"}


class ExportForm(FormDialog):
    """`sign` is called with what was filled in; what is missing, the engine names."""

    def __init__(self, offer: ExportOffer, sign: Callable[[ExportOffer, Release], None], parent: QWidget) -> None:
        super().__init__(f"Export the {offer.kind} “{offer.name}”", parent, primary="Sign and export", icon="export")
        self.setWindowTitle(f"Export a {offer.kind}")  # the system lists it; a label may be of the results
        self._offer, self._sign = offer, sign
        self.add_text(offer.hides)
        self._to = PathField("File", "new file", _FILTERS[offer.ending])
        self._to.set_path(str(Path.home() / f"{file_name(offer.name)}{offer.ending}"))
        self._title = QLineEdit(offer.name)
        self._audience = Segments("Audience", [(name, name.capitalize()) for name in AUDIENCES])
        self._recipient, self._authority = QLineEdit(), QLineEdit()
        self._passphrase = PassphraseField()
        self.add("File", self._to, "A new file; nothing is overwritten.")
        self.add("Title", self._title)
        self.add("Audience", self._audience)
        self.add("Recipient", self._recipient, "Who gets it: a person, a group or a place.")
        self.add("Authority", self._authority, _HELP_AUTHORITY)
        self.add("Passphrase", self._passphrase, offer.labelled)
        for field in (self._recipient, self._authority, self._passphrase, self._title):
            field.textChanged.connect(self._on_changed)
        self._to.changed.connect(self._on_changed)
        self.accepted_form.connect(self._on_accepted)
        self._on_changed()
        self._recipient.setFocus()

    def _on_changed(self) -> None:
        texts = {
            "the file": self._to.path(),
            "a title": self._title.text(),
            "the recipient": self._recipient.text(),
            "the authority": self._authority.text(),
            "your passphrase": self._passphrase.text(),
        }
        self.set_missing(missing(*(name for name, text in texts.items() if not text.strip())))

    def _on_accepted(self) -> None:
        release = Release(
            to=self._to.path(),
            title=self._title.text().strip(),
            audience=self._audience.value(),
            recipient=self._recipient.text().strip(),
            authority=self._authority.text().strip(),
            passphrase=self._passphrase.take(),
        )
        self.busy("Hiding small counts, signing and writing …")
        self._sign(self._offer, release)


def file_name(label: str) -> str:
    """A label as a file's name: letters, digits and dashes, not too long."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in label.lower())
    return "-".join(part for part in plain.split("-") if part)[:60] or "results"
