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
PEOPLE_AND_PLACES: tuple[TableKind, ...] = ("patient", "staff", "geography")  # `burial_location_id` is a location
OWN_KEY = "id"
LONGEST_MARK, FEW_GLUED, GLUED_SHARE = 4, 4, 0.4
LONGEST_GLUED, MIN_GAIN, LONGEST_INITIALS = 6, 3, 2
SHARED = 0.3  # a first word that this share of the tables have says nothing
COLUMNS_SHARED = 0.6
FEW_TABLES, FEW_COLUMNS, SHORTEST_STEM = 6, 5, 3
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
    joins: frozenset[str] = frozenset()
    has_subject: bool = False
    of_one: bool = False
    named: bool = False


def survey(tables: Tables, declared: Declared | None = None) -> dict[str, Around]:
    """What each table's surroundings are, before its columns are judged."""
    short = _short_names(list(tables))
    text_is_long = _text_is_long(tables)
    kinds = {table: _kind(short[table], table) for table in tables}
    by_words = _by_words(short, kinds)
    around = {}
    for table, columns in tables.items():
        names = _column_names(columns, short[table])
        refers = {}
        for column in columns:
            target = (declared or {}).get((table, column.name)) or _target(names[column.name], column, by_words, kinds)
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


def with_shared_keys(around: dict[str, Around]) -> dict[str, Around]:
    """References by the name of a table's own key: `CandID` is one wherever it stands."""
    own: dict[str, str] = {}
    for table, one in around.items():
        for name, written in one.names.items():
            if written == OWN_KEY != name.lower():
                own.setdefault(name.lower(), table)
    return {
        table: msgspec.structs.replace(one, refers=_with_owners(table, one, own, around))
        for table, one in around.items()
    }


def _with_owners(table: str, one: Around, own: Mapping[str, str], around: Mapping[str, Around]) -> dict[str, Target]:
    owners = {name: own[name.lower()] for name in one.names if own.get(name.lower(), table) != table}
    return {**{name: Target(owner, around[owner].kind) for name, owner in owners.items()}, **one.refers}


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


def _column_names(columns: Sequence[CatalogColumn], table: str) -> dict[str, str]:
    """Column names as they are judged: what repeats the table in each of them is left out."""
    shorter = _without_glued_mark(_without_glued_table(_without_shared_word(columns), table))
    return {name: OWN_KEY if _is_own_key(written, table) else written for name, written in shorter.items()}


def _is_own_key(name: str, table: str) -> bool:
    """`CandID` of the table `candidate`: the beginning of the table's name, no word by itself, and a key word."""
    words, whole = column_words(name), re.sub(r"[^a-z]", "", table.lower())
    if len(words) != 2 or words[1] not in ("identifier", "key", "uuid") or is_familiar(words[0]):
        return False
    return len(words[0]) >= SHORTEST_STEM and whole.startswith(words[0])


def _without_glued_table(names: dict[str, str], table: str) -> dict[str, str]:
    """`AESTDTC` of the table `ae` is `STDTC`: a short name of the table that most of its columns begin with."""
    mark = re.sub(r"[^a-z]", "", table.lower())
    if not 2 <= len(mark) <= LONGEST_MARK:
        return names
    glued = {name for name, written in names.items() if re.match(rf"{mark}[^\W_]{{2}}", written.lower())}
    if len(glued) < max(FEW_GLUED, GLUED_SHARE * len(names)):
        return names
    return {name: written[len(mark) :] if name in glued else written for name, written in names.items()}


def _without_glued_mark(names: dict[str, str]) -> dict[str, str]:
    """`ptfname`, `ptcity`: a beginning that most columns share is left out where what stays is known words."""
    starts = Counter(
        written[:length].lower()
        for written in names.values()
        for length in range(2, LONGEST_GLUED + 1)
        if re.match(rf"[A-Za-z]{{{length}}}[^\W_]{{2}}", written)
    )
    enough = max(FEW_COLUMNS, COLUMNS_SHARED * len(names))
    best, gained = "", MIN_GAIN - 1
    for mark in (mark for mark, count in starts.items() if count >= enough):
        marked = [written for written in names.values() if written.lower().startswith(mark)]
        gain = sum(_is_known(written[len(mark) :]) - _is_known(written) for written in marked)
        if gain > gained:
            best, gained = mark, gain
    return {name: _without_mark(written, best) for name, written in names.items()} if best else names


def _without_mark(written: str, mark: str) -> str:
    return (written[len(mark) :].lstrip("_") or written) if written.lower().startswith(mark) else written


def _is_known(written: str) -> bool:
    words = words_of(written)
    return bool(words) and all(map(is_familiar, words))


def _without_shared_word(columns: Sequence[CatalogColumn]) -> dict[str, str]:
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


def _by_initials(initials: str, kinds: Mapping[str, TableKind]) -> str:
    """`P_ID`: the one table that begins so, and among several the one of patients; "" for none."""
    found = [table for table in kinds if table.lower().startswith(initials)]
    patients = [table for table in found if kinds[table] == "patient"]
    one = patients if len(patients) == 1 else found
    return one[0] if len(one) == 1 else ""


def _target(name: str, column: CatalogColumn, by_words: Mapping[str, str], kinds: Mapping[str, TableKind]) -> str:
    """The table that the name says it refers to, "" for none."""
    words = column_words(name)
    if words[:1] in (("is",), ("has",)):
        return ""
    kept = [word for word in words if word not in KEY_WORDS]
    if len(kept) == len(words) and (family(column.type) != "number" or is_measure(column.type)):
        return ""  # a bare name is a reference only where it is a whole number
    if len(kept) == 1 and len(words) == 2 and len(kept[0]) <= LONGEST_INITIALS and not is_familiar(kept[0]):
        return _by_initials(kept[0], kinds)
    qualified = True
    while kept:
        found = by_words.get("".join(kept), "")
        if found and (qualified or kinds[found] in PEOPLE_AND_PLACES):
            return found
        qualified = qualified and kept[0] in QUALIFIERS
        kept = kept[1:]
    return ""
