"""Who is out of every run of this workspace: the reviewer adds, removes and reads exclusions here.

    exclude_rows(workspace, keystore, key, "ehr.patients", "test patients", "test_flag = 1")
    exclude_listed(workspace, keystore, key, "ehr.patients.mrn", "opted out", Path("opt-outs.txt"))
    include_again(workspace, keystore, key, 2)

Every change is signed, additions too: what is in force is always one statement by one person.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from sandbox.checks.exclusions import reaches
from sandbox.checks.facts import ColumnSchema, Exclusion, Schema
from sandbox.dictionary import schema_of
from sandbox.dictionary.model import Dictionary
from sandbox.errors import BadInput
from sandbox.keystore import Keystore
from sandbox.matching.key_lists import keep_list, read_identifiers
from sandbox.records import (
    AuditLog,
    Exclusions,
    InForce,
    ReviewerKey,
    Trust,
    exclusions_in_force,
    keep_exclusions,
    load_dictionary,
    pinned_head,
)
from sandbox.review.scoping import check_conditions, check_words
from sandbox.review.setting_up import lists_key
from sandbox.workspace import Workspace, now

_WHOLE = frozenset(("TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT", "UINTEGER", "UBIGINT"))


def read_in_force(workspace: Workspace, keystore: Keystore) -> InForce:
    """What every run obeys now, on a log that agrees with its pinned head; or `RecordRefused`."""
    log = AuditLog(workspace.audit_log)
    log.check(pinned_head(keystore))
    return exclusions_in_force(workspace, Trust.open(workspace, keystore), log)


def exclude_rows(
    workspace: Workspace, keystore: Keystore, key: ReviewerKey, table: str, words: str, condition: str
) -> InForce:
    """The patients of those rows of `table` for which `condition` holds are out from now on."""
    check_words(words)
    dictionary = load_dictionary(workspace, Trust.open(workspace, keystore))
    patient = _patient_key(schema_of(dictionary), table)
    (columns,) = check_conditions(dictionary, [(table, condition)])
    one = Exclusion(words=words, table=table, key=patient, condition=condition, columns=columns)
    return _add(workspace, keystore, key, one)


def exclude_listed(
    workspace: Workspace, keystore: Keystore, key: ReviewerKey, column: str, words: str, path: Path
) -> InForce:
    """The patients whose identifier (`source.table.column`) is in the file are out from now on.

    The file is read once, and encrypted into the workspace; afterwards nothing needs it any more.
    """
    check_words(words)
    table, _, name = column.rpartition(".")
    schema = schema_of(load_dictionary(workspace, Trust.open(workspace, keystore)))
    patient = _patient_key(schema, table)
    facts = schema.tables[table].every_column.get(name)
    if facts is None or not (facts.identifies or name == patient):
        raise BadInput(
            f"{name} is no identifier of the patients in {table}.",
            f"Name its patient key, {patient}, or a column that is signed as a direct identifier.",
        )
    identifiers = read_identifiers(path)
    _check_values(identifiers, column, facts)
    keys = keep_list(workspace, lists_key(keystore, new=True), identifiers)
    one = Exclusion(words=words, table=table, key=patient, columns=(name,), identifier=name, keys=keys)
    return _add(workspace, keystore, key, one)


def include_again(
    workspace: Workspace, keystore: Keystore, key: ReviewerKey, place: int, *, seen: str | None = None
) -> InForce:
    """Sign what is in force without the exclusion at `place` (from 1). Its patients are read again from now on.

    `seen` is the `InForce.sha256` in which the place was looked up; when others are in force by now it is refused.
    """
    before = read_in_force(workspace, keystore)
    if seen is not None and seen != before.sha256:
        raise BadInput("The exclusions were changed meanwhile.", "Look at those in force, then remove it.")
    before.at(place)
    return _sign(workspace, keystore, key, before, (*before.all[: place - 1], *before.all[place:]))


def exclusion_lines(in_force: Iterable[Exclusion], tables: Iterable[str], dictionary: Dictionary) -> Iterator[str]:
    """The exclusions in words, then each of `tables` from which they leave nobody out."""
    in_force = tuple(in_force)
    yield from (f"out of every run: {exclusion_text(one)}" for one in in_force)
    yield from uncovered(in_force, tables, dictionary)


def uncovered(in_force: Iterable[Exclusion], tables: Iterable[str], dictionary: Dictionary) -> list[str]:
    """One line for each of `tables` that an exclusion does not reach: one of another source is reached by none."""
    in_force, schema = tuple(in_force), schema_of(dictionary)
    lines = []
    for table in sorted({table.lower() for table in tables}):
        missed = [one.words for one in in_force if not reaches(one, table, schema)]
        if missed:
            lines.append(f"not covered: {table}. Nothing in it leads to the patients of: {', '.join(missed)}")
    return lines


def left_out(workspace: Workspace, keystore: Keystore, tables: Collection[str]) -> tuple[str, ...]:
    """`exclusion_lines` of what is in force for a program that reads `tables`."""
    found = read_in_force(workspace, keystore).all
    if not found or not tables:
        return ()
    dictionary = load_dictionary(workspace, Trust.open(workspace, keystore))
    return tuple(exclusion_lines(found, tables, dictionary))


def exclusion_text(one: Exclusion) -> str:
    """One exclusion on one line."""
    if one.keys is None:
        return f"{one.words}: patients of the rows of {one.table} with {one.condition}"
    return f"{one.words}: {one.keys.count:,} patients by {one.table}.{one.identifier} (list {one.keys.name})"


def compared_text(one: Exclusion, place: int, identifiers: int, found: int) -> str:
    """What a comparison with the source found of the exclusion at `place`, in numbers."""
    if one.keys is None and found:
        return f"Its condition holds for rows of {found:,} patient{'' if found == 1 else 's'} in {one.table} now."
    if one.keys is None:
        return (
            f"Warning: its condition holds for nobody in {one.table} now, so it leaves nobody out. Compare it with how"
            f" the values are written there; `preceptor exclude remove {shlex.quote(one.words)}` takes it away."
        )
    column, missing = f"{one.table}.{one.identifier}", identifiers - found
    if not found:
        return (
            f"Warning: none of the {identifiers:,} identifiers is in {column}, so this list leaves nobody out. Compare"
            " how they are written there (a prefix, leading zeros), add the corrected list, then take this one away:"
            f" `preceptor exclude remove {shlex.quote(one.words)}`."
        )
    of = f"{found:,} of {identifiers:,} identifiers {'is' if found == 1 else 'are'} in {column}"
    if not missing:
        return f"{of}."
    return f"{of}; {missing:,} {'is' if missing == 1 else 'are'} not: compare how they are written there."


def _add(workspace: Workspace, keystore: Keystore, key: ReviewerKey, one: Exclusion) -> InForce:
    before = read_in_force(workspace, keystore)
    return _sign(workspace, keystore, key, before, (*before.all, one))


def _sign(
    workspace: Workspace, keystore: Keystore, key: ReviewerKey, before: InForce, wanted: tuple[Exclusion, ...]
) -> InForce:
    record = Exclusions(
        number=before.number + 1,
        reviewer=key.name,
        fingerprint=key.fingerprint,
        signed_at=now(),
        exclusions=wanted,
        replaces=before.sha256,
    )
    keep_exclusions(workspace, AuditLog(workspace.audit_log), record, key)
    return read_in_force(workspace, keystore)


def _patient_key(schema: Schema, table: str) -> str:
    facts = schema.tables.get(table)
    if facts is None:
        raise BadInput(f"There is no signed table {table}.", "Sign it first: `preceptor dictionary sign`.")
    found = [name for name, column in facts.every_column.items() if column.key == "patient"]
    if len(found) != 1:
        how_many = "no patient key" if not found else "several patient keys"
        raise BadInput(f"{table} has {how_many}, so its rows are of nobody alone.", "Name a table with one.")
    return found[0]


def _check_values(identifiers: tuple[str, ...], column: str, facts: ColumnSchema) -> None:
    """A list that can't match anything would leave nobody out, silently. Names the line, not what stands there."""
    if facts.type.upper() not in _WHOLE or facts.given == "token":
        return  # a token's own type is not that of the key
    for number, text in enumerate(identifiers, 1):
        if not text.isascii() or not text.removeprefix("-").isdigit():
            raise BadInput(
                f"Identifier {number} of the list is no whole number, as {column} holds them.",
                "Take out the heading, or name the column that holds such identifiers.",
            )
