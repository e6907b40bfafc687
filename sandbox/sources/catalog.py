"""What a database says of itself: tables, columns, comments, declared keys. No row is in it."""

from __future__ import annotations

import hashlib
import re

import msgspec

_WITH_MEMBERS = frozenset(("STRUCT", "MAP", "UNION", "LIST", "ARRAY"))
_DIGEST = re.compile(r" #([0-9A-F]{16})\Z")
_LABELS = re.compile(r"ENUM\s*\((?:\s*'(?:[^']|'')*'\s*,?)*\s*\)")


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


def kept_type(kind: str) -> str:
    """The bare type; behind one with members a digest of them, so that another member is noticed and none is named.

    Labels of an ENUM are values: they are not in the digest either.
    """
    kind, bare = kind.strip().upper(), bare_type(kind)
    if bare not in _WITH_MEMBERS:
        return bare
    members = _LABELS.sub("ENUM", kind).encode()
    return f"{bare} #{hashlib.sha256(members).hexdigest()[:16].upper()}"


def same_members(one: str, other: str) -> bool:
    """Whether nothing that was kept of two types with members tells them apart; long ago, nothing was."""
    kept = [found[1] for kind in (one, other) if (found := _DIGEST.search(kind.strip().upper()))]
    return len(set(kept)) < 2


def bare_type(kind: str) -> str:
    """The type in capitals, without what somebody wrote into it: labels of an ENUM are values, members have names."""
    kind = _DIGEST.sub("", kind.strip().upper())
    if kind.endswith("]"):
        return "LIST"
    outer = re.match(r"(ENUM|STRUCT|MAP|UNION|LIST|ARRAY)\s*\(", kind)
    return ("VARCHAR" if outer[1] == "ENUM" else outer[1]) if outer else kind
