"""One turn of the model: the request as the SDK builds it, its text as it streams, its blocks at the end."""

from __future__ import annotations

from typing import Any

import anthropic
import httpx2
import msgspec

from sandbox.agent.door import Door
from sandbox.agent.faults import Unfinished, Unknown
from sandbox.agent.transport import ORIGIN, PipeTransport
from sandbox.messages.model_door import Begin

Block = dict[str, Any]


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A whole turn: blocks in the form in which they are sent back, and why the model stopped."""

    content: list[Block]
    stop: str
    detail: str = ""


def make_client(door: Door) -> anthropic.Anthropic:
    """The real client over the pipe. Every side door of the SDK is closed by an explicit argument."""
    return anthropic.Anthropic(
        api_key="jail",
        base_url=ORIGIN,
        max_retries=0,
        open_telemetry=False,
        http_client=httpx2.Client(transport=PipeTransport(door), trust_env=False, follow_redirects=False),
    )


def stream_once(client: anthropic.Anthropic, begin: Begin, messages: list[Block], max_tokens: int, door: Door) -> Reply:
    """Ask once and stream. Raises what `faults.classify` knows; the caller drops the half turn then."""
    tools: Any = msgspec.json.decode(begin.tools)
    conversation: Any = messages
    with client.messages.stream(
        model=begin.model,
        max_tokens=max_tokens,
        system=begin.system,
        messages=conversation,
        tools=tools,
        cache_control={"type": "ephemeral"},
    ) as stream:
        for event in stream:
            if event.type == "text":
                door.say(event.text)
        message = stream.get_final_message()
    door.flush()
    if message.stop_reason is None:
        raise Unfinished
    detail = getattr(getattr(message, "stop_details", None), "category", None)
    return Reply(content=[_block(part) for part in message.content], stop=message.stop_reason, detail=str(detail or ""))


def _block(part: Any) -> Block:
    """The block as it goes back: only the fields of the published shape, nothing the SDK added."""
    if part.type == "text":
        return {"type": "text", "text": part.text}
    if part.type == "tool_use":
        # A non-object would make the next request invalid; the tool's own check then answers with an error.
        return {
            "type": "tool_use",
            "id": part.id,
            "name": part.name,
            "input": part.input if isinstance(part.input, dict) else {},
        }
    if part.type == "thinking":
        return {"type": "thinking", "thinking": part.thinking, "signature": part.signature}
    if part.type == "redacted_thinking":
        return {"type": "redacted_thinking", "data": part.data}
    raise Unknown
