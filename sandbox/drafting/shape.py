"""The one shape that a request's body may have: messages with text and tool blocks, and nothing else.

    body = read_body(untrusted_body)          # GateRefused names what is not allowed
    body.encoded()                            # the bytes that leave: written anew, not passed on

Everything else that the API knows (files, images, documents, server tools, stored threads, containers, MCP
connectors, metadata) has no place in these types and is refused. The bytes that leave are encoded from what was
read, so a key that occurs twice can't be one thing to the checker and another to the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from sandbox.errors import GateRefused

LARGEST_BODY = 4 * 1024 * 1024
_DEEPEST = 12
_ADVICE = "This is a fault of Preceptor, not of your question; nothing was sent."
_FIELD = re.compile(r"`\$?(?P<path>[^`]*)`")

_Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
_Base64 = Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/=_-]*$", max_length=200_000)]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all parts: named fields only."""


class Text(_Part, frozen=True, kw_only=True, tag="text"):
    text: str


class ToolUse(_Part, frozen=True, kw_only=True, tag="tool_use"):
    id: _Name
    name: _Name
    input: dict[str, Any]


class ToolResult(_Part, frozen=True, kw_only=True, tag="tool_result"):
    tool_use_id: _Name
    content: str
    is_error: bool = False


class Thinking(_Part, frozen=True, kw_only=True, tag="thinking"):
    thinking: str
    signature: _Base64


class RedactedThinking(_Part, frozen=True, kw_only=True, tag="redacted_thinking"):
    data: _Base64


class UserMessage(_Part, frozen=True, kw_only=True, tag_field="role", tag="user"):
    content: Annotated[tuple[Text | ToolResult, ...], Meta(min_length=1)]


class AssistantMessage(_Part, frozen=True, kw_only=True, tag_field="role", tag="assistant"):
    content: Annotated[tuple[Text | ToolUse | Thinking | RedactedThinking, ...], Meta(min_length=1)]


Message = UserMessage | AssistantMessage


class CacheControl(_Part, frozen=True, kw_only=True):
    type: Literal["ephemeral"]


class Body(_Part, frozen=True, kw_only=True):
    """A request to `/v1/messages`."""

    model: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:/@-]{1,128}$")]
    max_tokens: Annotated[int, Meta(ge=1, le=128_000)]
    stream: Literal[True]
    system: str
    messages: Annotated[tuple[Message, ...], Meta(min_length=1, max_length=1000)]
    tools: tuple[dict[str, Any], ...]
    cache_control: CacheControl | None = None

    def encoded(self) -> bytes:
        return msgspec.json.encode(self)

    def texts(self) -> Iterator[str]:
        """Every piece of text in the messages that a person or a tool could have put there, keys included."""
        for message in self.messages:
            for part in message.content:
                yield from part_texts(part)


def read_body(untrusted_body: bytes) -> Body:
    """The body, if it has the one allowed shape."""
    try:
        return msgspec.json.decode(untrusted_body, type=Body)
    except msgspec.ValidationError as problem:
        place = _FIELD.search(str(problem))
        where = f" at {place['path'].lstrip('.')}" if place and place["path"] else ""
        raise GateRefused(f"The request is not of the allowed shape{where}.", _ADVICE) from problem
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise GateRefused("The request's body is not JSON.", _ADVICE) from problem


def read_messages(untrusted: bytes) -> tuple[Message, ...]:
    """A conversation that came from a file or the agent, if every message is of the allowed shape."""
    try:
        return msgspec.json.decode(untrusted, type=tuple[Message, ...])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise GateRefused("The conversation is not of the allowed shape.", _ADVICE) from problem


def part_texts(part: Text | ToolUse | ToolResult | Thinking | RedactedThinking) -> Iterator[str]:
    """The texts inside one block. What is opaque must be the model's own (see `opaque`)."""
    if isinstance(part, Text):
        yield part.text
    elif isinstance(part, ToolResult):
        yield part.content
    elif isinstance(part, Thinking):
        yield part.thinking
    elif isinstance(part, ToolUse):
        yield from leaves(part.input)


def opaque(message: Message) -> Iterator[str]:
    """What no checker can read: signatures, encrypted thoughts, the ids and names of calls, each with its sort."""
    for part in message.content:
        if isinstance(part, ToolUse):
            yield opaque_mark("call", part.id)
            yield opaque_mark("name", f"{part.id} {part.name}")
        elif isinstance(part, ToolResult):
            yield opaque_mark("call", part.tool_use_id)
        elif isinstance(part, Thinking) and part.signature:
            yield opaque_mark("signature", part.signature)
        elif isinstance(part, RedactedThinking):
            yield opaque_mark("data", part.data)


def opaque_mark(sort: str, value: str) -> str:
    return f"{sort}:{value}"


def leaves(value: Any, depth: int = 0) -> Iterator[str]:
    """Every string and number in a JSON value, and every key of an object."""
    if depth > _DEEPEST:
        raise GateRefused("A tool call is nested too deeply.", _ADVICE)
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from leaves(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, depth + 1)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
