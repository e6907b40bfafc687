"""The queries of `queries/*.sql`, as a clinician-programmer would write them, by the engines that they are written for.

A block is one query: its name, then what it is `given`, the key of its `cohort`, and one text for all engines or,
each behind `-- on`, one for some of them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec

ENGINES = ("duckdb", "postgres", "sqlite")
COHORT_KEYS = (7, 14, 21, 35)
_NOTHING = "SELECT '' WHERE 1 = 0"
_FOLDER = Path(__file__).parent / "queries"


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """One query; `sql` is its text by engine."""

    name: str
    sql: dict[str, str]
    given: dict[str, Any] = {}
    cohort: tuple[str, ...] = ()

    def plainly(self, engine: str) -> str:
        """Its text with every value written out, as any client of the engine could send it."""
        sql = re.sub(r"\(:(\w+)\)", self._list, self.sql[engine])
        return re.sub(r"(?<![:\w]):([a-z]\w*)", lambda found: _literal(self.given[found[1]]), sql)

    def _list(self, found: re.Match[str]) -> str:
        value = self.given[found[1]]
        if not isinstance(value, list):
            return found[0]
        return f"({', '.join(map(_literal, value)) or _NOTHING})"


def written() -> list[Written]:
    """All of them, each under a name of its own."""
    found = [
        _read(f"{path.stem}: ", block)
        for path in sorted(_FOLDER.glob("*.sql"))
        for block in path.read_text("utf-8").strip().split("\n\n")
    ]
    assert len({query.name for query in found}) == len(found)
    return found


def _read(prefix: str, block: str) -> Written:
    lines = block.split("\n")
    facts: dict[str, Any] = {"name": prefix + lines[0].removeprefix("-- ")}
    texts: dict[str, list[str]] = {engine: [] for engine in ENGINES}
    engines: list[str] = list(ENGINES)
    for line in lines[1:]:
        word, _, rest = line.removeprefix("-- ").partition(" ")
        if not line.startswith("--"):
            for engine in engines:
                texts[engine].append(line)
        elif word == "on":
            engines = rest.split()
        else:
            facts[word] = json.loads(rest) if word == "given" else tuple(rest.split())
    return Written(sql={engine: "\n".join(text) for engine, text in texts.items() if text}, **facts)


def _literal(value: str | float) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
