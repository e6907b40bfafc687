"""What a narrowed query reads by our own reckoning, for another parser to confirm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from sandbox.errors import QueryRefused

Path = tuple[str, ...]


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """`reads`: the columns read, by physical path, outermost part first. `has`: those that there are."""

    reads: dict[Path, set[str]]
    has: dict[Path, set[str]] = {}
    named_queries: set[str] = set()

    @property
    def tables(self) -> set[Path]:
        return set(self.reads)

    def check_tables(self, found: set[Path]) -> None:
        """Refuse unless exactly the expected tables were found, named queries aside."""
        if {path for path in found if len(path) > 1 or path[0] not in self.named_queries} != self.tables:
            raise disagreement()


def disagreement() -> QueryRefused:
    return QueryRefused("Two parsers do not agree on what the query reads.", "Write the query more plainly.")


def walk(document: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON document."""
    stack = [document]
    while stack:
        top = stack.pop()
        if isinstance(top, dict):
            yield top
            stack.extend(top.values())
        elif isinstance(top, list):
            stack.extend(top)
