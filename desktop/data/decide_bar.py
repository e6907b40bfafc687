"""The buttons below the columns: what to tell, what to give, and what can be taken back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from desktop.data.column_rows import GIVE_KEYS, KEYS, NO_OFFERS, Offered
from desktop.review.flow import FlowRow
from desktop.theme import Space
from desktop.widgets import Button, Label

UNDO_LETTERS = 34  # of the button; its name and its tool tip have the whole


class DecideBar(QWidget):
    """`offer_wanted` comes with the key of a whole decision, `given_wanted` with what programs are to be given."""

    offer_wanted = Signal(str)
    given_wanted = Signal(str)
    undo_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._offers = {key: Button(f"{key}  {text}", name=says) for key, _, text, says in KEYS}
        self._gives = {key: Button(f"{key}  {text}", name=says) for key, _, text, says in GIVE_KEYS}
        self._given = {int(key): given for key, given, _, _ in GIVE_KEYS}
        self._undo = Button("Undo", self.undo_wanted.emit, kind="quiet", icon="undo")
        self._group = QButtonGroup(self)
        for key, button in (*self._offers.items(), *self._gives.items()):
            self._group.addButton(button, int(key))
        for key, _, _, says in GIVE_KEYS:
            self._gives[key].setToolTip(f"{says} ({key})")
        self._group.idClicked.connect(self._on_clicked)
        self._lay_out()
        self.show_offered(None)
        self.show_undo("", 0)

    def take_keys_of(self, table: QWidget) -> None:
        """Digits decide, and Ctrl+Z takes back, only while the list has the keyboard."""
        for button in self._group.buttons():
            shortcut = QShortcut(QKeySequence(str(self._group.id(button))), table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(button.click)
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), table)
        undo.setContext(Qt.ShortcutContext.WidgetShortcut)
        undo.activated.connect(self._on_undo)

    def show_offered(self, offered: Offered | None) -> None:
        """What may be decided for all of the chosen columns; None: no column is chosen."""
        for offer in (offered or NO_OFFERS).offers:
            button = self._offers[offer.key]
            button.setText(f"{offer.key}  {offer.text}")
            button.setAccessibleName(offer.meaning)
            button.setToolTip(f"{offer.meaning} ({offer.key})")
            button.setEnabled(bool(offer.given))
        for key, given, _, _ in GIVE_KEYS:
            self._gives[key].setEnabled(offered is not None and given in offered.given)

    def show_undo(self, sentence: str, levels: int) -> None:
        whole = f"Undo {sentence}" if sentence else "Undo"
        shown = whole if len(whole) <= UNDO_LETTERS else f"{whole[: UNDO_LETTERS - 1]}…"
        self._undo.setText(shown.replace("&", "&&"))
        self._undo.setAccessibleName(whole)
        more = f"; {levels - 1:,} more before it" if levels > 1 else ""
        self._undo.setToolTip(f"{whole} (Ctrl+Z){more}")
        self._undo.setEnabled(levels > 0)

    def _on_undo(self) -> None:
        if self._undo.isEnabled():
            self.undo_wanted.emit()

    def _on_clicked(self, number: int) -> None:
        given = self._given.get(number)
        if given is None:
            self.offer_wanted.emit(str(number))
        else:
            self.given_wanted.emit(given)

    def _lay_out(self) -> None:
        words = [Label("Tell", role="muted"), Label("Give", role="muted")]
        wide = max(label.sizeHint().width() for label in words) + Space.SMALL
        for label in words:
            label.setFixedWidth(wide)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addWidget(FlowRow(words[0], *self._offers.values()))
        layout.addWidget(FlowRow(words[1], *self._gives.values(), push=(self._undo,)))
