"""What a conversation looks like, block by block, and what can be done next. No Qt in here.

blocks_of(conversation, drafts)                   # from the disk
block_of(Acted(tool="run_draft", summary="…"))    # from a session; None for what is no block
next_after(TurnOver(outcome="submitted"), 3)      # Next(kind="review", draft=3, …)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from desktop.words import plural
from sandbox.messages.desk import (
    Acted,
    AgentAsked,
    Answer,
    Ask,
    Comments,
    DraftWritten,
    FailureReport,
    TurnOver,
    Withheld,
)
from sandbox.reviewing.orders.questions import Conversation, QuestionState, Turn
from sandbox.reviewing.orders.review import DraftRow

BlockKind = Literal["you", "agent", "act", "asked", "draft", "comments", "failure", "note"]
NextKind = Literal["nothing", "review", "answer", "go on", "run"]
Drafts = tuple[DraftRow, ...]


@dataclass(frozen=True)
class Block:
    """One block of the transcript; `note` is the desk's own word."""

    kind: BlockKind
    text: str
    draft: int = 0
    ok: bool = True
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Next:
    """What waits for the reviewer: a draft to review, an answer to give, a turn to go on with, an approval to run."""

    kind: NextKind = "nothing"
    sentence: str = ""
    draft: int = 0
    options: tuple[str, ...] = ()


NOTHING = Next()
RUN: dict[QuestionState, Next] = {
    "signed": Next(kind="run", sentence="It is signed, and can be run while its approval allows it."),
    "ran": Next(kind="run", sentence="It ran. What it found is in Runs."),
    "failed": Next(kind="run", sentence="Its run failed. In Runs you read why, and what the agent may hear of it."),
}
GO_ON = Next(kind="go on", sentence="The agent stopped before it had finished. The conversation is kept.")


def blocks_of(conversation: Conversation, drafts: Drafts) -> tuple[Block, ...]:
    """The conversation as it is on the disk, with what was found in its drafts."""
    rows = {row.number: row for row in drafts}
    return tuple(_block(turn, rows.get(turn.draft)) for turn in conversation.turns)


def block_of(message: Any) -> Block | None:
    """The block that a message of a drafting session adds, None when it adds none."""
    match message:
        case Acted():
            return Block("act", message.summary, ok=message.ok)
        case DraftWritten():
            return Block("draft", found(message.refusals, message.warnings), message.draft, message.refusals == 0)
        case AgentAsked():
            return Block("asked", message.question, options=message.options)
        case Withheld():
            return Block("note", message.sentence, ok=False)
        case TurnOver():
            return _ending(message)
    return None


def words_of(message: object) -> Block | None:
    """The block of the reviewer's own words; None where there are none ("Go on")."""
    match message:
        case Ask() | Answer() if message.text.strip():
            return Block("you", message.text)
        case Comments():
            said = [f"{_lines(one.first, one.last)}: {one.text}" for one in message.comments]
            return Block("comments", "\n".join(filter(None, (*said, message.text.strip()))), message.draft)
        case FailureReport():
            name = f", at the name {message.name}" if message.name else ""
            said_of = f"Draft {message.draft} failed on real data: {message.exception} in line {message.line}{name}."
            return Block("failure", said_of, message.draft, ok=False)
    return None


def next_after(over: TurnOver, draft: int, asked: Block | None) -> Next:
    """What waits after a turn, in which `draft` was handed in (0: none) or the agent `asked`."""
    match over.outcome:
        case "submitted" if draft:
            return _review(draft)
        case "asked" if asked is not None:
            return _answer(asked.options)
        case "cancelled":
            return Next(kind="go on", sentence="Stopped. What was said so far is kept.")
    return NOTHING


def next_of(conversation: Conversation, drafts: Drafts) -> Next:
    """What waits in a conversation as it is on the disk, while no session works on it."""
    match conversation.question.state:
        case "submitted" if drafts:
            return _review(drafts[-1].number)
        case "asked":
            asked = [turn for turn in conversation.turns if turn.kind == "asked"]
            return _answer(asked[-1].options) if asked else NOTHING
        case "drafting":
            return GO_ON
        case "signed" | "ran" | "failed" as state:
            return RUN[state]
    return NOTHING


def found(refusals: int, warnings: int) -> str:
    """What the checks found in a draft, in words."""
    refused = f"{plural(refusals, 'refusal')}" if refusals else "Nothing refused"
    return f"{refused}, {plural(warnings, 'place')} to look at." if warnings else f"{refused}."


def _block(turn: Turn, draft: DraftRow | None) -> Block:
    text = turn.text
    if turn.kind == "draft" and draft is not None:
        text = found(draft.refusals, draft.warnings)
    text = text.removeprefix(f"Comments on draft {turn.draft}\n")  # its title says so
    return Block(turn.kind, text, turn.draft, turn.ok, turn.options)


def _review(draft: int) -> Next:
    return Next(kind="review", sentence=f"Draft {draft} is ready for your review.", draft=draft)


def _answer(options: tuple[str, ...]) -> Next:
    return Next(kind="answer", sentence="The agent waits for your answer.", options=options)


def _ending(over: TurnOver) -> Block | None:
    if over.outcome == "cancelled":
        return Block("note", "You stopped the agent.")
    if not over.sentence:
        return None
    spoken = over.outcome in ("answered", "cannot", "submitted")
    return Block("agent" if spoken else "note", over.sentence, ok=over.outcome != "cannot")


def _lines(first: int, last: int) -> str:
    return f"Line {first}" if first == last else f"Lines {first} to {last}"
