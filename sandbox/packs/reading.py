"""Reading a pack: TOML in, a `Pack` or one sentence that names the place of the mistake.

Nothing in a pack is trusted. Its words are cleaned like any comment when it is applied (`applying`).
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

import msgspec

from sandbox.dictionary.model import ColumnClass
from sandbox.errors import BadInput

from .model import Pack, PackColumn, PackTable

LARGEST = 2 * 1024 * 1024  # bytes; the largest that comes along has a twentieth of it
MOST_DOTS = 100  # in a line: the reader of TOML is quadratic in the parts of a dotted key (51,000 parts: 74 s)
MOST_COLUMNS = 100_000
LONGEST_NAME = 128
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.]{0,15}")
KEYS: tuple[ColumnClass, ...] = ("patient_key", "event_key")
NEVER_GIVEN: tuple[ColumnClass, ...] = ("direct_identifier", "secret")
NEVER_VALUES: tuple[ColumnClass, ...] = (*KEYS, *NEVER_GIVEN, "free_text", "staff")


def read_pack(untrusted: bytes, name: str) -> Pack:
    """The pack in the bytes of the file `name`, or `BadInput`.

    1. It is text, TOML, and not absurdly large.
    2. It has the fields of a pack and no others.
    3. What it says of a column is something that a column of that class may be.
    4. Its joins lead to columns of its own.
    """
    pack = _converted(_toml(untrusted, name), name)  # (1), (2)
    if not _NAME.fullmatch(pack.name):
        raise BadInput(f"{name}: the pack's name has small letters, digits and - only, at most 48 of them.")
    if not _VERSION.fullmatch(pack.version):
        raise BadInput(f"{name}: the pack's version has letters, digits and dots only, at most 16 of them.")
    if not pack.title.strip() or not 0 < pack.least_share <= 1:
        raise BadInput(f"{name}: a pack needs a title, and a least_share above 0 and at most 1.")
    if sum(len(table.columns) for table in pack.tables.values()) > MOST_COLUMNS:
        raise BadInput(f"{name} describes more than {MOST_COLUMNS:,} columns.", "Cut it into several packs.")
    for table_name, table in pack.tables.items():
        for column_name, column in table.columns.items():
            if max(len(table_name), len(column_name)) > LONGEST_NAME:
                raise BadInput(f"{name}: a name in it has more than {LONGEST_NAME} characters.")
            check_column(column, f"{name}, {table_name}.{column_name}")  # (3)
            _check_join(pack, column, f"{name}, {table_name}.{column_name}")  # (4)
    return pack


def check_column(column: PackColumn, place: str) -> None:
    """`BadInput` naming `place` where the pack says what no column of that class may be (45 CFR 164.514(b), (c))."""
    kind = column.column_class
    if column.told == "values" and kind in NEVER_VALUES:
        raise BadInput(f"{place}: a column of the class {kind} is never told by its values.")
    if kind in KEYS and column.given not in (None, "nothing", "token"):
        raise BadInput(f"{place}: a key is given as a token, or not at all.")
    if kind in NEVER_GIVEN and column.given not in (None, "nothing"):
        raise BadInput(f"{place}: a column of the class {kind} is given to no program.")
    if kind is not None and kind not in KEYS and column.given == "token":
        raise BadInput(f"{place}: only a key is given as a token.")
    if kind is None and (column.told, column.given, column.derivation) != (None, None, None):
        raise BadInput(f"{place}: whoever says what is told or given says the class as well.")
    if (column.given == "derived") != (column.derivation not in (None, "none")):
        raise BadInput(f"{place}: given is derived where a derivation is named, and nowhere else.")


def _check_join(pack: Pack, column: PackColumn, place: str) -> None:
    if not column.joins:
        return
    table, _, to_column = column.joins.partition(".")
    if to_column not in pack.tables.get(table, PackTable()).columns:
        raise BadInput(f"{place}: it joins {column.joins!r}, which the pack does not describe.")


def _toml(untrusted: bytes, name: str) -> dict[str, Any]:
    if len(untrusted) > LARGEST:
        raise BadInput(f"{name} is too large to be a pack.")
    if any(line.count(b".") > MOST_DOTS for line in untrusted.splitlines()):
        raise BadInput(f"{name}: a line in it has more than {MOST_DOTS} dots.", "Write it shorter.")
    try:
        return tomllib.loads(untrusted.decode("utf-8-sig"))
    except (UnicodeDecodeError, RecursionError) as problem:
        raise BadInput(f"{name} can't be read as text.", "A pack is a TOML file in UTF-8.") from problem
    except tomllib.TOMLDecodeError as problem:
        place = re.search(r"line \d+, column \d+", str(problem))
        raise BadInput(f"{name} is not written as TOML ({place.group() if place else 'at its end'}).") from problem


def _converted(document: dict[str, Any], name: str) -> Pack:
    try:
        return msgspec.convert(document, Pack)
    except msgspec.ValidationError as problem:  # its text names a field or a type, and the place
        words = " ".join(str(problem).replace("`", "").replace("$.", "").split())
        raise BadInput(f"{name} is no pack: {words[:200]}.") from problem
