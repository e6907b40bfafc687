"""Above program and evidence: which question, which draft, compared with what, by whom; and what is being done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QMenu, QSizePolicy, QVBoxLayout, QWidget

from desktop.review.flow import FlowRow, beside
from desktop.review.wording import AUTHORS
from desktop.theme import Space
from desktop.widgets import Busy, Button, Label, Meter
from desktop.widgets.texts import tip_of
from desktop.words import short

if TYPE_CHECKING:
    from desktop.review.choices import Choice
    from desktop.review.presenter import ReviewPresenter

_FEWEST = 14  # letters of a choice that are shown however narrow the window is


class TopBar(QWidget):
    """Implements `TopView`."""

    def __init__(self) -> None:
        super().__init__()
        self._presenter: ReviewPresenter | None = None
        self._question = ChoiceBox("Question")
        self._draft = ChoiceBox("Draft")
        self._other = ChoiceBox("Compared with")
        self._question.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._facts = Label(role="mono", selectable=True)
        self._facts.setWordWrap(False)
        self._busy = Busy()
        self._meter = Meter("Checking")
        self._meter.hide()
        self._edit = Button("Edit…", self._on_edit, icon="edit", name="Edit as a new draft", shortcut="Ctrl+E")
        self._more = Button("More", name="More to do with this draft")
        menu = QMenu(self._more)
        menu.addAction("Bring a file as a new draft…").triggered.connect(self._on_bring)
        self._again = menu.addAction("Check and try again")
        self._again.triggered.connect(self._on_again)
        self._more.setMenu(menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addWidget(self._question)
        chosen = (self._draft, Label("against"), self._other, self._facts, self._busy)  # in the row, so nothing jumps
        layout.addWidget(FlowRow(*chosen, push=(beside(self._edit, self._more),)))
        layout.addWidget(self._meter)
        self._question.activated.connect(self._on_question)
        self._draft.activated.connect(self._on_draft)
        self._other.activated.connect(self._on_other)

    def drive(self, presenter: ReviewPresenter) -> None:
        self._presenter = presenter

    def show_questions(self, questions: tuple[Choice, ...], current: str) -> None:
        _fill(self._question, questions, current)
        self._question.setToolTip(tip_of(self._question.currentText()))

    def show_drafts(self, drafts: tuple[Choice, ...], current: str, others: tuple[Choice, ...], other: str) -> None:
        _fill(self._draft, drafts, current)
        _fill(self._other, others, other)

    def show_facts(self, author: str, sha256: str) -> None:
        self._facts.setText(short(sha256))
        self._facts.setToolTip(f"SHA-256 of the program: {sha256}")
        self._facts.setAccessibleName(f"Written by {AUTHORS.get(author, author)}, SHA-256 {sha256}")

    def show_looking(self, sentence: str, done: int = 0, of: int = 0) -> None:
        self._again.setEnabled(not sentence)
        self._meter.setVisible(of > 0)
        if of:
            self._meter.set(done, of, sentence)
            self._busy.stop()
        elif not sentence:
            self._busy.stop()
        elif self._busy.isHidden():
            self._busy.start(sentence)
        else:
            self._busy.say(sentence)

    def _on_question(self, place: int) -> None:
        assert self._presenter is not None
        self._presenter.choose_question(self._question.itemData(place))

    def _on_draft(self, place: int) -> None:
        assert self._presenter is not None
        self._presenter.choose_draft(self._draft.itemData(place))

    def _on_other(self, place: int) -> None:
        assert self._presenter is not None
        self._presenter.choose_other(self._other.itemData(place))

    def _on_edit(self) -> None:
        assert self._presenter is not None
        self._presenter.editing.begin()

    def _on_bring(self, _checked: bool = False) -> None:
        assert self._presenter is not None
        self._presenter.editing.ask_file()

    def _on_again(self, _checked: bool = False) -> None:
        assert self._presenter is not None
        self._presenter.check_again()


class ChoiceBox(QComboBox):
    """As wide as its words where there is room, and much narrower where there is none."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("0" * _FEWEST), super().minimumSizeHint().height())


def _fill(combo: QComboBox, choices: tuple[Choice, ...], current: str) -> None:
    """Show these choices; nothing is told, for nothing was chosen."""
    combo.clear()
    for choice in choices:
        combo.addItem(choice.words, choice.key)
    combo.setCurrentIndex(combo.findData(current))
