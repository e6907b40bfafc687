"""What a database says of itself: tables, columns, comments, declared keys. No row is in it."""

from __future__ import annotations

import re

import msgspec


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base: frozen, named fields only, unknown fields refused."""


class CatalogColumn(Fact, frozen=True):
    """One column; `type` is the source's own word for it, in capitals."""

    name: str
    type: str
    comment: str = ""
    nullable: bool = True


class ForeignKey(Fact, frozen=True):
    """`columns` hold keys of `to_columns` in the table at `to_table` (a full path)."""

    columns: tuple[str, ...]
    to_table: tuple[str, ...]
    to_columns: tuple[str, ...]


class CatalogTable(Fact, frozen=True):
    """One table or view.

    `physical` is its full path, outermost first; `rows` is the catalog's estimate (-1: unknown).
    """

    physical: tuple[str, ...]
    columns: tuple[CatalogColumn, ...]
    comment: str = ""
    rows: int = -1
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    @property
    def name(self) -> str:
        return self.physical[-1]


class Catalog(Fact, frozen=True):
    """Every table that the login can see, in the order of their paths."""

    tables: tuple[CatalogTable, ...]


def quoted(*path: str) -> str:
    """`path` as a quoted SQL name, each part in double quotes, quotes inside doubled."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in path)


def bare_type(kind: str) -> str:
    """The type in capitals, without what somebody wrote into it: labels of an ENUM are values, members have names."""
    kind = kind.strip().upper()
    if kind.endswith("]"):
        return "LIST"
    outer = re.match(r"(ENUM|STRUCT|MAP|UNION|LIST|ARRAY)\s*\(", kind)
    return ("VARCHAR" if outer[1] == "ENUM" else outer[1]) if outer else kind
