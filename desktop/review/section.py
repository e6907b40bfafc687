"""One section of the evidence: a title that folds, what it comes to in words, and the rest below."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop.review.evidence_shown import Exhibits
from desktop.review.flow import FlowRow
from desktop.theme import ICON, Space, Type, icon
from desktop.widgets import Chip
from desktop.widgets.texts import ToneName


class Section(QWidget):
    """`folded` with the key whenever the reviewer folds or unfolds it; `reached` when it was gone to."""

    folded = Signal(str, bool)
    reached = Signal(str)

    def __init__(self, key: str, title: str) -> None:
        super().__init__()
        self.key = key
        self._button = QToolButton()
        self._button.setText(title)
        self._button.setShortcut(QKeySequence())  # the letter unfolds and goes there, see `EvidencePane`
        self._button.setAccessibleName(title.replace("&", ""))
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setIconSize(QSize(ICON, ICON))
        self._button.setFont(Type.TITLE.font())
        self._button.setAutoRaise(True)
        self._button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._button.clicked.connect(self._on_clicked)
        self._chip = Chip()
        self._chip.hide()
        self._inside = QWidget()
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(Space.SMALL, 0, 0, Space.SMALL)
        self.body.setSpacing(Space.SMALL)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.TIGHT)
        layout.addWidget(FlowRow(self._button, self._chip))
        layout.addWidget(self._inside)
        self.set_folded(False)

    def set_folded(self, is_folded: bool) -> None:
        self._inside.setVisible(not is_folded)
        self._button.setIcon(icon("right" if is_folded else "down", "muted"))
        self._button.setAccessibleDescription("Folded" if is_folded else "Unfolded")

    def show_exhibits(self, exhibits: Exhibits) -> None:
        """Show its part of the evidence."""
        raise NotImplementedError

    def show_words(self, words: str, tone: ToneName = "plain") -> None:
        """What it comes to; also to be read while it is folded."""
        self._chip.set_chip(words, tone)
        self._chip.setVisible(bool(words))
        self._button.setAccessibleName(f"{self._button.text().replace('&', '')}: {words}".rstrip(": "))

    @property
    def is_folded(self) -> bool:
        return self._inside.isHidden()

    def go_to(self) -> None:
        """Unfold it and give it the keyboard."""
        if self.is_folded:
            self._on_clicked()
        self._button.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.reached.emit(self.key)

    def _on_clicked(self) -> None:
        self.set_folded(not self.is_folded)
        self.folded.emit(self.key, self.is_folded)


def empty(layout: QLayout) -> None:
    """Take everything out of a layout that is filled anew."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
