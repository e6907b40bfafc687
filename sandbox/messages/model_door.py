"""What the agent in its jail and the gate say to each other.

The agent can do three things: ask for one HTTP exchange with the model, call a tool of ours, and tell the
reviewer something. Tool calls run on the other side of the pipe, in the drafting session.
"""

from __future__ import annotations

import msgspec


class _Frame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all frames here."""


# agent -> gate


class ModelRequest(_Frame, frozen=True, tag="model_request"):
    """One HTTP request as the SDK built it; the body is the payload. The gate decides what leaves."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]


class ToolCall(_Frame, frozen=True, tag="tool_call"):
    """Run one of our tools; `arguments` is a JSON object that is validated again outside."""

    name: str
    arguments: msgspec.Raw


class Said(_Frame, frozen=True, tag="said"):
    """A piece of streamed text for the reviewer's screen."""

    text: str


class TurnDropped(_Frame, frozen=True, tag="turn_dropped"):
    """The half turn streamed so far is void (a fault; it will be asked again after `wait` seconds)."""

    reason: str
    wait: float = 0.0


class TurnEnded(_Frame, frozen=True, tag="turn_ended"):
    """The agent has nothing to do until the reviewer writes. The payload is the conversation so far."""

    outcome: str
    sentence: str = ""


class Enough(_Frame, frozen=True, tag="enough"):
    """The rest of the response under way is not wanted; the gate answers with `ResponseEnd`."""


FromAgent = ModelRequest | ToolCall | Said | TurnDropped | TurnEnded | Enough


# gate -> agent


class Begin(_Frame, frozen=True, tag="begin"):
    """Start or go on: the payload is the conversation (JSON list of messages, last one the user's)."""

    model: str
    system: str
    tools: msgspec.Raw
    max_tokens: int = 8192
    turns: int = 25


class ResponseHead(_Frame, frozen=True, tag="response_head"):
    status: int
    headers: tuple[tuple[str, str], ...]


class ResponseChunk(_Frame, frozen=True, tag="response_chunk"):
    """A piece of the body, as payload."""


class ResponseEnd(_Frame, frozen=True, tag="response_end"):
    """The body is whole, or `broken` says that the connection broke in the middle."""

    broken: str = ""


class RequestRefused(_Frame, frozen=True, tag="request_refused"):
    """The gate let nothing out. `kind` is 'gate' or 'network'; a recognised patient ends the agent instead."""

    kind: str
    sentence: str


class ToolAnswer(_Frame, frozen=True, tag="tool_answer"):
    """The text that goes back to the model. `ends_turn` tells the loop to stop after this one."""

    text: str
    is_error: bool = False
    ends_turn: bool = False


class CancelTurn(_Frame, frozen=True, tag="cancel_turn"):
    """Stop now."""


ToAgent = Begin | ResponseHead | ResponseChunk | ResponseEnd | RequestRefused | ToolAnswer | CancelTurn
