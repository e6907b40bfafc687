"""A field of a form: its name above it, a sentence below that helps or says what is wrong."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme import ICON, Space, Type

from .announcing import announce
from .cards import Picture
from .fields import PassphraseField
from .snug import Snug
from .texts import Label

HintTone = Literal["info", "good", "warn"]


class Hint(Snug):
    """One small sentence; "good" and "warn" stand there with an icon as well as in words. Hidden when empty."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = Picture("good", ICON, "good")
        self._text = Label(role="small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.TIGHT)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        self.hide()

    def say(self, sentence: str, tone: HintTone = "info") -> None:
        self._text.setText(sentence)
        self.setVisible(bool(sentence))
        self._picture.setVisible(tone != "info")
        if tone != "info":
            self._picture.set_picture(tone, tone)

    def stress(self) -> None:
        """Point to it again: somebody went on without having read it."""
        if self.text:
            self.say(self.text, "warn")
            announce(self, self.text)

    @property
    def text(self) -> str:
        return self._text.text()


class FormField(QWidget):
    """`say` changes the sentence below; it is also the widget's accessible description.

    With `letters` the widget is about so many letters wide, else as wide as there is room.
    """

    def __init__(self, label: str, widget: QWidget, help: str = "", unit: str = "", letters: int = 0) -> None:
        super().__init__()
        self.widget = widget
        self._help = help
        self.label = QLabel(label)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setFont(Type.STRONG.font())
        self.label.setBuddy(widget)
        self.label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if not widget.accessibleName():
            widget.setAccessibleName(label)
        self._hint = Hint()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.TIGHT)
        layout.addWidget(self.label)
        layout.addLayout(_in_a_row(widget, unit, letters))
        layout.addWidget(self._hint)
        self.setFocusProxy(widget)
        self.say(help)

    def say(self, sentence: str, tone: HintTone = "info") -> None:
        """Say this below the field; an empty sentence: the help again."""
        text = sentence or self._help
        self._hint.say(text, tone)
        self.widget.setAccessibleDescription(text)

    @property
    def hint(self) -> str:
        return self._hint.text


def next_empty(form: QWidget, focused: QWidget | None) -> QLineEdit | None:
    """The empty field that Enter goes to: the next one in the order of the form, from the top again at the end.

    WORKAROUND PySide 6.11: `nextInFocusChain` makes what it returns a child of the widget that was asked, and lets it
    die with that one. So the order is that in which the fields were added.
    """
    lines = form.findChildren(QLineEdit)
    if focused not in lines:
        return None
    place = lines.index(focused)
    after = (*lines[place + 1 :], *lines[:place])
    return next((line for line in after if _may_be_filled(line)), None)


def offer_secret(form: QWidget) -> None:
    """After a refusal: the keyboard is in the passphrase, unless it is in another field, and typing replaces it."""
    focused = form.window().focusWidget()
    secrets = form.findChildren(PassphraseField)
    if secrets and (focused is None or not form.isAncestorOf(focused)):
        focused = secrets[0]
        focused.setFocus()
    if isinstance(focused, PassphraseField):
        focused.selectAll()


def _may_be_filled(line: QLineEdit) -> bool:
    return not line.text() and line.isVisible() and line.isEnabled() and not line.isReadOnly()


def set_read_only(line: QLineEdit, read_only: bool) -> None:
    """Whether it can be changed; the style sheet looks at it only when it is told to."""
    line.setReadOnly(read_only)
    line.style().unpolish(line)
    line.style().polish(line)


def _in_a_row(widget: QWidget, unit: str, letters: int) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(Space.SMALL)
    if letters:
        widget.setMaximumWidth(widget.fontMetrics().averageCharWidth() * letters)
    row.addWidget(widget, 4)
    if unit:
        row.addWidget(Label(unit, role="muted"), 1)
    if letters:
        row.addStretch(1)
    return row
