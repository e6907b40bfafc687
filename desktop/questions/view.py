"""The screen *Questions*: the list on the left; on the right the conversation, or what was sent."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.desk import Desk
from desktop.questions.listing import Listed
from desktop.questions.one_line import OneLine
from desktop.questions.presenter import Page, QuestionsPresenter
from desktop.questions.question_list import QuestionList
from desktop.questions.sent_pane import SentPane
from desktop.questions.talk_pane import TalkPane
from desktop.screen import Screen
from desktop.theme import Space
from desktop.widgets import Button, EmptyState, SearchField, Segments, two_panes

NO_TABLES = (
    "An agent knows nothing of your data but the tables that you have signed. "
    "Sign those that your question needs, then ask."
)


class QuestionsScreen(Screen):
    """Shows what its presenter says; `talk` and `sent` are the views of the two panes."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("Questions")
        self.talk = TalkPane()
        self.sent = SentPane()
        self.list = QuestionList()
        self._search = SearchField("Filter questions", "Filter questions (Ctrl+F)")
        self._new = Button("New question", icon="add")
        self._title = OneLine()
        self._pages = QStackedWidget()
        self._tabs = Segments("What is shown", (("conversation", "Conversation"), ("sent", "What was sent")))
        self.presenter: QuestionsPresenter = QuestionsPresenter(self, desk)
        self._lay()
        self._connect()

    def first_focus(self) -> QWidget | None:
        return self.talk.composer

    # What the presenter tells (`QuestionsView`).

    def show_questions(self, rows: tuple[Listed, ...], chosen: str) -> None:
        self.list.show_rows(rows, chosen)

    def show_title(self, title: str) -> None:
        self._title.show_text(title)

    def show_page(self, page: Page) -> None:
        widget = {"no tables": self._empty, "conversation": self.talk, "sent": self.sent}[page]
        self._pages.setCurrentWidget(widget)
        self._head.setVisible(page != "no tables")
        if page != "no tables":
            self._tabs.set_value(page)

    def allow_sent(self, allowed: bool) -> None:
        self._tabs.set_option("sent", enabled=allowed)

    def focus_composer(self) -> None:
        self.talk.composer.setFocus()

    # Layout and connections.

    def _lay(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        for widget in (self._new, self._search, self.list):
            column.addWidget(widget)
        self._empty = EmptyState("data", "No table is signed yet", NO_TABLES, "Go to Data", self._on_data)
        for page in (self._empty, self.talk, self.sent):
            self._pages.addWidget(page)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(Space.MEDIUM)
        head.addWidget(self._title, 1)
        head.addWidget(self._tabs)
        right = QWidget()
        beside = QVBoxLayout(right)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(Space.SMALL)
        beside.addWidget(self._head)
        beside.addWidget(self._pages, 1)
        self.content.addWidget(two_panes(left, right, (2, 5), "questions-panes"), 1)

    def _connect(self) -> None:
        presenter, talk = self.presenter, self.presenter.talk
        self._new.clicked.connect(self._on_new)
        self.list.chosen.connect(presenter.open)
        self._search.searched.connect(presenter.filter)
        self._tabs.changed.connect(presenter.turn_page)
        self.talk.send_wanted.connect(talk.send)
        self.talk.stop_wanted.connect(talk.stop)
        self.talk.composer.typed.connect(talk.composing.typed)
        self.talk.composer.pasted_too_much.connect(talk.pasted_too_much)
        self.talk.transcript.review_wanted.connect(presenter.review)
        self.talk.next_bar.review_wanted.connect(presenter.review)
        self.talk.next_bar.run_wanted.connect(presenter.go_to_runs)
        self.talk.next_bar.go_on_wanted.connect(talk.go_on)
        self.talk.next_bar.chosen.connect(talk.choose)
        self.sent.chosen.connect(presenter.sent.chosen)
        self.sent.mode_changed.connect(presenter.sent.mode)
        keys = {
            "Ctrl+N": self._on_new,
            "Ctrl+F": self._search.setFocus,
            "Ctrl+.": talk.stop,
            "Ctrl+Shift+S": self._on_turn_page,
        }
        for key, do in keys.items():
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(do)

    def _on_new(self) -> None:
        self.presenter.new()

    def _on_data(self) -> None:
        self.presenter.go_to_data()

    def _on_turn_page(self) -> None:
        self.presenter.turn_page("conversation" if self._pages.currentWidget() is self.sent else "sent")
