"""The transcript: the conversation from the disk, then what a session says, message by message. No Qt in here."""

from __future__ import annotations

from typing import Any, Protocol

from desktop.questions.blocks import Block, Drafts, block_of, blocks_of
from sandbox.errors import PreceptorError
from sandbox.messages.desk import Acted, AgentAsked, DraftWritten, Dropped, Streamed, Submitted, TurnOver
from sandbox.reviewing.orders.questions import Conversation

WITHHELD = Block(
    "note",
    "What was written here was withheld, and withheld words are kept nowhere. "
    "Ask again without what identifies a patient.",
    ok=False,
)

CUT_OFF = Block("note", "Cut off here. These last words are not kept.", ok=False)


class TranscriptView(Protocol):
    """Where a conversation is read."""

    def show_blocks(self, blocks: tuple[Block, ...]) -> None: ...
    def show_new(self) -> None:
        """No conversation yet: what will happen to a question."""

    def add_block(self, block: Block) -> None: ...
    def add_text(self, text: str) -> None:
        """More of what the agent is saying."""

    def forget_text(self) -> None:
        """What the agent was saying since the last block does not count."""


class Telling:
    """What is in the transcript. `asked` and `draft` are those of the turn that goes on."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view
        self._last: Block | None = None
        self._is_speaking = False  # the agent's words are coming, and no block ended them
        self._held: Block | None = None  # what the agent did, while it may still be told better
        self.said = ""
        self.asked: Block | None = None
        self.draft = 0

    def begin(self) -> None:
        """A new question."""
        self.show(())
        self._view.show_new()

    def read(self, conversation: Conversation, drafts: Drafts) -> None:
        """Show what is on the disk."""
        blocks = blocks_of(conversation, drafts)
        if not blocks and conversation.question.state == "withheld":
            blocks = (WITHHELD,)
        self.show(blocks)

    def show(self, blocks: tuple[Block, ...]) -> None:
        said = [block.text for block in blocks if block.kind == "you"]
        self.said = said[-1] if said else ""
        self._last = blocks[-1] if blocks else None
        self._held = None
        self._is_speaking = False
        self.begin_turn()
        self._view.show_blocks(blocks)

    def begin_turn(self) -> None:
        self.asked, self.draft = None, 0

    def say(self, words: Block | None) -> None:
        """The reviewer's words have left; shown once, though the disk may have had them already."""
        if words != self._last:
            self._add(words)

    def hear(self, message: Any) -> None:
        """One message of the session.

        That a draft was written is told by its card, and that one was submitted after what was understood.
        """
        if isinstance(message, DraftWritten):
            self._held = None
        elif not isinstance(message, Submitted | TurnOver):
            self._let_go()
        match message:
            case Streamed():
                self._last = None
                self._is_speaking = True
                self._view.add_text(message.text)
                return
            case Acted(tool="put_draft" | "submit_for_review"):
                self._held = block_of(message)
                return
            case Dropped():
                self._is_speaking = False
                self._view.forget_text()
            case PreceptorError() if self._is_speaking:
                self._add(CUT_OFF)
            case Submitted():
                self.draft = message.draft
            case AgentAsked():
                self.asked = block_of(message)
        self._add(block_of(message))
        if isinstance(message, TurnOver):
            self._let_go()

    def _let_go(self) -> None:
        held, self._held = self._held, None
        self._add(held)

    def _add(self, block: Block | None) -> None:
        if block is None:
            return
        self._last = block
        self._is_speaking = False
        if block.kind == "you":
            self.said = block.text
        self._view.add_block(block)
