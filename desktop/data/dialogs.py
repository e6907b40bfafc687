"""The dialogs of the screen: connect a source, think before something is lost, sign tables."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from desktop.data.sign_dialog import SignDialog
from desktop.data.signing import SigningShown
from desktop.widgets import FormDialog, PassphraseField, PathField
from desktop.words import missing
from sandbox.errors import PreceptorError


class DataDialogs(QObject):
    """Implements `presenter.Dialogs`. At most one is open."""

    connect_wanted = Signal(str, str, str)
    sign_wanted = Signal(str)
    page_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self.open_dialog: FormDialog | None = None

    def open_connect(self) -> None:
        dialog = ConnectDialog(self._parent)
        dialog.accepted_form.connect(self._on_connect)
        self._open(dialog)

    def connect_refused(self, problem: PreceptorError) -> None:
        self._refused(problem)

    def connect_done(self) -> None:
        self._finish()

    def ask_first(self, title: str, sentence: str, action: str, danger: bool, do: Callable[[], None]) -> None:
        dialog = FormDialog(title, self._parent, primary=action, danger=danger)
        dialog.add_text(sentence)
        dialog.accepted.connect(do)
        dialog.accepted_form.connect(dialog.finish)
        self._open(dialog)

    def open_signing(self, shown: SigningShown) -> None:
        dialog = SignDialog(shown, self._parent)
        dialog.accepted_form.connect(self._on_sign)
        self._open(dialog)

    def signing_refused(self, problem: PreceptorError) -> None:
        self._refused(problem)

    def signing_done(self) -> None:
        self._finish()

    def open_page(self, path: str) -> None:
        dialog = PageDialog(path, self._parent)
        dialog.accepted_form.connect(self._on_page)
        self._open(dialog)

    def page_busy(self, sentence: str) -> None:
        if isinstance(self.open_dialog, PageDialog):
            self.open_dialog.busy(sentence)

    def page_refused(self, problem: PreceptorError) -> None:
        self._refused(problem)

    def page_done(self) -> None:
        if isinstance(self.open_dialog, PageDialog):
            self.open_dialog.finish()

    def close_all(self) -> None:
        """Close what is open, and with it what was typed."""
        if self.open_dialog is not None:
            self.open_dialog.reject()

    def _open(self, dialog: FormDialog) -> None:
        self.close_all()
        self.open_dialog = dialog
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def _finish(self) -> None:
        if self.open_dialog is not None:
            self.open_dialog.finish()

    def _refused(self, problem: PreceptorError) -> None:
        if self.open_dialog is not None:
            self.open_dialog.show_problem(problem)

    def _on_finished(self, _result: int) -> None:
        dialog, self.open_dialog = self.sender(), None
        if isinstance(dialog, QDialog):
            dialog.deleteLater()

    def _on_connect(self) -> None:
        dialog = self.open_dialog
        if isinstance(dialog, ConnectDialog):
            dialog.busy("Connecting…")
            self.connect_wanted.emit(dialog.name.text(), dialog.place.path(), dialog.login.text())

    def _on_sign(self) -> None:
        dialog = self.open_dialog
        if isinstance(dialog, SignDialog):
            passphrase = dialog.passphrase.text()
            dialog.busy("Signing…")
            self.sign_wanted.emit(passphrase)

    def _on_page(self) -> None:
        dialog = self.open_dialog
        if isinstance(dialog, PageDialog):
            self.page_wanted.emit(dialog.place.path())


class PageDialog(FormDialog):
    """Where the page for the privacy office goes."""

    def __init__(self, path: str, parent: QWidget) -> None:
        super().__init__("A page for the privacy office", parent, primary="Write the page", icon="export")
        self.add_text(
            "It shows all that is told and given of every signed table, with the reasons, under the names of the "
            "dictionary. No row is in it; what is not signed is not on it."
        )
        self.place = PathField("New file", mode="new file", filter="PDF (*.pdf);;HTML (*.html)")
        self.place.set_path(path)
        self.add("New file", self.place, "Ends in .pdf to print it, or in .html to read it in a browser.")
        self.place.changed.connect(self._on_changed)
        self.place.setFocus()

    def _on_changed(self) -> None:
        self.set_missing(missing("" if self.place.path() else "the file"))


class ConnectDialog(FormDialog):
    """A name, a place, and a login where one is needed. What the engine refuses stays to be corrected."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Connect a source", parent, primary="Connect", icon="data")
        self.add_text("It is opened read-only. Nothing of it leaves this computer.")
        self.name, self.login = QLineEdit(), PassphraseField("Login, when it needs one")
        self.place = PathField("File or folder", mode="file")
        self.add("Name", self.name, "Agents and programs see this name: letters, digits, - and _, such as ehr.")
        self.add("File or folder", self.place, "A DuckDB file, or a folder of Parquet or CSV files.")
        self.add("Login, when it needs one", self.login, "The key of an encrypted file. It goes into your keyring.")
        self.name.textChanged.connect(self._on_changed)
        self.place.changed.connect(self._on_changed)
        self._on_changed()
        self.name.setFocus()

    def _on_changed(self) -> None:
        name = "" if self.name.text().strip() else "a name"
        self.set_missing(missing(name, "" if self.place.path() else "the file or folder"))
