"""What several of the demo's tests do: read a database, speak through the real SDK."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anthropic
import httpx2

from resources.demo._store import opened

LOGIN = "hospital's login"


@contextmanager
def reading(path: Path, password: str | None = LOGIN) -> Iterator[Any]:
    """The database as a source reads it."""
    with opened(path, password) as connection:
        yield connection


def client(url: str) -> anthropic.Anthropic:
    """The real SDK, set up as the agent sets it up."""
    return anthropic.Anthropic(
        base_url=url,
        api_key="any",
        max_retries=0,
        timeout=20.0,
        http_client=httpx2.Client(trust_env=False, follow_redirects=False),
    )


def say(sdk: anthropic.Anthropic, messages: list[dict[str, Any]]) -> Any:
    """One turn, streamed to its end."""
    with sdk.messages.stream(model="claude-opus-5-5", max_tokens=1000, messages=messages) as stream:  # type: ignore[arg-type]
        for _ in stream:
            pass
        return stream.get_final_message()


def answered(messages: list[dict[str, Any]], message: Any) -> list[dict[str, Any]]:
    """The conversation with this turn in it and every tool answered."""
    results = [
        {"type": "tool_result", "tool_use_id": block.id, "content": "done"}
        for block in message.content
        if block.type == "tool_use"
    ]
    said = {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in message.content]}
    return [*messages, said, {"role": "user", "content": results or "go on"}]
