"""The audit log: one append function, used by every process, and the check that nothing was changed.

log = AuditLog(workspace.audit_log)
log.append("approval.signed", approval=approval.id, envelope=sha256)
head = log.check(pinned_head(keystore))      # RecordRefused names the entry
pin_head(keystore, head)
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sandbox.errors import CredentialMissing
from sandbox.files import locked
from sandbox.keystore import Keystore
from sandbox.records._log_entries import Entry, Head, changed, cut_short, read_entry, rewritten, walk, whole_lines
from sandbox.records._log_file import HeldLog, LogFiles, read_cache, read_or_empty
from sandbox.records._merkle import Frontier, inclusion_proof, leaf_hash

HEAD_PIN = "head/log"


class _Walked(NamedTuple):
    """Entries that agree with each other, the roots before and after each, and the tree over them."""

    lines: list[bytes]
    roots: list[bytes]
    frontier: Frontier


class AuditLog:
    """Append-only, shared by processes. What can be proven: nothing before a head that someone holds was changed."""

    def __init__(self, path: Path) -> None:
        self._files = LogFiles(path)
        self._walked = _Walked([], [Frontier().root()], Frontier())

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file an append may touch. `prepare` makes them, so that a confined door needs no more rights."""
        return self._files.all

    def prepare(self) -> None:
        """Make the log's files where they don't exist yet."""
        self._files.entries.parent.mkdir(parents=True, exist_ok=True)
        for path in self.files:
            path.touch(mode=0o600)

    def append(self, event: str, **details: Any) -> Entry:
        """Add an entry and return when it is on the disk. Details name things, never hold a value from a row."""
        with self.held() as log:
            return log.append(event, details)

    @contextlib.contextmanager
    def held(self) -> Iterator[HeldLog]:
        """The log while no other process can append, to decide and append in one move."""
        with locked(self._files.lock):
            yield HeldLog(self._files)

    def head(self) -> Head:
        """The newest head, without checking what lies before it."""
        with self.held() as log:
            return log.head

    def entries(self) -> list[Entry]:
        """Every acknowledged entry, oldest first."""
        return [read_entry(line, number) for number, line in enumerate(self.lines(), 1)]

    def lines(self) -> list[bytes]:
        """The entries as the bytes that the tree is over; a torn last line is none."""
        with locked(self._files.lock):
            data = read_or_empty(self._files.entries)
        return whole_lines(data)[0]

    def check(self, pinned: Head | None = None) -> Head:
        """The head, when every entry is what was written; `RecordRefused` names the one that is not.

        1. Each entry reads, stands in its place, and agrees with the tree over those before it.
        2. The newest entry, which no other follows, agrees with what the last append remembered.
        3. The first entries are those of the head that was pinned.

        Entries that this object has walked over before, and that are the same bytes still, are not walked over again.
        """
        with locked(self._files.lock):
            data, cache = read_or_empty(self._files.entries), read_cache(self._files.tree)
        lines, _ = whole_lines(data)
        remembered = Head(cache.size, cache.frontier.root().hex())
        heads = (remembered,) if pinned is None else (remembered, pinned)
        roots = self._walk(lines, heads)  # (1)
        for head in heads:  # (2) (3)
            _agree(roots, head)
        return Head(len(lines), roots[-1].hex())

    def _walk(self, lines: list[bytes], heads: tuple[Head, ...]) -> list[bytes]:
        """The root before the first entry and after each."""
        before = self._walked
        if lines[: len(before.lines)] != before.lines:
            before = _Walked([], [Frontier().root()], Frontier())
        frontier = before.frontier.copy()
        roots = before.roots + walk(lines[len(before.lines) :], frontier, heads)
        self._walked = _Walked(lines, roots, frontier)
        return roots

    def proof(self, number: int, size: int) -> list[str]:
        """The inclusion proof of entry `number` in the log's first `size` entries, in hexadecimal."""
        leaves = [leaf_hash(line) for line in self.lines()[:size]]
        return [node.hex() for node in inclusion_proof(leaves, number - 1)]


def pinned_head(keystore: Keystore) -> Head | None:
    """The newest head that the keyring remembers."""
    try:
        return Head.read(keystore.get(HEAD_PIN))
    except CredentialMissing:
        return None


def pin_head(keystore: Keystore, head: Head) -> None:
    """Have the keyring remember `head`; a later check against it finds any change before it."""
    keystore.put(HEAD_PIN, str(head))


def _agree(roots: list[bytes], head: Head) -> None:
    if head.size >= len(roots):
        raise cut_short(len(roots) - 1)
    if roots[head.size].hex() == head.root:
        return
    if head.size == len(roots) - 1:
        # All entries agree with each other, and only the newest has none behind it that would contradict it.
        raise changed(head.size)
    raise rewritten(head)
