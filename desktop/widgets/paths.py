"""A field for a path: typed, or chosen in the system's dialog."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QDir, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from desktop.theme import Space

from .buttons import Button

PathMode = Literal["file", "folder", "new file", "new folder"]


class PathField(QWidget):
    """`mode` says what may be chosen; `filter` is Qt's ("CSV (*.csv)"). Whether the path is right, others decide."""

    changed = Signal(str)

    def __init__(self, name: str, mode: PathMode = "file", filter: str = "") -> None:
        super().__init__()
        self._name, self._mode, self._filter = name, mode, filter
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._line = QLineEdit()
        self._line.setAccessibleName(name)
        self._line.textChanged.connect(self.changed)
        self._choose = Button("Choose…", self._on_choose, name=f"Choose {name}")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addWidget(self._line, 1)
        layout.addWidget(self._choose)
        self.setFocusProxy(self._line)

    def path(self) -> str:
        return self._line.text().strip()

    def set_path(self, path: str) -> None:
        self._line.setText(path)

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, self._name, self.path(), self._filter)
        dialog.fileSelected.connect(self._on_chosen)
        _prepare(dialog, self._mode)
        dialog.open()

    def _on_chosen(self, path: str) -> None:
        self.set_path(QDir.toNativeSeparators(path))
        self._line.setFocus()


def _prepare(dialog: QFileDialog, mode: PathMode) -> None:
    modes = QFileDialog.FileMode
    dialog.setFileMode({"file": modes.ExistingFile, "new file": modes.AnyFile}.get(mode, modes.Directory))
    if mode == "new file":
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    if mode in ("folder", "new folder"):
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
