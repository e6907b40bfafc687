"""The conversation of one question on disk, always in a state from which it can go on.

    conversation = Conversation.open(folder / "conversation.json")
    conversation.say("How many stays …?")
    conversation.keep(messages)            # after every step, atomically

A session can be killed at any moment. What is kept is what the model was last sent, or the turn after it; a tool
call that got no answer is answered "not run", because a request with an open call would be refused.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from sandbox.drafting.shape import AssistantMessage, Message, Text, ToolResult, ToolUse, UserMessage, read_messages
from sandbox.errors import GateRefused, WorkspaceRefused
from sandbox.files import replace_file

NOT_RUN = "Not run: the turn was stopped before this call."


class Conversation:
    """Messages, first to last."""

    def __init__(self, path: Path, messages: tuple[Message, ...]) -> None:
        self._path = path
        self.messages = messages

    @classmethod
    def open(cls, path: Path) -> Conversation:
        """The kept conversation, or a new one."""
        try:
            return cls(path, read_messages(path.read_bytes()))
        except FileNotFoundError:
            return cls(path, ())
        except (OSError, GateRefused) as problem:
            raise WorkspaceRefused(
                "The conversation of this question can't be read.", "Restore it from a backup, or ask a new question."
            ) from problem

    @property
    def waits_for_model(self) -> bool:
        """Whether the last word is the reviewer's or a tool's, so that the turn can go on as it is."""
        return bool(self.messages) and isinstance(self.messages[-1], UserMessage)

    def say(self, text: str) -> None:
        """Add the reviewer's words. Two messages of the same side in a row become one."""
        messages = _answered(self.messages)
        if messages and isinstance(messages[-1], UserMessage):
            last = UserMessage(content=(*messages[-1].content, Text(text=text)))
            messages = (*messages[:-1], last)
        else:
            messages = (*messages, UserMessage(content=(Text(text=text),)))
        self.keep(messages)

    def keep(self, messages: tuple[Message, ...]) -> None:
        """Replace the conversation, on the disk when it returns."""
        self.messages = messages
        replace_file(self._path, msgspec.json.format(self.encoded(), indent=1) + b"\n")

    def encoded(self) -> bytes:
        """The messages as the agent gets them, every call answered."""
        return msgspec.json.encode(_answered(self.messages))


def _answered(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    if not messages or not isinstance(messages[-1], AssistantMessage):
        return messages
    calls = [part.id for part in messages[-1].content if isinstance(part, ToolUse)]
    if not calls:
        return messages
    results = tuple(ToolResult(tool_use_id=call, content=NOT_RUN, is_error=True) for call in calls)
    return (*messages, UserMessage(content=results))
