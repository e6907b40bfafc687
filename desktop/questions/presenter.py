"""The screen *Questions*: which question is open, in the list, as a conversation, as what was sent. No Qt in here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from desktop.desk import Latest, Place
from desktop.questions.listing import Listed, holds_nothing, listed, without_text
from desktop.questions.sent import SentPresenter, SentView
from desktop.questions.talking import Talk, TalkView
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.questions import ListQuestions, QuestionList, QuestionRow

if TYPE_CHECKING:
    from desktop.desk import Desk

Page = Literal["no tables", "conversation", "sent"]


class QuestionsView(Protocol):
    """The screen; its two panes are views of their own."""

    @property
    def talk(self) -> TalkView: ...
    @property
    def sent(self) -> SentView: ...
    def show_questions(self, rows: tuple[Listed, ...], chosen: str) -> None:
        """The list; `chosen` is the open one, "" for none."""

    def show_title(self, title: str) -> None: ...
    def show_page(self, page: Page) -> None: ...
    def allow_sent(self, allowed: bool) -> None:
        """Whether there is something that was sent to look at."""

    def focus_composer(self) -> None: ...
    def show_problem(self, problem: PreceptorError) -> None: ...


class QuestionsPresenter:
    """Opens questions and keeps the list right."""

    def __init__(self, view: QuestionsView, desk: Desk) -> None:
        self._view = view
        self._desk = desk
        self._listing = Latest(desk.asks)
        self._rows: tuple[QuestionRow, ...] = ()
        self._words = ""
        self._page: Page = "conversation"
        self._is_new = False
        self._wanted = ""
        self.talk = Talk(view.talk, desk, self._on_made, self._spare)
        self.sent = SentPresenter(view.sent, desk)
        desk.drafting.watch(self._on_changed)

    # Coming and going.

    def arrive(self, place: Place) -> None:
        self.talk.is_seen = True
        self._wanted = place.get("question", "") or self.talk.question
        if place.get("new"):
            self.new()
        elif self.talk.question:
            self.talk.open(self.talk.question)  # another screen may have added a draft
        self._list()

    def leave(self) -> None:
        """The session of the open question is kept; how its turn ends is told in the status line."""
        self.talk.is_seen = False

    def lock(self) -> None:
        """Nothing of results is shown here; a turn that goes on goes on."""

    def standing_changed(self) -> None:
        self._show_page(self._page)
        self.talk.composing.show_hint()

    # What the reviewer does.

    def new(self) -> None:
        self._is_new = True
        self._wanted = ""
        self.talk.new()
        self._show_list()
        self._show_page("conversation")
        self._view.focus_composer()

    def open(self, question: str) -> None:
        if question == self.talk.question:
            return
        self._is_new = False
        self.talk.open(question)
        self._show_list()
        self._show_page(self._page if self._page == "sent" else "conversation")

    def filter(self, words: str) -> None:
        self._words = words
        self._show_list()

    def turn_page(self, page: Page) -> None:
        self._show_page(page)

    def review(self, draft: int) -> None:
        self._desk.go("review", question=self.talk.question, draft=str(draft))

    def go_to_runs(self) -> None:
        self._desk.go("runs", question=self.talk.question)

    def go_to_data(self) -> None:
        self._desk.go("data")

    # What comes back.

    def _on_made(self, row: QuestionRow) -> None:
        """A question was made for words that were written as a new one."""
        if self.talk.question == row.name:
            self._is_new = False
        self._rows = (row, *(one for one in self._rows if one.name != row.name))
        self._show_list()
        self._show_page(self._page)
        self._list()

    def _on_changed(self, question: str) -> None:
        self._show_list()
        self._list()
        if self._page == "sent" and question == self.talk.question:
            self.sent.open(question)

    def _list(self) -> None:
        self._listing.ask(ListQuestions(), self._on_listed, self._view.show_problem)

    def _on_listed(self, found: QuestionList) -> None:
        self._rows = found.rows
        wanted, self._wanted = self._wanted, ""
        shown = [row.name for row in self._shown()]
        if any(wanted == row.name for row in found.rows):
            self.open(wanted)
        elif not self.talk.question and not self._is_new:
            self.open(shown[0]) if shown else self.new()
        self._show_list()
        self._show_page(self._page)

    def _shown(self) -> tuple[QuestionRow, ...]:
        """Without those that hold nothing, nor anything that is being written."""
        kept = {self.talk.question, *self._desk.drafting.working()}
        return tuple(
            row
            for row in self._rows
            if not holds_nothing(row) or row.name in kept or self.talk.composing.holds(row.name)
        )

    def _spare(self) -> str:
        """The newest question of which everything was withheld; the words that were withheld make room for others."""
        working = self._desk.drafting.working()
        return next((row.name for row in self._rows if row.state == "withheld" and row.name not in working), "")

    def _show_list(self) -> None:
        rows = listed(self._shown(), self._desk.drafting.working(), self._words)
        self._view.show_questions(rows, self.talk.question)
        asked = [row.text or without_text(row) for row in self._rows if row.name == self.talk.question]
        self._view.show_title(asked[0] if asked else "New question")

    def _show_page(self, page: Page) -> None:
        """A new question needs a signed table; what was sent needs a question."""
        signed = any(source.signed for source in self._desk.standing.sources)
        asked = bool(self.talk.question)
        if not asked:
            page = "conversation" if signed else "no tables"
        elif page == "no tables":
            page = "conversation"
        turned = page != self._page
        self._page = page
        self._view.show_page(page)
        self._view.allow_sent(asked)
        if page == "sent" and (turned or self.talk.question != self.sent.question):
            self.sent.open(self.talk.question)
