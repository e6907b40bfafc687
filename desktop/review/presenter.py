"""The review screen: which draft is shown, its evidence, and what follows from both. No Qt in here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from desktop.desk import Latest, Place
from desktop.review.choices import Choice, compared_with, draft_choices
from desktop.review.editing_presenter import EditingPresenter, EditingView, FileDialogs
from desktop.review.evidence_shown import Exhibits, exhibits
from desktop.review.patients_presenter import PatientDialogs, PatientsPresenter
from desktop.review.program_presenter import ProgramPresenter, ProgramView
from desktop.review.remarks_presenter import RemarkDialogs, RemarksPresenter, RemarksView
from desktop.review.signing_presenter import SigningDialogs, SigningPresenter
from desktop.review.wording import Tone, Verdict, verdict
from sandbox.errors import PreceptorError
from sandbox.messages.desk import DraftWritten, Submitted
from sandbox.reviewing.orders import Progress
from sandbox.reviewing.orders.questions import ListQuestions, QuestionList
from sandbox.reviewing.orders.review import DraftList, DraftRow, DraftShown, ListDrafts, LookAt
from sandbox.visible import visible

if TYPE_CHECKING:
    from desktop.desk import Desk


class TopView(Protocol):
    """What is chosen, and what is being done about it."""

    def show_questions(self, questions: tuple[Choice, ...], current: str) -> None: ...

    def show_drafts(self, drafts: tuple[Choice, ...], current: str, others: tuple[Choice, ...], other: str) -> None: ...

    def show_facts(self, author: str, sha256: str) -> None: ...

    def show_looking(self, sentence: str, done: int = 0, of: int = 0) -> None:
        """An empty sentence: over."""


class EvidenceView(Protocol):
    def show_verdict(self, verdict: Verdict) -> None: ...

    def show_exhibits(self, exhibits: Exhibits) -> None: ...


class Dialogs(RemarkDialogs, SigningDialogs, PatientDialogs, FileDialogs, Protocol):
    """One at a time."""


class ReviewView(Protocol):
    """The whole screen by its parts. Everything it is given is ready to be shown."""

    @property
    def top(self) -> TopView: ...

    @property
    def program(self) -> ProgramView: ...

    @property
    def remarks(self) -> RemarksView: ...

    @property
    def evidence(self) -> EvidenceView: ...

    @property
    def editor(self) -> EditingView: ...

    @property
    def dialogs(self) -> Dialogs: ...

    def show_nothing(self, title: str, sentence: str) -> None: ...

    def show_something(self) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...

    def offer(self, tone: Tone, sentence: str, action: str, do: Callable[[], None]) -> None: ...

    def clear_offer(self) -> None: ...


class ReviewPresenter:
    """Shows one draft of one question. Its parts (`program`, `remarks`, `signing`, …) are driven by the view."""

    def __init__(self, view: ReviewView, desk: Desk) -> None:
        self._view = view
        self._desk = desk
        self.program = ProgramPresenter(view.program)
        self.remarks = RemarksPresenter(view.remarks, view.dialogs, self.program, desk, view.show_problem)
        self.signing = SigningPresenter(
            view.dialogs, view.offer, self.program, desk, partial(self._read_drafts, offers=False)
        )
        self.patients = PatientsPresenter(view.dialogs, desk, self._written)
        self.editing = EditingPresenter(view.editor, view.dialogs, desk, self._written, view.show_problem)
        self._ear = Ear(desk, self._heard)
        self._questions = Latest(desk.asks)
        self._lists = Latest(desk.asks)
        self._looks = Latest(desk.asks)
        self._question = ""
        self._drafts: tuple[DraftRow, ...] = ()
        self._wanted = 0
        self._line = 0
        self._other = 0
        self._shown: DraftShown | None = None
        self._shown_other = 0
        self._here = False

    def arrive(self, place: Place) -> None:
        """Show the question, draft and line of `place`; else those that were shown, else the newest that there is."""
        self._here = True
        self._wanted, self._line = int(place.get("draft") or 0), int(place.get("line") or 0)
        if question := place.get("question", self._question):
            self._open(question)
        self._questions.ask(ListQuestions(), self._show_questions, self._view.show_problem)

    def leave(self) -> None:
        """What was written stays; the question's session is let go, unless comments are on their way."""
        self._here = False
        self.editing.keep()
        if not self.remarks.is_sending:
            self._ear.listen("")

    def lock(self) -> None:
        """Nothing of results is shown here; a dialog comes back with what was typed, without the passphrase."""

    def standing_changed(self) -> None:
        """Nothing here depends on it; the list of drafts is read when the screen is arrived at."""

    def choose_question(self, question: str) -> None:
        if question != self._question:
            self._wanted = 0
            self._open(question)

    def choose_draft(self, number: str) -> None:
        if self._shown is None or int(number) != self._shown.evidence.number:
            self._other = 0
            self._view.clear_offer()
            self._look(int(number))

    def choose_other(self, number: str) -> None:
        """Compare with another draft, or (`NOTHING`) show the draft by itself."""
        if self._shown is not None and int(number) != self._other:
            self._other = int(number)
            self._look(self._shown.evidence.number)

    def check_again(self) -> None:
        """Check and try the draft afresh, in jails of the review's own."""
        if self._shown is not None:
            self._look(self._shown.evidence.number, again=True)

    def run(self, approval: str) -> None:
        self._desk.go("runs", approval=approval)

    def go_to_questions(self) -> None:
        self._desk.go("questions", **({"question": self._question} if self._question else {}))

    def _open(self, question: str) -> None:
        """The drafts of a question, then the one that is wanted."""
        if question != self._question:
            self._question, self._other, self._shown = question, 0, None
            self._looks.drop()
            self._view.clear_offer()
        self._ear.listen(question)
        self._read_drafts()

    def _read_drafts(self, *, offers: bool = True) -> None:
        """With `offers` a newer draft is offered; not after signing, when what was signed is offered to be run."""
        order = ListDrafts(question=self._question)
        self._lists.ask(order, lambda found: self._show_drafts(found, offers=offers), self._view.show_problem)

    def _heard(self, message: Any) -> None:
        self.remarks.heard(message)
        if isinstance(message, DraftWritten | Submitted) and self._here:
            self._read_drafts()
        if not self._here and not self.remarks.is_sending:
            self._ear.listen("")

    def _show_questions(self, found: QuestionList) -> None:
        rows = [row for row in found.rows if row.drafts or row.name == self._question]
        choices = tuple(Choice(row.name, visible(row.text) or row.name) for row in rows)
        if not self._question and choices:
            self._open(choices[0].key)
        elif not choices:
            self._view.show_nothing("Nothing to review yet", "A draft is read here once an agent, or you, wrote one.")
        self._view.top.show_questions(choices, self._question)

    def _show_drafts(self, found: DraftList, *, offers: bool) -> None:
        self._drafts = found.rows
        if not found.rows:
            self._view.show_nothing("No draft yet", "This question has no draft. Once there is one, it is read here.")
            return
        newest = found.rows[-1].number
        current = self._wanted or (self._shown.evidence.number if self._shown else newest)
        self._wanted = 0
        if offers and newest > current and self._shown is not None:
            row, number = found.rows[-1], str(newest)
            sentence = f"Draft {newest} {'is handed in' if row.submitted else 'is there'}."
            self._view.offer("info", sentence, "Look at it", lambda: self.choose_draft(number))
        self._look(current)

    def _look(self, number: int, *, again: bool = False) -> None:
        if self._shown is not None and number != self._shown.evidence.number:
            self._other = 0  # another draft has its own one to be compared with
        doing = "Checking and trying draft" if again else "Reading draft"
        self._view.top.show_looking(f"{doing} {number}…")
        order = LookAt(question=self._question, draft=number, against=max(self._other, 0), again=again)
        self._looks.ask(order, self._show, self._not_shown, self._progress)

    def _progress(self, progress: Progress) -> None:
        self._view.top.show_looking(f"{progress.sentence}…", progress.done, progress.of)

    def _not_shown(self, problem: PreceptorError) -> None:
        self._view.top.show_looking("")
        self._view.show_problem(problem)
        if self._shown is not None:
            self._other = self._shown_other
            self._view.top.show_drafts(*draft_choices(self._drafts, self._shown, self._other))

    def _show(self, shown: DraftShown) -> None:
        self._view.top.show_looking("")
        same_draft = self._shown is not None and _key(self._shown) == _key(shown)
        if self._shown is not None and not same_draft and shown.newest:
            self._view.clear_offer()
        other = compared_with(shown, self._other)
        self._view.top.show_drafts(*draft_choices(self._drafts, shown, other))
        self._view.evidence.show_verdict(verdict(shown))
        if (shown, other) == (self._shown, self._shown_other):
            self._go_to_line()
            return
        self._shown, self._shown_other, self._other = shown, other, other
        self._view.show_something()
        self._view.top.show_facts(shown.evidence.author, shown.evidence.sha256)
        self._view.evidence.show_exhibits(exhibits(shown))
        self.signing.show(shown)
        self.patients.show(shown)
        self.editing.show(shown)
        self.program.show(shown, other)
        self.remarks.show(shown)
        self._go_to_line()

    def _go_to_line(self) -> None:
        """Where somebody was sent to, once the program is there."""
        self.program.go_to(self._line)
        self._line = 0

    def _written(self, row: DraftRow) -> None:
        """A draft of the reviewer's own is there: show it."""
        self._desk.tell(f"Draft {row.number} is written.")
        self._other = 0
        self._wanted = row.number
        self._read_drafts()


class Ear:
    """Hears the session of one question at a time."""

    def __init__(self, desk: Desk, heard: Callable[[Any], None]) -> None:
        self._desk = desk
        self._heard = heard
        self._question = ""

    def listen(self, question: str) -> None:
        """Hear that question's session (empty: none), and no other's."""
        if question != self._question:
            if self._question:
                self._desk.drafting.unlisten(self._question, self._heard)
            if question:
                self._desk.drafting.listen(question, self._heard)
            self._question = question


def _key(shown: DraftShown) -> tuple[str, int]:
    return shown.question, shown.evidence.number
