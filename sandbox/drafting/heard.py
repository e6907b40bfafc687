"""What the model said, put together from the stream that passes through the gate.

    heard = Heard()
    heard.feed(chunk)
    heard.texts()          # every text the model wrote in this response
    heard.opaque()         # its signatures, encrypted thoughts, ids and names of calls

The gate needs it to know the model's own words when they come back. It is read as hostile input: what does not
parse is skipped, and its words are then inspected like anybody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from sandbox.drafting.shape import leaves, opaque_mark
from sandbox.errors import GateRefused

_LONGEST_LINE = 1024 * 1024


class _Delta(msgspec.Struct, frozen=True):
    type: str = ""
    text: str = ""
    thinking: str = ""
    partial_json: str = ""
    signature: str = ""


class _Block(msgspec.Struct, frozen=True):
    type: str = ""
    text: str = ""
    thinking: str = ""
    signature: str = ""
    data: str = ""
    id: str = ""
    name: str = ""
    input: Any = None


class _Event(msgspec.Struct, frozen=True):
    type: str = ""
    index: int = 0
    delta: _Delta = _Delta()
    content_block: _Block = _Block()


class Heard:
    """One response."""

    def __init__(self) -> None:
        self._rest = b""
        self._texts: dict[int, list[str]] = {}
        self._inputs: dict[int, list[str]] = {}
        self._whole: list[Any] = []
        self._signatures: dict[int, list[str]] = {}
        self._opaque: list[str] = []

    def feed(self, chunk: bytes) -> None:
        *lines, rest = (self._rest + chunk).replace(b"\r\n", b"\n").split(b"\n")
        self._rest = rest if len(rest) <= _LONGEST_LINE else b""
        for line in lines:
            if line.startswith(b"data:"):
                self._event(line[5:].strip())

    def texts(self) -> Iterator[str]:
        for pieces in self._texts.values():
            yield "".join(pieces)
        for value in [*self._whole, *map(_json, self._inputs.values())]:
            try:
                yield from leaves(value)
            except GateRefused:
                continue  # too deep for a request's shape as well, so it never goes back

    def opaque(self) -> Iterator[str]:
        yield from self._opaque
        for pieces in self._signatures.values():
            # A client keeps the pieces joined, or the last of them.
            yield from {opaque_mark("signature", "".join(pieces)), opaque_mark("signature", pieces[-1])}

    def _event(self, data: bytes) -> None:
        try:
            event = msgspec.json.decode(data, type=_Event)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return
        if event.type == "content_block_start":
            self._texts.setdefault(event.index, []).append(event.content_block.text + event.content_block.thinking)
            self._whole.append(event.content_block.input)
            self._block(event.index, event.content_block)
        elif event.type == "content_block_delta":
            self._texts.setdefault(event.index, []).append(event.delta.text + event.delta.thinking)
            self._inputs.setdefault(event.index, []).append(event.delta.partial_json)
            if event.delta.signature:
                self._signatures.setdefault(event.index, []).append(event.delta.signature)

    def _block(self, index: int, block: _Block) -> None:
        if block.id:
            self._opaque += (opaque_mark("call", block.id), opaque_mark("name", f"{block.id} {block.name}"))
        if block.data:
            self._opaque.append(opaque_mark("data", block.data))
        if block.signature:
            self._signatures.setdefault(index, []).append(block.signature)


def _json(pieces: list[str]) -> Any:
    try:
        return msgspec.json.decode("".join(pieces))
    except (msgspec.MsgspecError, RecursionError):
        return None
