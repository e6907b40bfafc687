"""What the other tables of a database say about a table: whom it is about, and what its columns refer to.

    around = survey({"tbl_pers": [...], "tbl_visit": [CatalogColumn(name="fk_pers", type="INTEGER"), ...]})
    around["tbl_visit"].refers["fk_pers"].kind       # "patient"

Only names, types and declared keys are looked at, for all tables at once; no row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from sandbox.sources.catalog import CatalogColumn

from .rules import TableKind, kind_of
from .types import family, is_measure
from .words import column_words, is_familiar, words_of

Tables = Mapping[str, Sequence[CatalogColumn]]
Declared = Mapping[tuple[str, str], str]

KEY_WORDS = frozenset(("identifier", "key", "uuid", "uid", "reference"))
QUALIFIERS = frozenset(
    [
        "previous",
        "prior",
        "parent",
        "primary",
        "current",
        "merge",
        "merged",
        "from",
        "to",
        "original",
        "source",
        "target",
        "linked",
        "related",
        "first",
        "last",
        "main",
        "default",
        "other",
        "replaced",
        "next",
        "new",
        "old",
        "secondary",
        "own",
        "actual",
        "number",
        "row",
        "surrogate",
        "record",
    ]
)
SHARED = 0.3  # a first word that this share of the tables have says nothing
COLUMNS_SHARED = 0.6
FEW_TABLES, FEW_COLUMNS = 6, 5
LONG_TEXT_SHARE, LABELS_SHARE = 0.45, 0.12
SHORT_THINGS = frozenset(
    [
        "name",
        "code",
        "city",
        "phone",
        "status",
        "type",
        "zip",
        "gender",
        "sex",
        "state",
        "country",
        "number",
        "identifier",
        "email",
        "county",
        "race",
        "category",
        "address",
        "flag",
    ]
)


class Target(msgspec.Struct, frozen=True):
    """The table that a column refers to, and whether the database declares it."""

    table: str
    kind: TableKind
    declared: bool = False


class Around(msgspec.Struct, frozen=True):
    """What is known of one table: its kind, shorter column names, references, how TEXT is used, its patient key."""

    kind: TableKind
    names: dict[str, str] = {}
    refers: dict[str, Target] = {}
    text_is_long: bool = False
    keyed: bool = False


def survey(tables: Tables, declared: Declared | None = None) -> dict[str, Around]:
    """What each table's surroundings are, before its columns are judged."""
    short = _short_names(list(tables))
    text_is_long = _text_is_long(tables)
    kinds = {table: _kind(short[table], table) for table in tables}
    by_words = _by_words(short, kinds)
    around = {}
    for table, columns in tables.items():
        names = _column_names(columns)
        refers = {}
        for column in columns:
            target = (declared or {}).get((table, column.name)) or _target(names[column.name], column, by_words)
            if target and target != table:
                refers[column.name] = Target(target, kinds[target], (table, column.name) in (declared or {}))
        around[table] = Around(kinds[table], names, refers, text_is_long)
    return around


def with_kinds(around: dict[str, Around], kinds: Mapping[str, TableKind]) -> dict[str, Around]:
    """The same after the tables' own columns corrected their kinds."""
    return {
        table: msgspec.structs.replace(
            one,
            kind=kinds[table],
            refers={
                name: msgspec.structs.replace(target, kind=kinds[target.table]) for name, target in one.refers.items()
            },
        )
        for table, one in around.items()
    }


def _kind(short: str, table: str) -> TableKind:
    kind = kind_of(short)
    return kind if kind != "other" else kind_of(table)


def _short_names(tables: Sequence[str]) -> dict[str, str]:
    """Table names without schema and without a first word that many of them share (`tbl_`, a product's name)."""
    bare = {table: table.rpartition(".")[2] for table in tables}
    firsts = Counter(name.partition("_")[0].lower() for name in bare.values() if "_" in name)
    common = {first for first, count in firsts.items() if count >= FEW_TABLES and count >= SHARED * len(tables)}
    common = {first for first in common if first not in ("patient", "pat", "person")}
    return {
        table: name.partition("_")[2] if name.partition("_")[0].lower() in common and name.partition("_")[2] else name
        for table, name in bare.items()
    }


def _column_names(columns: Sequence[CatalogColumn]) -> dict[str, str]:
    """Column names without a first word that most columns of the table share and that means nothing (`pc_`)."""
    firsts = Counter(column.name.partition("_")[0] for column in columns if "_" in column.name)
    first, count = firsts.most_common(1)[0] if firsts else ("", 0)
    meaningless = not any(is_familiar(word) for word in words_of(first)) or len(first) < 3
    if count >= FEW_COLUMNS and count >= COLUMNS_SHARED * len(columns) and meaningless and first.lower() != "id":
        return {column.name: _without(column.name, first) for column in columns}
    return {column.name: column.name for column in columns}


def _without(name: str, first: str) -> str:
    return name.removeprefix(first + "_") or name


def _text_is_long(tables: Tables) -> bool:
    """Where VARCHAR is the usual text, TEXT is for what is written, unless names and codes are kept in it too."""
    types = Counter(re.split(r"[ (]", column.type.upper())[0] for columns in tables.values() for column in columns)
    short = sum(types[name] for name in ("VARCHAR", "CHAR", "NVARCHAR", "VARCHAR2", "CHARACTER"))
    if not 0 < types["TEXT"] <= LONG_TEXT_SHARE * (short + types["TEXT"]):
        return False
    texts = [column.name for columns in tables.values() for column in columns if column.type.upper() == "TEXT"]
    labels = sum(bool(SHORT_THINGS.intersection(column_words(name)[-1:])) for name in texts)
    return labels <= LABELS_SHARE * len(texts)


def _by_words(short: Mapping[str, str], kinds: Mapping[str, TableKind]) -> dict[str, str]:
    """Tables by their words run together; of two alike the one of patients, then the first, counts."""
    found: dict[str, str] = {}
    for table, name in short.items():
        for written in (
            "".join(word for word in words_of(name) if word not in KEY_WORDS),
            re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("s"),
        ):
            if written and (written not in found or (kinds[table] == "patient" != kinds[found[written]])):
                found[written] = table
    return found


def _target(name: str, column: CatalogColumn, by_words: Mapping[str, str]) -> str:
    """The table that the name says it refers to, "" for none."""
    words = column_words(name)
    kept = [word for word in words if word not in KEY_WORDS]
    if len(kept) == len(words) and (family(column.type) != "number" or is_measure(column.type)):
        return ""  # a bare name is a reference only where it is a whole number
    while kept:
        found = by_words.get("".join(kept))
        if found:
            return found
        if kept[0] not in QUALIFIERS or len(kept) == 1:
            break
        kept = kept[1:]
    return ""
