"""Exchanges that never happen: the SDK is led once through every kind of answer, so that it has imported what it needs.

    for door in exchanges():
        stream_once(make_client(door), door.begin, messages, 1, door)

The SDK, pydantic and the codecs import parts of themselves when they first meet an event, an error or a header.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from sandbox.agent.door import Door, GateSaidNo
from sandbox.agent.tools import tools_json
from sandbox.messages.frames import Channel
from sandbox.messages.model_door import Begin, ResponseEnd, ResponseHead

_BEGIN = Begin(model="rehearsal", system="Be brief.", tools=msgspec.Raw(tools_json()))
_USAGE = {"input_tokens": 1, "output_tokens": 1}
_START: dict[str, Any] = {
    "type": "message",
    "id": "m",
    "role": "assistant",
    "model": "rehearsal",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": _USAGE,
}
_BLOCKS: tuple[tuple[dict[str, Any], tuple[dict[str, Any], ...]], ...] = (
    (
        {"type": "thinking", "thinking": "", "signature": ""},
        ({"type": "thinking_delta", "thinking": "x"}, {"type": "signature_delta", "signature": "x"}),
    ),
    ({"type": "redacted_thinking", "data": "x"}, ()),
    ({"type": "text", "text": ""}, ({"type": "text_delta", "text": "x"},)),
    (
        {"type": "tool_use", "id": "t", "name": "run_draft", "input": {}},
        (
            {"type": "input_json_delta", "partial_json": '{"draft": '},
            {"type": "input_json_delta", "partial_json": "1}"},
        ),
    ),
)
_ERROR = {"type": "error", "error": {"type": "overloaded_error", "message": "x"}}
_EVENTS, _JSON = ("content-type", "text/event-stream; charset=utf-8"), ("content-type", "application/json")


class Rehearsed(Door):
    """A door that leads nowhere: it gives one answer, in pieces, and forgets what is said."""

    def __init__(self, status: int, header: tuple[str, str], body: bytes, broken: str = "") -> None:
        super().__init__(Channel(-1, -1))
        self.begin = _BEGIN
        self._head = ResponseHead(status=status, headers=(header, ("retry-after", "1"), ("request-id", "r")))
        self._pieces: list[bytes | ResponseEnd] = [body[:40], body[40:], ResponseEnd(broken=broken)]

    def request(self, method: str, path: str, headers: tuple[tuple[str, str], ...], body: bytes) -> ResponseHead:
        if not self._head.status:
            raise GateSaidNo("network", "no network")
        return self._head

    def chunk(self) -> bytes | ResponseEnd:
        return self._pieces.pop(0)

    def skip_rest(self) -> None:
        self._pieces.clear()

    def say(self, text: str) -> None:
        return

    def flush(self) -> None:
        return


def exchanges() -> Iterator[Rehearsed]:
    """One door for each kind of answer."""
    whole = b"".join(_stream())
    yield Rehearsed(200, _EVENTS, whole)
    yield Rehearsed(200, _EVENTS, whole[: len(whole) // 2])
    yield Rehearsed(200, _EVENTS, whole[: len(whole) // 2], broken="it broke")
    yield Rehearsed(200, _EVENTS, whole[:600] + _event(_ERROR))
    yield Rehearsed(200, _EVENTS, b"event: ping\ndata: {garbled\n\n")
    yield Rehearsed(200, ("content-type", "text/html; charset=iso-8859-1"), b"<html>nonsense</html>")
    for status in (307, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 503, 529):
        yield Rehearsed(status, _JSON, msgspec.json.encode(_ERROR))
    yield Rehearsed(502, ("content-type", "text/html"), "<html>\xe9</html>".encode("latin-1"))
    yield Rehearsed(0, _JSON, b"")


def _stream() -> Iterator[bytes]:
    yield _event({"type": "message_start", "message": _START})
    yield _event({"type": "ping"})
    for index, (block, deltas) in enumerate(_BLOCKS):
        yield _event({"type": "content_block_start", "index": index, "content_block": block})
        for delta in deltas:
            yield _event({"type": "content_block_delta", "index": index, "delta": delta})
        yield _event({"type": "content_block_stop", "index": index})
    yield _event(
        {"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": None}, "usage": _USAGE}
    )
    yield _event({"type": "message_stop"})


def _event(data: dict[str, Any]) -> bytes:
    return b"event: " + str(data["type"]).encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"
