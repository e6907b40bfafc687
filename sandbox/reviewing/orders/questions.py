"""Orders on questions: the list, a conversation, what was sent, live marks."""

from __future__ import annotations

from typing import Literal

from ._base import Done, Order, Shown

QuestionState = Literal["new", "withheld", "drafting", "asked", "answered", "submitted", "signed", "ran", "failed"]
TurnKind = Literal["you", "agent", "act", "asked", "draft", "comments", "failure"]


class QuestionRow(Shown, frozen=True):
    """One question of the list, newest activity first. `state` is derived from what is on disk."""

    name: str
    asked_at: str
    text: str
    state: QuestionState
    drafts: int = 0
    requests: int = 0
    approval: str = ""


class QuestionList(Shown, frozen=True):
    rows: tuple[QuestionRow, ...]


class ListQuestions(Order[QuestionList], frozen=True):
    """All questions."""


class OpenQuestion(Order[QuestionRow], frozen=True):
    """Make a new question with the dictionary as it is signed now; refused when no table is signed.

    `rather` is one of which all that was written was withheld: it is used in place of a new one where that is the same.
    """

    rather: str = ""


class KeepText(Order[Done], frozen=True):
    """Keep the first text of a question, once a request with it has left."""

    question: str
    text: str


class Turn(Shown, frozen=True):
    """One thing in the conversation as the screen shows it. `options` of what the agent asked."""

    kind: TurnKind
    text: str
    draft: int = 0
    ok: bool = True
    options: tuple[str, ...] = ()


class Conversation(Shown, frozen=True):
    question: QuestionRow
    turns: tuple[Turn, ...]


class ReadConversation(Order[Conversation], frozen=True):
    """What was said so far, from disk."""

    question: str


class Mark(Shown, frozen=True):
    """Characters `start` to `end` look like, or are known to be, a patient's."""

    start: int
    end: int
    kind: str


class Marks(Shown, frozen=True):
    """`known` is how many values of patients are recognised besides shapes."""

    marks: tuple[Mark, ...]
    known: int


class InspectText(Order[Marks], frozen=True):
    """What the checker finds in a text that is being written. Nothing is sent or kept."""

    text: str


class SentRow(Shown, frozen=True):
    """One request that left."""

    n: int
    time: str
    method: str
    url: str
    bytes: int
    sha256: str


class SentList(Shown, frozen=True):
    """`head` is the hash of the newest line; `sentence` says that the chain is whole, or what is wrong."""

    rows: tuple[SentRow, ...]
    whole: bool
    sentence: str
    head: str = ""


class ListSent(Order[SentList], frozen=True):
    """What was sent for a question, request by request, after checking the chain."""

    question: str


class SentRequest(Shown, frozen=True):
    """`body` is the exact text; `readable` the same JSON, indented, with its texts of several lines written out; its
    new part begins at line `new_from` of it."""

    row: SentRow
    headers: tuple[tuple[str, str], ...]
    body: str
    readable: str
    new_from: int = 0


class ReadSent(Order[SentRequest], frozen=True):
    """The exact bytes of one request."""

    question: str
    n: int
