"""The page of a locked desk: a name, one field, one button. Nothing of what lies behind it is on it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme import BIG_ICON, Space, pixmap, theme
from desktop.widgets import Busy, Button, Card, Heading, Label, Notice, PassphraseField
from sandbox.errors import PreceptorError


class LockPage(QWidget):
    """Signals only; the presenter decides."""

    tried = Signal(str)
    other_way_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("screen-locked")
        self.setAccessibleName("Locked")
        self._mark = Label("")
        self._mark.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._title = Heading("Locked", level=1)
        self._who = Label("", role="muted")
        self._secret = PassphraseField("Passphrase")
        self._secret.returnPressed.connect(self._on_try)
        self._notice = Notice()
        self._busy = Busy()
        self._open = Button("Unlock", self._on_try, kind="primary", icon="unlock")
        self._other = Button("", self.other_way_wanted.emit, kind="quiet", name="Unlock in another way")
        card = Card()
        for widget in (self._mark, self._title, self._who, self._secret, self._notice, self._busy):
            card.body.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self._other)
        row.addStretch(1)
        row.addWidget(self._open)
        card.body.addLayout(row)
        card.setMinimumWidth(self.fontMetrics().averageCharWidth() * 52)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.PAGE, Space.PAGE, Space.PAGE, Space.PAGE)
        layout.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        layout.addLayout(middle)
        layout.addStretch(3)
        theme().changed.connect(self._recolour)
        self._recolour()

    def show_locked(self, who: str, by_pin: bool, may_change: bool) -> None:
        self._notice.clear()
        self._secret.empty()
        self._who.setText(f"{who}. Results are hidden; what goes on in the background goes on." if who else "")
        name = "PIN" if by_pin else "Passphrase"
        self._secret.setAccessibleName(name)
        self._secret.setPlaceholderText(name)
        self._other.setVisible(may_change)
        self._other.setText("Use the passphrase" if by_pin else "Use the PIN")
        self._secret.setFocus()

    def show_problem(self, problem: PreceptorError) -> None:
        self._notice.show_problem(problem)
        self._secret.setFocus()

    def show_checking(self, checking: bool) -> None:
        self._secret.setEnabled(not checking)
        self._open.setEnabled(not checking)
        if checking:
            self._notice.put_away()
            self._busy.start("Checking …")
        else:
            self._busy.stop()

    def _on_try(self) -> None:
        self.tried.emit(self._secret.take())

    def _recolour(self) -> None:
        self._mark.setPixmap(pixmap("lock", BIG_ICON))
