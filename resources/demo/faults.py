"""What can go wrong between us and a model's server, one fault for one request.

    ModelServer(conversation, faults=[Fault("rate_limited", seconds=1), Fault("reset_mid_text")])

Each is what a real server, proxy or network does; agent-side code is tested against all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ._wire import Event, error

Kind = Literal[
    "none",  # answer this request as usual
    "rate_limited",  # 429 with retry-after: `seconds`
    "overloaded",  # 529
    "unauthorized",  # 401
    "too_large",  # 413
    "server_error",  # 500
    "redirected",  # 307 to another host
    "reset_before_headers",
    "no_answer",  # silence for `seconds`, then the connection closes
    "nonsense_html",  # 200 with a proxy's log-in page
    "error_mid_stream",  # an `error` event (overloaded_error) after some text
    "reset_mid_text",
    "early_end",  # the stream ends cleanly, but too soon
    "malformed_tool_json",
    "unnamed_events",  # data without `event:` lines
    "garbled_event",  # an event that is no JSON
    "refused",  # stop_reason refusal
    "cut_short",  # stop_reason max_tokens in the middle of the first block
    "slow",  # `seconds` before every event
]
REDIRECT_TARGET = "http://127.0.0.1:9/v1/messages"


@dataclass(frozen=True)
class Fault:
    """One fault; `seconds` means what the list above says."""

    kind: Kind
    seconds: float = 0.0


class ConnectionReset(Exception):
    """The stream is to break off without a word (a TCP reset)."""


@dataclass(frozen=True)
class Status:
    """An answer that is no stream: status, body and further headers."""

    status: int
    body: dict[str, object] | str
    headers: tuple[tuple[str, str], ...] = ()


def refusal(fault: Fault) -> Status | None:
    """The answer for faults that come instead of a stream."""
    match fault.kind:
        case "rate_limited":
            wait = (("retry-after", f"{fault.seconds:g}"),)
            return Status(429, error("rate_limit_error", "Number of requests has exceeded your rate limit"), wait)
        case "overloaded":
            return Status(529, error("overloaded_error", "Overloaded"))
        case "unauthorized":
            return Status(401, error("authentication_error", "invalid x-api-key"))
        case "too_large":
            return Status(413, error("request_too_large", "Request exceeds the maximum size"))
        case "server_error":
            return Status(500, error("api_error", "Internal server error"))
        case "redirected":
            return Status(307, "", (("location", REDIRECT_TARGET),))
        case "nonsense_html":
            return Status(200, "<!DOCTYPE html><html><body>Please log in to the guest network.</body></html>")
    return None


def broken(fault: Fault, stream: Iterator[Event]) -> Iterator[Event]:
    """The stream with the fault in it. Raises `ConnectionReset` where it is to break off."""
    match fault.kind:
        case "error_mid_stream":
            yield from _head(stream)
            yield Event("error", error("overloaded_error", "Overloaded"))
        case "reset_mid_text":
            yield from _head(stream)
            raise ConnectionReset
        case "early_end":
            yield from _head(stream)
        case "garbled_event":
            yield from _head(stream)
            yield Event("content_block_delta", "{not json")
        case "malformed_tool_json":
            yield from _malformed(stream)
        case "refused":
            yield from _stopped(
                stream, {"stop_reason": "refusal", "stop_details": {"type": "refusal", "category": "bio"}}
            )
        case "cut_short":
            yield from _stopped(stream, {"stop_reason": "max_tokens"})
        case _:
            yield from stream


def _head(stream: Iterator[Event]) -> Iterator[Event]:
    """Everything up to and with the third delta."""
    deltas = 0
    for event in stream:
        yield event
        deltas += event.name == "content_block_delta"
        if deltas == 3:
            return


def _stopped(stream: Iterator[Event], end: dict[str, object]) -> Iterator[Event]:
    """The head of a stream, then a proper end with another stop reason."""
    yield from _head(stream)
    yield Event("content_block_stop", {"type": "content_block_stop", "index": 0})
    delta = {"stop_sequence": None, **end}
    yield Event("message_delta", {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 3}})
    yield Event("message_stop", {"type": "message_stop"})


def _malformed(stream: Iterator[Event]) -> Iterator[Event]:
    """Tool input that no parser takes; text is left alone."""
    for event in stream:
        delta = event.data.get("delta", {}) if isinstance(event.data, dict) else {}
        if isinstance(event.data, dict) and delta.get("type") == "input_json_delta":
            delta = {**delta, "partial_json": delta["partial_json"].replace("{", '{"a": }', 1)}
            yield Event(event.name, {**event.data, "delta": delta})
        else:
            yield event
