"""What each column of a result holds: counts of people, shares, measures, groups, keys. Rules are data."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["count", "share", "measure", "extreme", "group", "key"]


@dataclass(frozen=True)
class Rules:
    """Patterns by kind, in the order in which they decide, and the words for totals."""

    kinds: tuple[tuple[Kind, tuple[re.Pattern[str], ...]], ...]
    totals: tuple[re.Pattern[str], ...]

    def kind_of_name(self, name: str) -> Kind | None:
        for kind, patterns in self.kinds:
            if _fits(patterns, name):
                return kind
        return None

    def is_total(self, text: str) -> bool:
        return _fits(self.totals, text.strip())


@cache
def rules() -> Rules:
    """The rules of exports.toml; ValueError when one of its own examples does not hold."""
    data = tomllib.loads((files("resources") / "rules" / "exports.toml").read_text("utf-8"))
    kinds = tuple((cast(Kind, entry["name"]), _compiled(entry)) for entry in data["kind"])
    found = Rules(kinds=kinds, totals=_compiled(data["total"]))
    for entry in data["kind"]:
        for name in entry["matches"]:
            _expect(found.kind_of_name(name) == entry["name"], name)
        for name in entry["does_not_match"]:
            _expect(found.kind_of_name(name) != entry["name"], name)
    for name in data["total"]["matches"]:
        _expect(found.is_total(name), name)
    for name in data["total"]["does_not_match"]:
        _expect(not found.is_total(name), name)
    return found


def column_kinds(table: pa.Table, counts: tuple[str, ...] | None) -> dict[str, Kind]:
    """The kind of every column; with `counts` given, these are the counts and no other column is one."""
    return {name: _kind(table, name, counts) for name in table.column_names}


def _kind(table: pa.Table, name: str, counts: tuple[str, ...] | None) -> Kind:
    import pyarrow.types as types

    by_name, type_ = rules().kind_of_name(name), table.schema.field(name).type
    if by_name == "key":
        return "key"
    if counts is not None and name in counts:
        return "count"
    number = types.is_integer(type_) or types.is_floating(type_) or types.is_decimal(type_)
    if by_name == "extreme":
        return "extreme"
    if not number:
        return "group"
    if by_name is not None:
        return by_name
    if counts is None and (types.is_integer(type_) or _whole(table, name)):
        return "count"
    return "measure"


def _whole(table: pa.Table, name: str) -> bool:
    """Counts become floats when pandas meets a missing value: whole numbers are counts all the same."""
    values = [value for value in table[name].to_pylist() if value is not None]
    return bool(values) and all(float(value).is_integer() for value in values)


def _fits(patterns: tuple[re.Pattern[str], ...], text: str) -> bool:
    plain = re.sub(r"[\s-]+", "_", text.lower())
    return any(pattern.search(plain) for pattern in patterns)


def _compiled(entry: dict[str, list[str]]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in entry["patterns"])


def _expect(holds: bool, example: str) -> None:
    if not holds:
        raise ValueError(f"an example of resources/rules/exports.toml does not hold: {example}")
