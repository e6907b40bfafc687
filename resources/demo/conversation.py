"""A recorded conversation: the turns of a model, kept as a file, said again by the demo's model server.

    conversation = load_conversation(Path("resources/conversations/readmissions.json"))
    conversation.turns[0].content[0]            # Text(text='I will look …')

The format is in resources/conversations/README.md. A turn is what the Messages API calls an assistant message.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from sandbox.errors import BadInput
from sandbox.files import replace_file

StopReason = Literal[
    "end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "model_context_window_exceeded"
]


class _Block(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    pass


class Text(_Block, frozen=True, kw_only=True, tag="text"):
    text: str


class ToolUse(_Block, frozen=True, kw_only=True, tag="tool_use"):
    """A call of one of the agent's tools; an empty `id` is filled in when it is said."""

    name: str
    input: dict[str, Any]
    id: str = ""


class Thinking(_Block, frozen=True, kw_only=True, tag="thinking"):
    thinking: str
    signature: str = ""


Block = Text | ToolUse | Thinking


class Turn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One assistant message. Without `stop_reason` it is "tool_use" when a tool is called, else "end_turn"."""

    content: tuple[Block, ...]
    stop_reason: StopReason | None = None
    stop_details: dict[str, Any] | None = None

    @property
    def why_it_stopped(self) -> StopReason:
        calls = any(isinstance(block, ToolUse) for block in self.content)
        return self.stop_reason or ("tool_use" if calls else "end_turn")


class Reviewer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The reviewer's half, for whoever plays the conversation through on the demo hospital.

    `tables` are signed first; after the first submission `comment` goes on the line that holds `comment_on`.
    The program's `value` must then equal what `oracle`, an independent query on the hospital, returns.
    """

    tables: tuple[str, ...]
    comment: str
    comment_on: str
    purpose: str
    value: str
    oracle: str


class Conversation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The model's half of a conversation; `question` is what the reviewer asks in it."""

    name: str
    turns: tuple[Turn, ...]
    title: str = ""
    description: str = ""
    question: str = ""
    reviewer: Reviewer | None = None
    format: Literal[1] = 1


ENDED = Turn(content=(Text(text="This is a recorded conversation, and it has ended here. Connect a model to go on."),))


def conversation_path(name: str) -> Path:
    """Where the shipped conversation of that name is."""
    return Path(__file__).resolve().parent.parent / "conversations" / f"{name}.json"


def load_conversation(path: Path) -> Conversation:
    """Read a conversation, or `BadInput` naming the file and the place that is wrong."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Conversation)
    except OSError as problem:
        raise BadInput(f"The recorded conversation {path.name} can't be read.") from problem
    except msgspec.MsgspecError as problem:
        raise BadInput(f"{path.name} is not a recorded conversation: {problem}.") from problem


def read_turn(untrusted: bytes) -> Turn:
    """One turn from the bytes of a JSON file, or `BadInput`."""
    try:
        return msgspec.json.decode(untrusted, type=Turn)
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise BadInput(f"That is not a turn: {problem}.", "See resources/conversations/README.md.") from problem


def save_conversation(path: Path, conversation: Conversation) -> None:
    """Write a conversation so that a person can read and edit it."""
    replace_file(path, msgspec.json.format(msgspec.json.encode(conversation), indent=2) + b"\n", mode=0o644)
