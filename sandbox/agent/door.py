"""The agent's only way out: one pipe to the gate, and the four things that can be done through it.

Whatever the agent waits for, the gate may answer `CancelTurn` instead; that raises `Cancelled` here. It and
`GateSaidNo` are `AnthropicError`s because the SDK lets only those pass through its request path unchanged.
"""

from __future__ import annotations

import select
import time
from typing import Any, TypeVar

import anthropic
import msgspec

from sandbox.messages.frames import Channel
from sandbox.messages.model_door import (
    CancelTurn,
    Enough,
    ModelRequest,
    RequestRefused,
    ResponseChunk,
    ResponseEnd,
    ResponseHead,
    Said,
    ToAgent,
    ToolAnswer,
    ToolCall,
    TurnDropped,
)

# Text is told in pieces of about one screen frame, so that a fast model does not flood the pipe.
_FRAME_SECONDS = 0.03


T = TypeVar("T")


class Cancelled(anthropic.AnthropicError):
    """The reviewer stopped this turn."""


class GateSaidNo(anthropic.AnthropicError):
    """The gate let nothing out; `kind` is gate, patient or network."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence


class OutOfStep(Exception):
    """The gate answered something else than was asked. A bug; the process ends."""


class Door:
    """Requests, tool calls, text and waiting, each of which a cancel interrupts."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._unsaid = ""
        self._said_at = 0.0
        self._cancelled = False

    def begin_turn(self) -> None:
        self._unsaid = ""
        self._cancelled = False

    def request(self, method: str, path: str, headers: tuple[tuple[str, str], ...], body: bytes) -> ResponseHead:
        """Ask for one HTTP exchange; the body is then read with `chunk`."""
        self._check()
        self._channel.send(ModelRequest(method=method, path=path, headers=headers), body)
        answer, _ = self._receive()
        if isinstance(answer, RequestRefused):
            raise GateSaidNo(answer.kind, answer.sentence)
        return _expect(ResponseHead, answer)

    def chunk(self) -> bytes | ResponseEnd:
        """The next piece of the response under way, or its end."""
        self._check()
        answer, payload = self._receive()
        return payload if isinstance(answer, ResponseChunk) else _expect(ResponseEnd, answer)

    def skip_rest(self) -> None:
        """Tell the gate that the rest is not wanted, and read away what is already in the pipe."""
        self._channel.send(Enough())
        while not self._cancelled:
            try:
                answer, _ = self._receive()
            except Cancelled:
                return  # after a cancel nothing more comes; the next `_check` raises
            if isinstance(answer, ResponseEnd):
                return

    def call_tool(self, name: str, arguments: dict[str, Any]) -> ToolAnswer:
        self._check()
        self.flush()
        self._channel.send(ToolCall(name=name, arguments=msgspec.Raw(msgspec.json.encode(arguments))))
        return _expect(ToolAnswer, self._receive()[0])

    def say(self, text: str) -> None:
        self._unsaid += text
        if time.monotonic() - self._said_at > _FRAME_SECONDS:
            self.flush()

    def flush(self) -> None:
        if self._unsaid:
            self._channel.send(Said(text=self._unsaid))
            self._unsaid, self._said_at = "", time.monotonic()

    def drop_turn(self, reason: str, wait: float) -> None:
        """Make the reviewer's screen forget the half turn, then wait."""
        self._unsaid = ""
        self._channel.send(TurnDropped(reason=reason, wait=wait))
        poller = select.poll()
        poller.register(self._channel.read_fd, select.POLLIN)
        if poller.poll(wait * 1000):
            _expect(type(None), self._receive()[0])

    def _receive(self) -> tuple[Any, bytes]:
        answer, payload = self._channel.receive(ToAgent)
        if isinstance(answer, CancelTurn):
            self._cancelled = True
            raise Cancelled("cancelled")
        return answer, payload

    def _check(self) -> None:
        if self._cancelled:
            raise Cancelled("cancelled")


def _expect(kind: type[T], answer: object) -> T:
    if not isinstance(answer, kind):
        raise OutOfStep(f"{type(answer).__name__} where something else was due")
    return answer
