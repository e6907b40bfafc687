"""What is being written: one text per question, kept until a request with it has left. No Qt in here.

composing.turn_to("q-…", Work())      # the composer shows what was written for it
composing.typed("How many …?")        # marks follow
composing.begin()                     # held: it is on its way to the checker
composing.left()                      # a request has left; the composer is empty
composing.withheld(hits)              # or it was withheld: the words are marked, nothing is lost
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from desktop.questions.drafting import Work
from desktop.questions.marking import Marking
from sandbox.messages.desk import Answer, Ask
from sandbox.reviewing.orders.questions import Mark

if TYPE_CHECKING:
    from desktop.desk import Desk

DEMO = "The model in this demo is a recording. It answers this question:"
DEMO_OTHER = "The model in this demo is a recording. It answers one question only, which this is not."
BY_SHAPE = "Patients are recognised by shape alone: no identifiers of your sources are indexed yet."


class ComposerView(Protocol):
    """Where the reviewer writes."""

    def write(self, text: str) -> None:
        """What stands in it."""

    def hold(self, held: bool) -> None:
        """While held, what stands in it can't be changed."""

    def show_marks(self, marks: tuple[Mark, ...], sentence: str) -> None: ...
    def show_hint(self, sentence: str) -> None: ...


class Composing:
    """The words of one composer, for whichever question is open ("": one that is new)."""

    def __init__(self, view: ComposerView, desk: Desk) -> None:
        self._view = view
        self._desk = desk
        self._marking = Marking(desk, self._show_marks)
        self._written: dict[str, str] = {}
        self._question = ""
        self.is_sending = False

    @property
    def text(self) -> str:
        return self._written.get(self._question, "")

    def holds(self, question: str) -> bool:
        """Whether something that is not sent is written for that question."""
        return bool(self._written.get(question, "").strip())

    def turn_to(self, question: str, work: Work) -> None:
        """Show what was written for that question; held when it is just being checked."""
        self._question = question
        demo = self._desk.standing.demo
        if not question and demo is not None and not self.text.strip():
            self._written[""] = demo.question
        message = work.message
        on_its_way = work.phase == "checking" and isinstance(message, Ask | Answer) and message.text == self.text
        self._hold(on_its_way and bool(self.text))
        self._view.write(self.text)
        self._marking.typed(self.text)
        self.show_hint(work.known)

    def typed(self, text: str) -> None:
        self._written[self._question] = text
        self._marking.typed(text)
        self.show_hint()

    def begin(self) -> str:
        """The words to send, held from now on."""
        self._hold(True)
        return self.text

    def release(self) -> None:
        """They can be changed again."""
        self._hold(False)

    def left(self) -> None:
        """A request has left: if it was with these words, they are part of the conversation now."""
        if self.is_sending:
            self._clear()
            self._hold(False)

    def became(self, question: str, text: str) -> bool:
        """A new question with these words has got its name; whether it is still the one that is open."""
        self._written[question] = text
        if self._written.get("") == text:
            del self._written[""]
        if self._question or not self.is_sending:
            return False
        self._question = question
        return True

    def withheld(self, hits: tuple[tuple[int, int, str], ...]) -> None:
        """Mark what was recognised in the words that were held, and let them be changed."""
        if self.is_sending:
            marks = tuple(Mark(start=start, end=end, kind=kind) for start, end, kind in hits)
            self._marking.set(self.text, marks)
            self._hold(False)

    def is_in_conversation(self, said: str) -> None:
        """The last words of the conversation on the disk: if these stand in the composer too, they have left."""
        if not self.is_sending and said and said.strip() == self.text.strip():
            self._clear()

    def show_hint(self, known: int = -1) -> None:
        """One quiet line: in a demo what the model can answer; else when no identifier of a patient is known."""
        demo = self._desk.standing.demo
        if not self._question and demo is not None:
            self._view.show_hint(DEMO if self.text.strip() == demo.question else DEMO_OTHER)
        else:
            self._view.show_hint(BY_SHAPE if 0 in (known, self._marking.known) else "")

    def _show_marks(self, marks: tuple[Mark, ...], sentence: str) -> None:
        self._view.show_marks(marks, sentence)
        self.show_hint()

    def _clear(self) -> None:
        self._written[self._question] = ""
        self._view.write("")
        self._marking.typed("")

    def _hold(self, held: bool) -> None:
        self.is_sending = held
        self._view.hold(held)
