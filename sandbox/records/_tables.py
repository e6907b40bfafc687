"""The signed dictionary: one envelope per table, in `sources/NAME/signed/TABLE.json`.

envelope = sign_table(table, references, reviewer_key)
dictionary = load_dictionary(workspace, trust)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from sandbox.dictionary.distinct import check_distinct
from sandbox.dictionary.model import Column, Dictionary, ReferenceFile, ReferenceRows, Table
from sandbox.errors import RecordRefused
from sandbox.records._envelope import Record, sha256
from sandbox.records._keys import ReviewerKey
from sandbox.records._log import AuditLog
from sandbox.records._trust import Trust
from sandbox.records.kinds import Kind
from sandbox.workspace import Workspace

# What a program reads depends on these facts of a column; a change of the others is listed, and stops nothing.
BINDING = ("name", "type", "column_class", "given", "derivation", "domain", "physical")


class SignedTable(Record, frozen=True):
    """A table as the reviewer signed it, with its rows when it is a searchable reference table.

    `reference_file` stands for rows that are too many for an envelope: the file of that SHA-256. Where there is none it
    is not written, so that a table without one has the bytes it had before there were any.
    """

    table: Table
    references: tuple[ReferenceRows, ...] = ()
    reference_file: ReferenceFile | msgspec.UnsetType = msgspec.UNSET


def sign_table(
    table: Table,
    references: tuple[ReferenceRows, ...],
    key: ReviewerKey,
    reference_file: ReferenceFile | None = None,
) -> bytes:
    """The envelope to keep at `signed_path`. `references` may only be rows of this table, and so the file's."""
    signed = SignedTable(table=table, references=references, reference_file=reference_file or msgspec.UNSET)
    check_distinct([table])
    _check_references(signed)
    return key.sign({table.full_name: table_hash(signed)}, Kind.TABLE, signed)


def read_table(untrusted: bytes, trust: Trust) -> SignedTable:
    """The table inside the envelope, or `RecordRefused`."""
    statement, signed = trust.predicate(untrusted, Kind.TABLE, SignedTable)
    if statement.subjects != {signed.table.full_name: table_hash(signed)}:
        raise RecordRefused("A signed table is about another table than its fields say.")
    _check_references(signed)
    return signed


def signed_path(workspace: Workspace, source: str, table: str) -> Path:
    """Where the envelope of a table belongs. A name that makes no file name is replaced by its hash."""
    plain = all(c.isascii() and (c.isalnum() or c in "-_. ") for c in table) and not table.startswith(".")
    name = table if plain and len(table) <= 100 else f"table-{sha256(table.encode())[:16]}"
    return workspace.source_folder(source) / "signed" / f"{name}.json"


def load_dictionary(workspace: Workspace, trust: Trust, sources: Iterable[str] | None = None) -> Dictionary:
    """Every signed table of these sources (all when None), each verified, or `RecordRefused` naming the file."""
    return load_signed(workspace, trust, workspace.source_names() if sources is None else sources).dictionary


class Signed(NamedTuple):
    """A dictionary with the SHA-256 of each table's envelope, by `source.table`, as they were read at one time."""

    dictionary: Dictionary
    envelopes: dict[str, str]


def load_signed(workspace: Workspace, trust: Trust, sources: Iterable[str]) -> Signed:
    """`load_dictionary` with the envelopes that it came from."""
    names = sorted(sources)
    read = [(sha256(envelope), table) for name in names for _, envelope, table in signed_tables(workspace, trust, name)]
    dictionary = Dictionary(
        tables=tuple(record.table for _, record in read),
        dialects={name: workspace.source(name).dialect for name in names},
        references=tuple(rows for _, record in read for rows in record.references),
        reference_files=tuple(record.reference_file for _, record in read if record.reference_file),
    )
    return Signed(dictionary, {record.table.full_name: digest for digest, record in read})


def table_envelopes(workspace: Workspace, trust: Trust, tables: Iterable[str]) -> dict[str, str]:
    """SHA-256 of the signed envelope by `source.table`: what `Approval.dictionary` holds."""
    wanted = set(tables)
    found = {
        record.table.full_name: sha256(envelope)
        for source in sorted({name.partition(".")[0] for name in wanted})
        for _, envelope, record in signed_tables(workspace, trust, source)
    }
    return {name: found[name] for name in sorted(wanted & set(found))}


def signed_tables(workspace: Workspace, trust: Trust, source: str) -> Iterator[tuple[Path, bytes, SignedTable]]:
    """File, envelope and contents of each signed table of a source."""
    for path in sorted((workspace.source_folder(source) / "signed").glob("*.json")):
        yield (path, *read_signed_table(workspace, trust, source, path))


def read_signed_table(workspace: Workspace, trust: Trust, source: str, path: Path) -> tuple[bytes, SignedTable]:
    """Envelope and contents of one of these files, or `RecordRefused` naming it."""
    envelope = path.read_bytes()
    try:
        record = read_table(envelope, trust)
    except RecordRefused as problem:
        raise RecordRefused(f"{path.name} of source {source}: {problem.sentence}", problem.advice) from problem
    if record.table.source != source or path.name != signed_path(workspace, source, record.table.name).name:
        raise RecordRefused(f"{path.name} of source {source} holds another table than its name says.")
    return envelope, record


def newest_tables(log: AuditLog) -> dict[str, str]:
    """SHA-256 of the envelope of every table that was signed last, by `source.table`.

    Not of sources that were removed since, nor under a name that the table has no more.
    """
    found: dict[str, str] = {}
    for entry in log.entries():
        if entry.event == "table.signed":
            found[str(entry.details.get("table"))] = str(entry.details.get("envelope"))
        elif entry.event == "table.renamed":
            found.pop(str(entry.details.get("table")), None)
        elif entry.event == "source.removed":
            found = {
                table: one for table, one in found.items() if table.partition(".")[0] != entry.details.get("source")
            }
    return found


def columns_hash(table: Table, columns: Iterable[str]) -> str:
    """SHA-256 over what decides how these columns of a table are read; `RecordRefused` for one it has not."""
    by_name = {column.name: column for column in table.columns}
    missing = sorted(set(columns) - set(by_name))
    if missing:
        raise RecordRefused(f"{table.full_name} has no column {', '.join(missing)}.")
    anchors = {by_name[name].anchor for name in columns} & set(by_name)
    facts = [_binding(by_name[name]) for name in sorted({*columns, *anchors})]
    return sha256(msgspec.json.encode([table.full_name, list(table.physical), facts]))


def table_hash(signed: SignedTable) -> str:
    return sha256(msgspec.json.encode(signed, order="sorted"))


def _binding(column: Column) -> list[str]:
    facts = [str(getattr(column, field)) for field in BINDING]
    return [*facts, column.anchor] if column.anchor else facts


def _check_references(signed: SignedTable) -> None:
    for rows in signed.references:
        if rows.table != signed.table.full_name or not signed.table.reference:
            raise RecordRefused("A signed table carries rows of another table.")
    file = signed.reference_file
    if not file:
        return
    if file.table != signed.table.full_name or not signed.table.reference:
        raise RecordRefused("A signed table carries rows of another table.")
    told = {column.name for column in signed.table.columns if column.told == "values"}
    if not set(file.columns) <= told or "/" in file.name or "\\" in file.name:
        raise RecordRefused("A signed table has a file of rows that it does not tell.")
