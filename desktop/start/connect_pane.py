"""Connect your data: where it is, what it is called, its login."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QStackedLayout, QWidget

from desktop.start.pane import Pane
from desktop.widgets import Button, PassphraseField, PathField, Segments
from desktop.widgets.form_fields import FormField

_LEAD = (
    "It is only ever read, here on this computer. First its catalog is looked at and a dictionary is proposed; "
    "an agent learns nothing of it before you have decided and signed."
)
_NAME_HELP = "A short name that programs and the agent use: letters, digits, - and _ only."
_LOGIN_HELP = "Only if the file is encrypted. It goes into the keyring, nowhere else."
_WIDTH = 44  # letters


class ConnectPane(Pane):
    """`typed` with every letter (name, place), `wanted` with the button (name, place, login)."""

    typed = Signal(str, str)
    wanted = Signal(str, str, str)
    later = Signal()

    def __init__(self) -> None:
        super().__init__("Connect your data", _LEAD, Button("Connect", self._on_primary, kind="primary", icon="data"))
        self._kind = Segments("What it is", (("file", "A DuckDB file"), ("folder", "A folder of Parquet or CSV files")))
        self._file = PathField("DuckDB file", "file")
        self._folder = PathField("Folder of files", "folder")
        places = QWidget()
        self._places = QStackedLayout(places)
        self._places.addWidget(self._file)
        self._places.addWidget(self._folder)
        places.setFocusProxy(self._file)
        self._name, self._login = QLineEdit(), PassphraseField("Login")
        for field in (
            FormField("What it is", self._kind),
            FormField("Where it is", places, "A file or folder that you may read. It is not copied."),
            FormField("Name", self._name, _NAME_HELP, letters=_WIDTH),
            FormField("Login", self._login, _LOGIN_HELP, letters=_WIDTH),
        ):
            self.body.addWidget(field)
        self.add_buttons([], [Button("Not now", self.later.emit, kind="quiet")])
        self._kind.changed.connect(self._on_kind)
        for path in (self._file, self._folder):
            path.changed.connect(self._on_typed)
        self._name.textChanged.connect(self._on_typed)

    def show_form(self) -> None:
        self.notice.clear()

    def suggest_name(self, name: str) -> None:
        self._name.setText(name)

    def clear_secrets(self) -> None:
        self._login.clear()

    def first_focus(self) -> QWidget:
        return self._place()

    def _place(self) -> PathField:
        return cast(PathField, self._places.currentWidget())

    def _on_kind(self, kind: str) -> None:
        self._places.setCurrentWidget(self._file if kind == "file" else self._folder)
        self._on_typed("")

    def _on_typed(self, _text: str) -> None:
        self.typed.emit(self._name.text(), self._place().path())

    def _on_primary(self) -> None:
        self.wanted.emit(self._name.text(), self._place().path(), self._login.text())
