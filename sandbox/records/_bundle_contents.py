"""What the records inside a bundle say, and whether they fit together. Works on bytes by file name alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial

import msgspec

from sandbox.checks.grant import columns_read
from sandbox.errors import RecordRefused
from sandbox.records import _bundle_layout as layout
from sandbox.records._approval import Approval, read_approval
from sandbox.records._bundle_text import may_read_text
from sandbox.records._envelope import sha256
from sandbox.records._log_entries import Entry, Head, read_entry
from sandbox.records._merkle import leaf_hash, root_from
from sandbox.records._public_key import PublicKey
from sandbox.records._run import read_run
from sandbox.records._tables import SignedTable, columns_hash, read_table
from sandbox.records._trust import Trust
from sandbox.records.kinds import Kind

NamedCheck = tuple[str, Callable[[], str]]


class Contents:
    """The files of a bundle. Every check returns a sentence, or raises `RecordRefused`."""

    def __init__(self, untrusted: dict[str, bytes]) -> None:
        self._files = untrusted

    def checks(self) -> Iterator[NamedCheck]:
        """All of them, each under the file or the claim that it is about."""
        yield layout.REVIEWER, self._check_reviewer
        for name in self._in("keys", ".json"):
            yield name, partial(self._check_certificate, name)
        yield layout.MANIFEST, self._check_manifest
        yield layout.SUMS, self._check_sums
        yield layout.APPROVAL, self._check_approval
        yield layout.PROGRAM, partial(self._check_subject, layout.PROGRAM)
        yield layout.PATIENTS, partial(self._check_subject, layout.PATIENTS)
        for name in self._in("tables", ".json"):
            yield name, partial(self._check_table, name)
        yield layout.MAY_READ, self._check_may_read
        for name in self._in("runs", ".json"):
            yield name, partial(self._check_run, name)
        yield layout.HEAD, self._check_head
        yield layout.PROOFS, self._check_proofs
        for name in sorted(filter(layout.is_envelope, self._files)):
            for detached in layout.detached_names(name):
                yield detached, partial(self._check_detached, name, detached)

    @cached_property
    def reviewer(self) -> PublicKey:
        return PublicKey.read(self._file(layout.REVIEWER))

    @cached_property
    def approval(self) -> Approval:
        return read_approval(self._file(layout.APPROVAL), Trust((self.reviewer,)))

    @cached_property
    def _trust(self) -> Trust:
        return Trust((self.reviewer,)).with_workstations(self._file(name) for name in self._in("keys", ".json"))

    @cached_property
    def _head(self) -> Head:
        statement, head = self._trust.predicate(self._file(layout.HEAD), Kind.LOG_HEAD, layout.LogHead)
        if statement.subjects != {"audit.log": head.root}:
            raise RecordRefused("The log head is about another root than its fields say.")
        return Head(head.size, head.root)

    @cached_property
    def _tables(self) -> dict[str, SignedTable]:
        records = [read_table(self._file(name), self._trust) for name in self._in("tables", ".json")]
        return {record.table.full_name: record for record in records}

    def _check_reviewer(self) -> str:
        return f"The reviewer's key has the fingerprint {self.reviewer.fingerprint}."

    def _check_certificate(self, name: str) -> str:
        key = Trust((self.reviewer,)).workstation(self._file(name))
        if name != layout.certificate_file(key.fingerprint):
            raise RecordRefused("A workstation certificate is under another key's name.")
        if PublicKey.read(self._file(layout.public_key_file(key.fingerprint))) != key:
            raise RecordRefused("A workstation's public key is not the one in its certificate.")
        return "The reviewer vouches for the workstation's key."

    def _check_manifest(self) -> str:
        manifest = self._trust.predicate(self._file(layout.MANIFEST), Kind.MANIFEST, layout.Manifest)[1]
        if manifest.approval != self.approval.id:
            raise RecordRefused("The manifest is of another approval's bundle.")
        return f"The workstation put the bundle together at {manifest.made_at}."

    def _check_sums(self) -> str:
        statement, manifest = self._trust.predicate(self._file(layout.MANIFEST), Kind.MANIFEST, layout.Manifest)
        if statement.subjects != {layout.SUMS: sha256(self._file(layout.SUMS))}:
            raise RecordRefused(f"{layout.SUMS} was changed: it is not the list that the workstation signed.")
        return f"The list of {manifest.files} files is the one that the workstation signed."

    def _check_approval(self) -> str:
        one = self.approval
        self_reviewed = " (self-reviewed)" if one.self_reviewed else ""
        return f"Signed by {one.reviewer} at {one.signed_at}, valid until {one.expires_at}{self_reviewed}."

    def _check_subject(self, name: str) -> str:
        if sha256(self._file(name)) != self.approval.subjects[name]:
            raise RecordRefused(f"{name} is not what was approved.")
        return "It is what was approved."

    def _check_table(self, name: str) -> str:
        record = read_table(self._file(name), self._trust)
        table = record.table.full_name
        if name != layout.table_file(table) or table not in self.approval.grant.tables:
            raise RecordRefused("A signed table is here that the approval does not name.")
        columns = columns_read(self.approval.grant, table)
        if columns_hash(record.table, columns) != self.approval.columns[table]:
            raise RecordRefused(f"The columns of {table} are not those that were approved.")
        same = self.approval.dictionary.get(table) == sha256(self._file(name))
        return f"{table} is signed, " + ("as it was approved." if same else "again since; these columns are unchanged.")

    def _check_may_read(self) -> str:
        missing = sorted(set(self.approval.grant.tables) - set(self._tables))
        if missing:
            raise RecordRefused(f"The signed table of {', '.join(missing)} is missing.")
        tables = {name: record.table for name, record in self._tables.items()}
        for name, columns in self.approval.grant.tables.items():
            columns_hash(tables[name], columns)  # refuses a column that the table has not
        if self._file(layout.MAY_READ) != may_read_text(self.approval, tables).encode():
            raise RecordRefused(f"{layout.MAY_READ} says something else than the approval.")
        return f"It may read {len(tables)} table{'s' if len(tables) != 1 else ''}, as the approval says."

    def _check_run(self, name: str) -> str:
        record = read_run(self._file(name), self._trust)
        if name != layout.run_file(record.id) or record.approval != sha256(self._file(layout.APPROVAL)):
            raise RecordRefused("A run record is here that belongs to another approval.")
        if record.program_sha256 != self.approval.program_sha256:
            raise RecordRefused("A run record is of another program than was approved.")
        return f"Ran from {record.started_at} to {record.ended_at}: {record.outcome}."

    def _check_head(self) -> str:
        return f"The audit log had {self._head.size} entries, by the workstation's signature."

    def _check_proofs(self) -> str:
        entries = list(self._proven_entries())
        envelope = sha256(self._file(layout.APPROVAL))
        if not any(one.event == "approval.signed" and one.details.get("envelope") == envelope for one in entries):
            raise RecordRefused("The signature under the approval is not proven to be in the audit log.")
        for name in self._in("runs", ".json"):
            self._check_run_is_logged(name, entries)
        revoked = " The approval was revoked." if any(one.event == "approval.revoked" for one in entries) else ""
        return f"{len(entries)} entries about the approval and its runs are in the audit log.{revoked}"

    def _check_run_is_logged(self, name: str, entries: list[Entry]) -> None:
        """The end of a run is logged with its record; a crash before that leaves only its reservation."""
        own = [one for one in entries if layout.run_file(str(one.details.get("run"))) == name]
        records = [one.details.get("record") for one in own if one.event == "run.ended"]
        if not any(one.event == "run.reserved" for one in own) or records not in ([], [sha256(self._file(name))]):
            raise RecordRefused(f"{name} is not proven to be in the audit log.")

    def _proven_entries(self) -> Iterator[Entry]:
        try:
            proofs = msgspec.json.decode(self._file(layout.PROOFS), type=tuple[layout.EntryProof, ...])
            paths = [[bytes.fromhex(node) for node in proof.proof] for proof in proofs]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as problem:
            raise RecordRefused(f"{layout.PROOFS} can't be read.") from problem
        for proof, path in zip(proofs, paths, strict=True):
            line = proof.line.encode()
            root = root_from(leaf_hash(line), proof.number - 1, self._head.size, path)
            if root is None or root.hex() != self._head.root:
                raise RecordRefused(f"Entry {proof.number} is not proven to be in the audit log.")
            yield read_entry(line, proof.number)

    def _check_detached(self, name: str, detached: str) -> str:
        if self._file(detached) != layout.detached(name, self._file(name))[detached]:
            raise RecordRefused(f"{detached} does not belong to {name}.")
        return f"It is the part of {name} that OpenSSL checks."

    def _in(self, folder: str, ending: str) -> list[str]:
        return sorted(name for name in self._files if name.startswith(f"{folder}/") and name.endswith(ending))

    def _file(self, name: str) -> bytes:
        try:
            return self._files[name]
        except KeyError as problem:
            raise RecordRefused(f"{name} is missing.") from problem
