"""The checker's process: it can recognise a patient, and therefore can't speak.

Started with the workspace and the question; without a question it goes by the dictionary as it is signed now, which is
what a new question would get. It fetches the key of the known values, reads the index files, then
confines itself to no files, no sockets and no processes; from then on it only answers on its pipe, with places
and kinds, never with a value.
"""

from __future__ import annotations

import base64
import binascii
import os
import sys
from pathlib import Path

import msgspec

from sandbox.checks.escapes import views
from sandbox.dictionary.model import Dictionary
from sandbox.drafting.inspection import MOST_HITS, Failed, Hit, Inspect, Inspected, Watching
from sandbox.drafting.known_values import KnownValues
from sandbox.drafting.normal import compact
from sandbox.drafting.recognisers import Recognisers
from sandbox.drafting.this_computer import ThisComputer
from sandbox.errors import CredentialMissing, PreceptorError, RecordRefused
from sandbox.keystore import Keystore, open_keystore
from sandbox.messages.frames import Channel, ChannelClosed
from sandbox.records import AuditLog, Trust, load_dictionary, pinned_head
from sandbox.workspace import Workspace

_LARGEST_TEXT = 8 * 1024 * 1024


def main(arguments: list[str]) -> int:
    """Serve until the gate hangs up."""
    channel = Channel(0, os.dup(1), json_limit=1 << 16, payload_limit=_LARGEST_TEXT)
    os.dup2(2, 1)  # a stray print must not become a frame
    try:
        inspector = Inspector.open(Workspace.open(Path(arguments[0])), *arguments[1:2])
        layers = _confine()
    except PreceptorError as refusal:
        channel.send(Failed(sentence=refusal.sentence, advice=refusal.advice))
        return 1
    channel.send(Watching(known=inspector.known.count, layers=layers))
    try:
        while True:
            message, text = channel.receive(Inspect)
            hits = inspector.find(text.decode("utf-8"))
            channel.send(Inspected(number=message.number, hits=hits))
    except ChannelClosed:
        return 0


class Inspector:
    """Recognisers, known values and what would name this computer, together. Escapes in a text are undone first."""

    def __init__(self, recognisers: Recognisers, known: KnownValues, computer: ThisComputer | None = None) -> None:
        self._recognisers = recognisers
        self._computer = computer or ThisComputer()
        self.known = known

    @classmethod
    def open(cls, workspace: Workspace, question: str = "") -> Inspector:
        """Read rules, dictionary and indexes. An index that can't be opened is a refusal, never a gap."""
        keystore = open_keystore(workspace)
        indexes = _indexes(workspace, keystore)
        public = _public_texts(_dictionary(workspace, keystore, question))
        exempt = frozenset(map(compact, public))
        known = KnownValues.load(indexes, _key(keystore), exempt) if indexes else KnownValues(b"", [])
        return cls(Recognisers.load(), known, ThisComputer.here(workspace, " ".join(public)))

    def find(self, text: str) -> tuple[Hit, ...]:
        """All hits, first to last, overlapping ones joined."""
        hits: list[Hit] = []
        for view, offsets in views(text):
            found = self._find(view)
            hits += found if offsets is None else (_placed(hit, offsets) for hit in found)
        return _joined(hits)[:MOST_HITS]

    def _find(self, view: str) -> list[Hit]:
        known = [*self.known.find(view), *self._computer.find(view)]
        return [*known, *self._recognisers.find(view, known)]


def _indexes(workspace: Workspace, keystore: Keystore) -> list[bytes]:
    """Every index there is, and every one that there must be: the audit log remembers what was indexed.

    The log itself is checked against the head in the keyring, so that no file alone can make the checker blind.
    """
    log = AuditLog(workspace.audit_log)
    log.check(pinned_head(keystore))
    indexed = _indexed(log)
    found = {path.parent.name for path in workspace.sources.glob("*/known.enc")}
    return [_index(workspace, name) for name in sorted(indexed | found)]


def _indexed(log: AuditLog) -> set[str]:
    """The sources that were indexed and not, by the reviewer's own act, wiped or removed since."""
    indexed: set[str] = set()
    for entry in log.entries():
        if entry.event == "known.indexed":
            indexed.add(str(entry.details.get("source")))
        elif entry.event in ("known.forgotten", "source.removed"):
            indexed.discard(str(entry.details.get("source")))
    return indexed


def _index(workspace: Workspace, source: str) -> bytes:
    try:
        return (workspace.source_folder(source) / "known.enc").read_bytes()
    except OSError as problem:
        raise RecordRefused(
            f"The index of known values of {source} is missing or can't be read, so nobody of it would be recognised.",
            f"Run `preceptor source known {source}` again.",
        ) from problem


def _key(keystore: Keystore) -> bytes:
    try:
        return base64.b64decode(keystore.get("key/known"), validate=True)
    except CredentialMissing as problem:
        raise RecordRefused(
            "There is an index of known values, but the keyring does not hold its key.", "Build the index again."
        ) from problem
    except binascii.Error as problem:
        raise RecordRefused("The key of the known values is damaged.", "Build the index again.") from problem


def _dictionary(workspace: Workspace, keystore: Keystore, question: str) -> Dictionary:
    if not question:
        return load_dictionary(workspace, Trust.open(workspace, keystore))
    try:
        return msgspec.json.decode((workspace.question(question) / "dictionary.json").read_bytes(), type=Dictionary)
    except FileNotFoundError:
        return Dictionary(tables=(), dialects={})
    except (OSError, msgspec.MsgspecError) as problem:
        raise RecordRefused("The dictionary of this question can't be read.") from problem


def _public_texts(dictionary: Dictionary) -> tuple[str, ...]:
    """Codes and meanings of reference tables, and values the agent is told: public, whatever a patient's are."""
    cells = [cell for rows in dictionary.references for row in rows.rows for cell in row]
    told = [value for table in dictionary.tables for column in table.columns for value in column.values]
    return (*cells, *told)


def _placed(hit: Hit, offsets: list[int]) -> Hit:
    return Hit(start=offsets[hit.start], end=offsets[hit.end], kind=hit.kind)


def _joined(hits: list[Hit]) -> tuple[Hit, ...]:
    joined: list[Hit] = []
    for hit in sorted(hits):
        if joined and hit.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Hit(start=last.start, end=max(last.end, hit.end), kind=last.kind)
        else:
            joined.append(hit)
    return tuple(joined)


def _confine() -> dict[str, str]:
    from sandbox.jail import DoorRules, confine_door

    sys.stdout = sys.stderr
    report = confine_door(DoorRules(read=(), write=(), inet=False, unix_sockets=False, start_processes=False))
    report.check_mandatory()
    return dict(report.layers)
