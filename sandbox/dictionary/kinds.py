"""Whom a table is about, from what refers to what: tables that lead to no person are lists, settings and forms.

A clinical database hangs together: rows about a patient name the patient, or the visit, order or sample that does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .context import FEW_TABLES, Around, Tables
from .rules import TableKind
from .types import family
from .words import column_words

if TYPE_CHECKING:
    from sandbox.sources.catalog import CatalogColumn

    from .classify import Verdict

PERSONAL_SHARE = 0.25  # of the tables must lead to a person before those that don't are held to be lists
STRONG_KEY, STRONG_IDENTIFIER, WRITTEN = 0.9, 0.92, 0.9
FEW_COLUMNS = 10
MIN_JOINED, JOINED_SHARE = 2, 0.5
MAY_BE_LIST: tuple[TableKind, ...] = ("clinical", "other", "coverage", "contact")
NAMING = frozenset(["name", "description", "label", "title", "code", "term", "display", "symbol"])
KEEPING = frozenset(
    [
        "created",
        "create",
        "creation",
        "updated",
        "update",
        "modified",
        "modify",
        "changed",
        "change",
        "valid",
        "validity",
        "expiration",
        "expires",
        "effective",
        "deleted",
        "voided",
        "retired",
        "loaded",
        "load",
        "inserted",
        "insert",
        "last",
        "version",
        "entry",
        "revision",
        "since",
    ]
)

Verdicts = Mapping[str, Sequence["Verdict"]]


def kinds_by_references(around: Mapping[str, Around], verdicts: Verdicts) -> dict[str, TableKind]:
    """The kind of every table once its references, and the tables that refer to it, are taken into account."""
    personal = _personal(around, verdicts)
    most = len(around) >= FEW_TABLES and len(personal) >= PERSONAL_SHARE * len(around)
    referred = _referred_by(around)
    return {
        table: _kind(one, verdicts[table], table in personal or not most, referred.get(table, set()))
        for table, one in around.items()
    }


def joining_names(tables: Tables, verdicts: Verdicts) -> frozenset[str]:
    """Unknown names that join tables in which nothing else is a key: what they stand for is most likely a person."""
    keyless = [table for table, found in verdicts.items() if not any(map(_is_key, found))]
    shared = Counter(
        column.name
        for table in keyless
        for column, verdict in zip(tables[table], verdicts[table], strict=True)
        if verdict.column_class == "unknown" and family(column.type) in ("number", "text")
    )
    most = max(MIN_JOINED, JOINED_SHARE * len(keyless))
    return frozenset(name for name, count in shared.items() if count >= most)


def _is_key(verdict: Verdict) -> bool:
    return verdict.column_class in ("patient_key", "event_key", "key")


def _kind(around: Around, verdicts: Sequence[Verdict], personal: bool, referred: set[TableKind]) -> TableKind:
    kind = around.kind
    targets = {target.kind for target in around.refers.values()}
    if kind == "patient" and "patient" in targets and not _describes_a_person(verdicts):
        return "clinical"  # what happened to patients, not who they are
    if kind == "other" and targets & {"patient", "clinical"}:
        return "clinical"
    if kind == "geography" and referred and not referred & {"patient", "contact", "other", "identifiers", "geography"}:
        return "facility"
    few = len(verdicts) <= FEW_COLUMNS or bool(referred)
    if not personal and kind in MAY_BE_LIST and few and _is_list(around, verdicts):
        return "reference"
    return kind


def _is_list(around: Around, verdicts: Sequence[Verdict]) -> bool:
    """Things with names or codes, and no date but of their own upkeep."""
    named = False
    for name, verdict in zip(around.names.values(), verdicts, strict=True):
        words = column_words(name)
        named = named or bool(NAMING.intersection(words))
        if verdict.column_class == "date" and not KEEPING.intersection(words):
            return False
    return named


def _describes_a_person(verdicts: Sequence[Verdict]) -> bool:
    return any(
        (verdict.column_class == "direct_identifier" and verdict.confidence >= STRONG_IDENTIFIER)
        or "birth date" in verdict.evidence[0]
        for verdict in verdicts
    )


def _personal(around: Mapping[str, Around], verdicts: Verdicts) -> set[str]:
    """Tables that name a person, or refer, over however many steps, to one that does."""
    personal = {table for table, found in verdicts.items() if _names_a_person(around[table].kind, found)}
    waiting = True
    while waiting:
        further = {
            table
            for table, one in around.items()
            if table not in personal and any(target.table in personal for target in one.refers.values())
        }
        waiting = bool(further)
        personal |= further
    return personal


def _names_a_person(kind: TableKind, verdicts: Sequence[Verdict]) -> bool:
    if kind in ("staff", "facility"):
        return False
    return kind == "patient" or any(_is_personal(verdict) for verdict in verdicts)


def _is_personal(verdict: Verdict) -> bool:
    if verdict.column_class in ("patient_key", "specially_protected"):
        return True
    if verdict.column_class in ("event_key", "direct_identifier"):
        return verdict.confidence >= STRONG_KEY
    return "birth date" in verdict.evidence[0]


def _referred_by(around: Mapping[str, Around]) -> dict[str, set[TableKind]]:
    """The kinds of the tables that refer to each table."""
    found: dict[str, set[TableKind]] = {}
    for one in around.values():
        for target in one.refers.values():
            found.setdefault(target.table, set()).add(one.kind)
    return found


def settle_kind(kind: TableKind, columns: Sequence[CatalogColumn], verdicts: Sequence[Verdict]) -> TableKind:
    """The table's kind, corrected by what its columns are."""
    classes = [verdict.column_class for verdict in verdicts]
    has_patient = "patient_key" in classes
    named = says(verdicts, "name of a person", "part of a person's name, alone")
    born = says(verdicts, "birth date")
    has_person = born and (named or (not has_patient and _has_birth_and_sex(columns)))
    if kind == "reference" and not has_patient and _names_a_stay(columns):
        return "clinical"
    if kind == "staff" and _has_birth_and_sex(columns) and not _works_here(columns):
        return "patient"
    if kind in ("reference", "facility") and (has_patient or has_person):
        return "patient" if has_person and not has_patient else "clinical"
    if kind in ("other", "identifiers", "contact") and (has_person or (kind != "other" and born)):
        return "patient"
    if kind in ("clinical", "other", "notes") and born and named and not has_patient:
        return "patient"
    if kind == "system" and has_patient:
        return "clinical"
    is_list = any(column.name.lower().rstrip("s").endswith(_LIST_WORDS) for column in columns)
    has_events = any(verdict.confidence > 0.9 for verdict in verdicts if verdict.column_class == "event_key")
    if kind in ("clinical", "other") and is_list and len(columns) <= 12 and not (has_patient or has_events):
        return "clinical" if "date" in classes or "direct_identifier" in classes else "reference"
    return kind


def _has_birth_and_sex(columns: Sequence[CatalogColumn]) -> bool:
    words = {word for column in columns for word in column_words(column.name)}
    return "birth" in words and not words.isdisjoint(("sex", "gender"))


def _works_here(columns: Sequence[CatalogColumn]) -> bool:
    return any(not _OF_WORK.isdisjoint(column_words(column.name)) for column in columns)


def _names_a_stay(columns: Sequence[CatalogColumn]) -> bool:
    """A column is the key of an encounter, as lists have none."""
    return any(column_words(column.name) in _STAYS for column in columns)


_OF_WORK = frozenset(
    ["password", "login", "username", "role", "specialty", "license", "npi", "salary", "hire", "position", "department"]
)
_STAYS = {
    (stay, key)
    for stay in ("encounter", "visit", "admission", "stay", "episode")
    for key in ("identifier", "number", "key", "uuid")
}


_LIST_WORDS = ("description", "desc", "name", "nm", "title", "label", "meaning", "display")


def says(verdicts: Sequence[Verdict], *rules: str) -> bool:
    """Whether a verdict of the table comes from one of these rules."""
    return any(f"(rule: {rule})" in reason for verdict in verdicts for reason in verdict.evidence for rule in rules)
