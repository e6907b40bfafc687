"""The Messages API on the wire: a turn as server-sent events, as one JSON answer, and errors.

Every event carries its `event:` line; clients drop events without one in silence.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .conversation import Block, Text, Thinking, ToolUse, Turn

PIECE = 24  # characters in one delta: small enough to see text arrive, large enough to be quick


@dataclass(frozen=True)
class Event:
    """One server-sent event. `data` may be raw text, for faults that send no JSON."""

    name: str
    data: dict[str, Any] | str

    def encode(self, *, named: bool = True) -> bytes:
        data = self.data if isinstance(self.data, str) else json.dumps(self.data, ensure_ascii=False)
        head = f"event: {self.name}\n" if named else ""
        return f"{head}data: {data}\n\n".encode()


def events(turn: Turn, request: dict[str, Any]) -> Iterator[Event]:
    """The turn as a stream, from `message_start` to `message_stop`."""
    message = {
        **_envelope(request),
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": _usage(request, 1),
    }
    yield _event({"type": "message_start", "message": message})
    yield _event({"type": "ping"})
    for index, block in enumerate(turn.content):
        yield _event({"type": "content_block_start", "index": index, "content_block": _opening(block)})
        for delta in _deltas(block):
            yield _event({"type": "content_block_delta", "index": index, "delta": delta})
        yield _event({"type": "content_block_stop", "index": index})
    end: dict[str, Any] = {"stop_reason": turn.why_it_stopped, "stop_sequence": None}
    if turn.stop_details is not None:
        end["stop_details"] = turn.stop_details
    yield _event({"type": "message_delta", "delta": end, "usage": {"output_tokens": _words(turn)}})
    yield _event({"type": "message_stop"})


def whole(turn: Turn, request: dict[str, Any]) -> dict[str, Any]:
    """The turn as the answer to a request that does not stream."""
    content = [_closed(block) for block in turn.content]
    answer = {**_envelope(request), "content": content, "stop_reason": turn.why_it_stopped, "stop_sequence": None}
    if turn.stop_details is not None:
        answer["stop_details"] = turn.stop_details
    return {**answer, "usage": _usage(request, _words(turn))}


def error(kind: str, message: str) -> dict[str, Any]:
    """The body of an error answer, and the data of an `error` event."""
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": f"req_{secrets.token_hex(8)}"}


def tokens(request: dict[str, Any]) -> int:
    """Roughly how many tokens a request has: four bytes each."""
    return len(json.dumps([request.get(key) for key in ("system", "tools", "messages")])) // 4


def problem_with(request: Any) -> str:
    """What the real service would refuse about a request, or nothing. It answers 400 with these words."""
    if not isinstance(request, dict):
        return "the body must be a JSON object"
    for key, kind in (("model", str), ("max_tokens", int), ("messages", list)):
        if not isinstance(request.get(key), kind):
            return f"{key}: Field required"
    messages = request["messages"]
    if not messages or any(not isinstance(message, dict) for message in messages):
        return "messages: at least one message is required"
    if any(message.get("role") not in ("user", "assistant") for message in messages):
        return "messages: Unexpected role"
    if messages[0]["role"] != "user":
        return "messages: first message must use the user role"
    return _unanswered(messages)


def _unanswered(messages: list[dict[str, Any]]) -> str:
    """Each tool_use must be answered by a tool_result in the very next message, and no other may be."""
    open_calls: set[str] = set()
    for place, message in enumerate(messages):
        answered = _ids(message, "tool_result", "tool_use_id")
        if answered != open_calls:
            return f"messages.{place}: `tool_use` ids and `tool_result` blocks do not match"
        open_calls = _ids(message, "tool_use", "id")
    return "messages: `tool_use` ids were found without `tool_result` blocks" if open_calls else ""


def _ids(message: dict[str, Any], kind: str, key: str) -> set[str]:
    content = message.get("content")
    blocks = content if isinstance(content, list) else []
    return {str(block.get(key)) for block in blocks if isinstance(block, dict) and block.get("type") == kind}


def _event(data: dict[str, Any]) -> Event:
    return Event(data["type"], data)


def _envelope(request: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"msg_{secrets.token_hex(12)}", "type": "message", "role": "assistant", "model": request["model"]}


def _usage(request: dict[str, Any], output: int) -> dict[str, int]:
    counts = {"cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    return {"input_tokens": tokens(request), "output_tokens": output, **counts}


def _words(turn: Turn) -> int:
    return sum(len(json.dumps(_closed(block))) for block in turn.content) // 4


def _opening(block: Block) -> dict[str, Any]:
    match block:
        case Text():
            return {"type": "text", "text": ""}
        case Thinking():
            return {"type": "thinking", "thinking": "", "signature": ""}
        case ToolUse():
            return {
                "type": "tool_use",
                "id": block.id or f"toolu_{secrets.token_hex(12)}",
                "name": block.name,
                "input": {},
            }


def _closed(block: Block) -> dict[str, Any]:
    match block:
        case Text():
            return {"type": "text", "text": block.text}
        case Thinking():
            return {"type": "thinking", "thinking": block.thinking, "signature": block.signature}
        case ToolUse():
            return {**_opening(block), "input": block.input}


def _deltas(block: Block) -> Iterator[dict[str, Any]]:
    match block:
        case Text():
            yield from ({"type": "text_delta", "text": piece} for piece in _pieces(block.text))
        case Thinking():
            yield from ({"type": "thinking_delta", "thinking": piece} for piece in _pieces(block.thinking))
            yield {"type": "signature_delta", "signature": block.signature or secrets.token_hex(16)}
        case ToolUse():
            written = json.dumps(block.input, ensure_ascii=False)
            yield from ({"type": "input_json_delta", "partial_json": piece} for piece in ["", *_pieces(written)])


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + PIECE] for start in range(0, len(text), PIECE))
