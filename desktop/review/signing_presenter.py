"""Signing a draft: never by accident, never unseen. What may be signed arrives as facts. No Qt in here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from desktop.review.program_presenter import ProgramPresenter
from desktop.review.wording import Tone, not_seen, refusal, what_is_signed
from desktop.words import plural, when
from sandbox.errors import PreceptorError, Refusal
from sandbox.reviewing.orders.review import ApprovalRow, DraftShown, KindOffered, SignDraft, SignedKind

if TYPE_CHECKING:
    from desktop.desk import Desk

HOURS: tuple[tuple[int, str], ...] = (
    (1, "1 hour"),
    (8, "8 hours"),
    (24, "1 day"),
    (7 * 24, "7 days"),
    (30 * 24, "30 days"),
)


class SignForm(NamedTuple):
    """What the dialog says and starts from. `not_seen` is empty when all of it was on the screen."""

    title: str
    statement: str
    not_seen: str
    kinds: tuple[KindOffered, ...]
    terms: Terms


class Terms(NamedTuple):
    """What the reviewer chooses; kept when the dialog is closed without signing."""

    kind: SignedKind
    purpose: str
    hours: int = 8
    runs: int = 1


class SignDialog(Protocol):
    """The open dialog."""

    def show_working(self, sentence: str) -> None:
        """An empty sentence: over."""

    def show_problem(self, problem: PreceptorError) -> None: ...

    def finish(self) -> None: ...


class SigningDialogs(Protocol):
    def open_sign(self, form: SignForm) -> SignDialog: ...


class Offer(Protocol):
    """Says something above the content, with one thing to do about it."""

    def __call__(self, tone: Tone, sentence: str, action: str, do: Callable[[], None]) -> None: ...


class SigningPresenter:
    """Opens the dialog for the draft that is shown and signs exactly that one."""

    def __init__(
        self,
        dialogs: SigningDialogs,
        offer: Offer,
        program: ProgramPresenter,
        desk: Desk,
        signed: Callable[[], None],
    ) -> None:
        self._dialogs = dialogs
        self._offer = offer
        self._program = program
        self._desk = desk
        self._signed = signed
        self._shown: DraftShown | None = None
        self._form_of: DraftShown | None = None
        self._dialog: SignDialog | None = None
        self._terms: dict[tuple[str, int], Terms] = {}

    def show(self, shown: DraftShown | None) -> None:
        self._shown = shown

    def open(self) -> None:
        """Open the dialog; nothing happens while the facts say that it may not be signed."""
        shown = self._shown
        if shown is None or refusal(shown) or not shown.kinds:
            return
        form = SignForm(
            title=f"Sign draft {shown.evidence.number}",
            statement=what_is_signed(shown),
            not_seen=not_seen(self._program.missing),
            kinds=shown.kinds,
            terms=self._terms.get(self._key(shown)) or _first_terms(shown),
        )
        self._form_of = shown
        self._dialog = self._dialogs.open_sign(form)

    def sign(self, terms: Terms, passphrase: str) -> None:
        """Sign what is shown under these terms, if all of it was on the screen and the dialog speaks of it."""
        shown, dialog = self._shown, self._dialog
        if shown is None or dialog is None or self._program.missing:
            return
        self.keep(terms)
        if shown != self._form_of:
            dialog.show_problem(Refusal("The draft has changed since this was opened.", "Close this and look at it."))
            return
        dialog.show_working("Checking the draft again and signing it…")
        self._desk.busy("signing", "A draft is being signed.")
        order = SignDraft(
            question=shown.question,
            draft=shown.evidence.number,
            sha256=shown.evidence.sha256,
            cover=shown.cover,
            kind=terms.kind,
            purpose=terms.purpose,
            hours=terms.hours,
            runs=terms.runs,
            passphrase=passphrase,
        )
        self._desk.asks.ask(order, lambda row: self._done(dialog, row), lambda problem: self._failed(dialog, problem))

    def keep(self, terms: Terms) -> None:
        """The dialog was left; what was chosen in it is there when it is opened again."""
        if self._shown is not None:
            self._terms[self._key(self._shown)] = terms

    def go_to_missing(self) -> None:
        """Show the first lines that were not seen."""
        missing = self._program.missing
        if missing:
            self._program.go_to_missing(missing[0])

    def closed(self) -> None:
        self._dialog = None

    def _failed(self, dialog: SignDialog, problem: PreceptorError) -> None:
        self._desk.busy("signing", "")
        dialog.show_working("")
        dialog.show_problem(problem)

    def _done(self, dialog: SignDialog, row: ApprovalRow) -> None:
        self._desk.busy("signing", "")
        dialog.finish()
        sentence = f"Approval {row.id}: may run {_times(row.runs)} until {when(row.expires_at)}."
        self._desk.tell(f"Draft {row.draft} is signed.")
        self._offer("good", sentence, "Run it", lambda: self._desk.go("runs", approval=row.id))
        self._desk.refresh()
        self._signed()

    @staticmethod
    def _key(shown: DraftShown) -> tuple[str, int]:
        return shown.question, shown.evidence.number


def _first_terms(shown: DraftShown) -> Terms:
    """The first kind that is offered, for one run and eight hours."""
    offered = [kind.kind for kind in shown.kinds if not kind.refused]
    return Terms(kind=offered[0], purpose=shown.purpose)


def _times(runs: int) -> str:
    return "once" if runs == 1 else plural(runs, "time")
