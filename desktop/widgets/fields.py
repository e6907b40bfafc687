"""Fields for one line: a passphrase, a number, a search."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QSpinBox

from desktop.theme import Space, icon

_PAUSE_MS = 150


class PassphraseField(QLineEdit):
    """Dots until "Show" is chosen; emptied when it is hidden."""

    def __init__(self, name: str = "Passphrase") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._show = self.addAction(icon("show", "muted"), QLineEdit.ActionPosition.TrailingPosition)
        self._show.setToolTip("Show or hide what is typed")
        self._show.setText("Show the passphrase")
        self._show.setCheckable(True)
        self._show.toggled.connect(self._on_toggled)

    def take(self) -> str:
        """The passphrase, for one use; the field is empty afterwards."""
        found = self.text()
        self.empty()
        return found

    def empty(self) -> None:
        """Unlike `clear`, without a way back: no undo brings it up again for whoever comes after."""
        self.setText("")

    def showEvent(self, event: QShowEvent) -> None:
        self._show.setChecked(False)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.empty()

    def _on_toggled(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._show.setIcon(icon("hide" if shown else "show", "muted"))


class NumberField(QSpinBox):
    """A whole number of a range."""

    def __init__(self, name: str, least: int = 0, most: int = 99, value: int = 0) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setRange(least, most)
        self.setValue(value)
        # WORKAROUND Qt 6.11: a styled spin box puts its text at the very left, whatever padding its style sheet has.
        self.lineEdit().setTextMargins(Space.SMALL, 0, 0, 0)


class SearchField(QLineEdit):
    """`searched` comes with the text once typing pauses."""

    searched = Signal(str)

    def __init__(self, name: str = "Search", placeholder: str = "", pause_ms: int = _PAUSE_MS) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder or name)
        self.setClearButtonEnabled(True)
        self.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(pause_ms)
        self._pause.timeout.connect(self._on_paused)
        self.textChanged.connect(self._pause.start)
        self.returnPressed.connect(self._on_paused)

    def _on_paused(self) -> None:
        self._pause.stop()
        self.searched.emit(self.text())
