"""What several gate tests need: a good request, and a checker in this process with the same rules and no pipe."""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox.agent import tools_json
from sandbox.drafting.checker import Inspector
from sandbox.drafting.inspection import Hit
from sandbox.drafting.known_values import KnownValues
from sandbox.drafting.recognisers import Recognisers

TOOLS = msgspec.json.decode(tools_json())
GOOD: dict[str, Any] = {
    "model": "claude-opus-5-5",
    "max_tokens": 100,
    "system": "Be brief.",
    "tools": TOOLS,
    "messages": [{"role": "user", "content": [{"type": "text", "text": "How many stays?"}]}],
}


class RulesOnly:
    """Recognisers without known values."""

    def __init__(self) -> None:
        self._inspector = Inspector(Recognisers.load(), KnownValues(b"", []))
        self.asked: list[str] = []

    def inspect(self, text: str) -> tuple[Hit, ...]:
        self.asked.append(text)
        return self._inspector.find(text)
