"""Signing a draft: what exactly, what kind, for what purpose, for how long; then the passphrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop.review.flow import beside
from desktop.review.signing_presenter import HOURS, SignForm, Terms
from desktop.review.wording import kind_words
from desktop.theme import ICON, Space
from desktop.widgets import Button, FormDialog, Label, NumberField, PassphraseField, Picture
from desktop.words import missing
from sandbox.reviewing.orders.review import KindOffered, SignedKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.review.signing_presenter import SigningPresenter

_MOST_RUNS = 1000


class SignDraftDialog(FormDialog):
    """Implements `SignDialog`. While lines were not seen it only leads there."""

    def __init__(self, parent: QWidget, form: SignForm, presenter: SigningPresenter) -> None:
        super().__init__(form.title, parent, primary="Sign", icon="sign")
        self._presenter = presenter
        self._is_unseen = bool(form.not_seen)
        self._kinds = KindChoice(form.kinds, form.terms.kind)
        self._purpose = QLineEdit(form.terms.purpose)
        self._hours = QComboBox()
        self._runs = NumberField("Number of runs", 1, _MOST_RUNS)
        self._passphrase = PassphraseField("Passphrase")
        if self._is_unseen:
            self._add_unseen(form.not_seen)
        self.add_text(form.statement)
        self._fill(form.terms)
        self._add_fields()
        self._connect()
        self._on_changed()
        if not self._is_unseen:
            (self._passphrase if form.terms.purpose else self._purpose).setFocus()

    def show_working(self, sentence: str) -> None:
        self.busy(sentence or None)
        if not sentence:
            self._passphrase.setFocus()

    def done(self, result: int) -> None:
        self._presenter.keep(self._terms())
        self._presenter.closed()
        super().done(result)

    def _add_unseen(self, sentence: str) -> None:
        self.add("", Unseen(sentence, self._on_show))

    def _fill(self, terms: Terms) -> None:
        for hours, words in HOURS:
            self._hours.addItem(words, hours)
        self._hours.setCurrentIndex(max(0, self._hours.findData(terms.hours)))
        self._runs.setValue(terms.runs)

    def _add_fields(self) -> None:
        self.add("Kind", self._kinds)
        self.add("Purpose", self._purpose, "One line. It stands in the approval, for whoever reads it later.")
        self._hours.setAccessibleName("Valid for")
        self.add("Valid for, and number of runs", beside(self._hours, self._runs))
        self.add("Passphrase", self._passphrase)

    def _connect(self) -> None:
        self._purpose.textChanged.connect(self._on_changed)
        self._passphrase.textChanged.connect(self._on_changed)
        self._kinds.group.idToggled.connect(self._on_kind)
        self.accepted_form.connect(self._on_sign)
        self._on_kind()

    def _terms(self) -> Terms:
        return Terms(self._kinds.value(), self._purpose.text(), self._hours.currentData(), self._runs.value())

    def _on_changed(self) -> None:
        unseen = "a look at what you have not seen" if self._is_unseen else ""
        purpose = "" if self._purpose.text().strip() else "a purpose"
        self.set_missing(missing(unseen, purpose, "" if self._passphrase.text() else "your passphrase"))

    def _on_kind(self) -> None:
        """A first look is one run."""
        is_one = self._kinds.value() == "first_look"
        if is_one:
            self._runs.setValue(1)
        self._runs.setEnabled(not is_one)

    def _on_show(self) -> None:
        self.reject()
        self._presenter.go_to_missing()

    def _on_sign(self) -> None:
        self._presenter.sign(self._terms(), self._passphrase.take())


class Unseen(QFrame):
    """What was not on the screen yet, and a button that goes there. It can't be closed."""

    def __init__(self, sentence: str, show: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("notice", True)
        self.setProperty("tone", "warn")
        words = QVBoxLayout()
        words.addWidget(Label(sentence, role="strong"))
        words.addWidget(Label("A person always sees what runs."))
        button = Button("Show them", show, name="Show what was not seen")
        layout = QHBoxLayout(self)
        layout.addWidget(Picture("warn", ICON + 2, "warn"), 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addWidget(button)
        self.setFocusProxy(button)


class KindChoice(QWidget):
    """One button for each kind, its meaning below it; a kind that is not offered says why."""

    def __init__(self, kinds: tuple[KindOffered, ...], chosen: SignedKind) -> None:
        super().__init__()
        self._kinds = kinds
        self.group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.TIGHT)
        for place, kind in enumerate(kinds):
            button = QRadioButton(kind.name)
            button.setEnabled(not kind.refused)
            button.setChecked(kind.kind == chosen and not kind.refused)
            button.setAccessibleDescription(kind_words(kind))
            self.group.addButton(button, place)
            words = Label(kind_words(kind), role="small")
            words.setContentsMargins(Space.WIDE, 0, 0, 0)
            layout.addWidget(button)
            layout.addWidget(words)
        if (button_down := self.group.checkedButton()) is not None:
            self.setFocusProxy(button_down)

    def value(self) -> SignedKind:
        return self._kinds[max(0, self.group.checkedId())].kind
