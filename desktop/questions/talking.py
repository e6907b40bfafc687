"""One conversation: what was said, what is being written, what the agent is doing. No Qt in here.

talk.open("q-…")       # read from the disk; a turn that goes on is joined
talk.send()            # what stands in the composer; a new question is made for it first
talk.stop(); talk.go_on(); talk.choose("By month of discharge")
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from desktop.desk import Latest
from desktop.questions.blocks import GO_ON, NOTHING, Drafts, Next, next_after, next_of, words_of
from desktop.questions.composing import ComposerView, Composing
from desktop.questions.drafting import Message, Work, ending, is_last
from desktop.questions.telling import Telling, TranscriptView
from desktop.questions.working import WorkLine, WorkView
from sandbox.errors import BadInput, Fault, PatientRecognised, PreceptorError
from sandbox.messages.desk import (
    LONGEST_TEXT,
    Answer,
    Ask,
    Ready,
    Sent,
    Streamed,
    TurnOver,
    Withheld,
    too_long,
)
from sandbox.reviewing.orders.questions import Conversation, OpenQuestion, QuestionRow, ReadConversation
from sandbox.reviewing.orders.review import DraftList, ListDrafts

if TYPE_CHECKING:
    from desktop.desk import Desk

_KEPT = "The conversation is kept on the disk."
_STILL_HERE = "What you wrote is still here."


class TalkView(TranscriptView, ComposerView, WorkView, Protocol):
    """What a conversation is shown in."""

    def show_next(self, following: Next) -> None: ...
    def show_trouble(self, problem: PreceptorError) -> None: ...
    def clear_trouble(self) -> None: ...


class Talk:
    """The presenter of the conversation that is open; `opened` hears of a question that was made for new words.

    `spare` names a question that may be used for them instead of a new one, or is "".
    """

    def __init__(
        self, view: TalkView, desk: Desk, opened: Callable[[QuestionRow], None], spare: Callable[[], str]
    ) -> None:
        self._view = view
        self._desk = desk
        self._opened = opened
        self._spare = spare
        self._reading = Latest(desk.asks)
        self._told = Telling(view)
        self._work_line = WorkLine(view, desk, self._state)
        self.composing = Composing(view, desk)
        self.question = ""
        self.is_seen = True
        self._read = False  # the conversation on the screen is the one on the disk, and what came since
        self._moved = False  # something left or ended since it was asked for
        self._next = NOTHING

    def new(self) -> None:
        """A question that is not on the disk yet."""
        self._turn_to("")
        self._read = True
        self._told.begin()

    def open(self, question: str) -> None:
        """A question's conversation; a turn that is going on is joined. The one that is open is read again."""
        if question != self.question or not self._read:
            self._turn_to(question)
            self._told.show(())
            self._desk.drafting.listen(question, self._heard)
            self.read()
        elif self._may_begin:
            self.read()

    def read(self) -> None:
        """Read the conversation from the disk."""
        self._moved = False
        self._reading.ask(ListDrafts(question=self.question), self._on_drafts, self._view.show_trouble)

    # What the reviewer does.

    def send(self) -> None:
        """Send what stands in the composer."""
        if not self._may_begin or not self.composing.text.strip():
            return
        if len(self.composing.text) > LONGEST_TEXT:
            self.pasted_too_much(len(self.composing.text))
            return
        self._view.clear_trouble()
        text = self.composing.begin()
        if self.question:
            self._begin(Answer(text=text) if self._next.kind == "answer" else Ask(text=text))
        else:
            self._desk.asks.ask(OpenQuestion(rather=self._spare()), partial(self._on_opened, text), self._not_begun)

    def pasted_too_much(self, letters: int) -> None:
        """So many letters are not taken."""
        self._view.show_trouble(too_long(letters))

    def choose(self, option: str) -> None:
        """Answer the agent with one of its options."""
        if self._may_begin:
            self._view.clear_trouble()
            self._begin(Answer(text=option))

    def go_on(self) -> None:
        """Let the agent go on where it was interrupted."""
        if self._may_begin:
            self._view.clear_trouble()
            self._begin(Ask(text=""))

    def stop(self) -> None:
        self._desk.drafting.cancel(self.question)
        self._work_line.show()

    # Sending.

    @property
    def _may_begin(self) -> bool:
        return self._state().is_idle and not self.composing.is_sending

    def _state(self) -> Work:
        return self._desk.drafting.state(self.question) if self.question else Work()

    def _on_opened(self, text: str, row: QuestionRow) -> None:
        """The new question is on the disk. Its words are sent, unless another one was opened meanwhile."""
        if self.composing.became(row.name, text):
            self.question = row.name
            self._desk.drafting.listen(row.name, self._heard)
            self._begin(Ask(text=text))
        self._opened(row)

    def _begin(self, message: Message) -> None:
        try:
            self._desk.drafting.send(self.question, message)
        except BadInput as problem:
            self._not_begun(problem)
            return
        self._told.begin_turn()
        self._show_next(NOTHING)
        self._work_line.show()

    def _not_begun(self, problem: PreceptorError) -> None:
        self.composing.release()
        self._view.show_trouble(problem)

    # What comes from the session.

    def _heard(self, message: Any) -> None:
        self._moved = self._moved or isinstance(message, Sent) or is_last(message)
        if self._read:
            self._tell(message)
        if is_last(message):
            self._on_over(message)
        elif isinstance(message, Sent):
            self.composing.left()
        elif isinstance(message, Ready):
            self.composing.show_hint(message.known)
        if not isinstance(message, Streamed):
            self._work_line.show()

    def _tell(self, message: Any) -> None:
        """One message in the transcript; with the first request the reviewer's words have left."""
        work = self._state()
        if isinstance(message, Sent) and work.requests == 1:
            self._told.say(words_of(work.message))
        if not (isinstance(message, Withheld) and self.composing.is_sending):  # those words are not in here
            self._told.hear(message)

    def _on_over(self, message: Any) -> None:
        was_sending = self.composing.is_sending
        if isinstance(message, Withheld):
            self.composing.withheld(message.hits)
            self._view.show_trouble(PatientRecognised(message.sentence))
        elif isinstance(message, PreceptorError):
            self._view.show_trouble(_with(message, _STILL_HERE if was_sending else _KEPT))
        self.composing.release()
        if isinstance(message, TurnOver):
            self._show_next(next_after(message, self._told.draft, self._told.asked))
            if not self.is_seen:
                self._desk.tell(ending(message))
        elif isinstance(message, Fault) and self._told.said:
            self._show_next(GO_ON)
        if not self._read or (was_sending and not isinstance(message, Withheld)):
            self.read()  # the words may have become part of the conversation without a request

    # What is shown.

    def _on_drafts(self, found: DraftList) -> None:
        order = ReadConversation(question=self.question)
        self._reading.ask(order, partial(self._on_read, found.rows), self._view.show_trouble)

    def _on_read(self, drafts: Drafts, conversation: Conversation) -> None:
        if self._moved:
            self.read()
            return
        self._read = True
        self._told.read(conversation, drafts)
        self.composing.is_in_conversation(self._told.said)
        if self._state().is_idle:
            self._show_next(next_of(conversation, drafts))
        else:
            self._show_next(NOTHING)
            for message in self._desk.drafting.recent(self.question):
                self._told.hear(message)

    def _show_next(self, following: Next) -> None:
        self._next = following
        self._view.show_next(following)

    def _turn_to(self, question: str) -> None:
        if self.question:
            self._desk.drafting.unlisten(self.question, self._heard)
        self._reading.drop()
        self.question = question
        self._read = False
        self._view.clear_trouble()
        self._show_next(NOTHING)
        self.composing.turn_to(question, self._state())
        self._work_line.show()


def _with(problem: PreceptorError, safe: str) -> PreceptorError:
    """The same problem, with what is safe."""
    return type(problem)(problem.sentence, " ".join(filter(None, (problem.advice, safe))))
