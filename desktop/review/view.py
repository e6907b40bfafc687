"""The screen Review: assembles its parts and hands them to the presenter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.desk import Desk
from desktop.review.dialogs import ReviewDialogs
from desktop.review.editor_pane import EditorPane
from desktop.review.evidence_pane import EvidencePane
from desktop.review.presenter import ReviewPresenter
from desktop.review.program_pane import ProgramPane
from desktop.review.remarks_bar import RemarksBar
from desktop.review.top_bar import TopBar
from desktop.screen import Screen
from desktop.theme import Space
from desktop.widgets import EmptyState, Notice, two_panes
from desktop.widgets.texts import ToneName

_RATIO = (3, 2)


class ReviewScreen(Screen):
    """Implements `ReviewView`."""

    presenter: ReviewPresenter

    def __init__(self, desk: Desk) -> None:
        super().__init__("Review")
        self.top = TopBar()
        self.program = ProgramPane()
        self.remarks = RemarksBar()
        self.editor = EditorPane(self._show_editor)
        self.evidence = EvidencePane(self._go_to, self._sign, self._run)
        self.dialogs = ReviewDialogs(self)
        self._offer = Notice()
        self._reading = _stacked(self.program, self.remarks)
        self._left = QStackedWidget()
        self._left.addWidget(self._reading)
        self._left.addWidget(self.editor)
        self._nothing = EmptyState("review", "", "", "Go to Questions", self._go_to_questions)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(_stacked(self.top, two_panes(self._left, self.evidence, _RATIO, "review-panes")))
        self.content.addWidget(self._offer)
        self.content.addWidget(self._pages, 1)
        self.presenter = ReviewPresenter(self, desk)
        self._drive()

    def show_nothing(self, title: str, sentence: str) -> None:
        self._nothing.set_text(title, sentence)
        self._pages.setCurrentIndex(0)

    def show_something(self) -> None:
        self._pages.setCurrentIndex(1)

    def offer(self, tone: ToneName, sentence: str, action: str, do: Callable[[], None]) -> None:
        self._offer.show_notice(tone, sentence, "", action, do)

    def clear_offer(self) -> None:
        self._offer.clear()

    def first_focus(self) -> QWidget | None:
        return self.program.text if self._pages.currentIndex() == 1 else self._nothing.button

    def _drive(self) -> None:
        self.top.drive(self.presenter)
        self.program.drive(self.presenter.program, self.presenter.remarks)
        self.remarks.drive(self.presenter.remarks)
        self.editor.drive(self.presenter.editing)
        self.evidence.drive(self.presenter)
        self.dialogs.drive(self.presenter)
        self.evidence.listen_for_letters(self)

    def _show_editor(self, is_open: bool) -> None:
        self._left.setCurrentWidget(self.editor if is_open else self._reading)

    def _go_to(self, line: int) -> None:
        self.presenter.program.go_to(line)

    def _sign(self) -> None:
        self.presenter.signing.open()

    def _run(self, approval: str) -> None:
        self.presenter.run(approval)

    def _go_to_questions(self) -> None:
        self.presenter.go_to_questions()


def _stacked(*widgets: QWidget) -> QWidget:
    """One below the other; the last but one takes the room when the last is a bar."""
    found = QWidget()
    layout = QVBoxLayout(found)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(Space.MEDIUM)
    for widget in widgets:
        layout.addWidget(widget, 0 if isinstance(widget, TopBar | RemarksBar) else 1)
    return found
