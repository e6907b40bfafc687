"""Bring a program from a file as a new draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.widgets import FormDialog, PathField
from desktop.words import missing

if TYPE_CHECKING:
    from desktop.review.editing_presenter import EditingPresenter


class FileDialog(FormDialog):
    """Asks for the path; reading and checking it is the engine's."""

    def __init__(self, parent: QWidget, presenter: EditingPresenter) -> None:
        super().__init__("Bring a file as a new draft", parent, primary="Bring it", icon="file")
        self._presenter = presenter
        self._path = PathField("Program", mode="file", filter="Python (*.py);;All files (*)")
        self.add("Program", self._path, "A Python file. It is copied; the same checks apply to it as to an agent’s.")
        self._path.changed.connect(self._on_changed)
        self.accepted_form.connect(self._on_bring)
        self._on_changed("")
        self._path.setFocus()

    def _on_changed(self, path: str) -> None:
        self.set_missing(missing("" if path.strip() else "the file"))

    def _on_bring(self) -> None:
        self.finish()
        self._presenter.bring(self._path.path())
