"""Orders on drafts: the evidence, made-up patients, a draft of the reviewer's own, signing."""

from __future__ import annotations

from typing import Any, Literal

from sandbox.review.evidence import Evidence
from sandbox.review.made_up import MadeUpPatient
from sandbox.review.seen import Trial

from ._base import Order, Shown

SignedKind = Literal["first_look", "full"]


class DraftRow(Shown, frozen=True):
    """One draft of a question. `approval` is empty while it is not signed."""

    number: int
    author: Literal["agent", "reviewer"]
    sha256: str
    refusals: int = 0
    warnings: int = 0
    submitted: bool = False
    approval: str = ""


class DraftList(Shown, frozen=True):
    question: str
    text: str
    rows: tuple[DraftRow, ...]


class ListDrafts(Order[DraftList], frozen=True):
    """The drafts of a question, oldest first."""

    question: str


class TableRead(Shown, frozen=True):
    """What a draft may read of one table. `first_use`: no approval before read it."""

    table: str
    columns: tuple[str, ...]
    new: tuple[str, ...] = ()
    given: dict[str, str] = {}
    first_use: bool = False


class KindOffered(Shown, frozen=True):
    """One kind of approval: its words for the screen, and why it is not offered (empty: it is)."""

    kind: SignedKind
    name: str
    meaning: str
    refused: str = ""


class DraftShown(Shown, frozen=True):
    """A draft as a reviewer sees it. `evidence` holds no word of a model but the claims, which are apart.

    `approval` is one in force on exactly these bytes. `cover` is of all that a signature covers: program, made-up
    patients, flags, what it may read. `why` is the page on each rule that a flag names, where there is one.
    """

    question: str
    text: str
    evidence: Evidence
    reads: tuple[TableRead, ...]
    patients: tuple[MadeUpPatient, ...]
    comparable: tuple[int, ...]
    last_signed: int = 0
    kinds: tuple[KindOffered, ...] = ()
    purpose: str = ""
    newest: bool = True
    approval: str = ""
    cover: str = ""
    why: dict[str, str] = {}


class LookAt(Order[DraftShown], frozen=True):
    """The evidence on a draft (0: the newest) against another (0: last signed, else the one before).

    With `again` it is checked and tried afresh. Tells progress.
    """

    question: str
    draft: int = 0
    against: int = 0
    again: bool = False


class TryPatients(Order[Trial], frozen=True):
    """Run a draft on these made-up patients in a worker of the review's own. Nothing is kept."""

    question: str
    draft: int
    patients: tuple[MadeUpPatient, ...]


class WriteDraft(Order[DraftRow], frozen=True):
    """A new draft by the reviewer: a program as text, or from a file; with made-up patients or those of `basis`."""

    question: str
    program: str = ""
    path: str = ""
    basis: int = 0
    patients: tuple[MadeUpPatient, ...] | None = None


class ApprovalRow(Shown, frozen=True):
    """An approval and what is left of it. `may_run` is the rule's answer, `sentence` why not."""

    id: str
    question: str
    draft: int
    kind: str
    purpose: str
    reviewer: str
    fingerprint: str
    signed_at: str
    expires_at: str
    runs: int
    used: int
    may_run: bool
    sentence: str = ""
    revoked: bool = False
    title: str = ""
    program_sha256: str = ""
    tables: tuple[str, ...] = ()
    parameters: dict[str, Any] = {}


class SignDraft(Order[ApprovalRow], frozen=True):
    """Sign a draft. `sha256` and `cover` are those of what was on the screen; anything else is refused."""

    question: str
    draft: int
    sha256: str
    cover: str
    kind: SignedKind
    purpose: str
    hours: int
    runs: int
    passphrase: str
