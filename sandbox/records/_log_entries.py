"""The audit log's lines and the proof that they are what was written.

An entry holds the root of the tree over all entries before it, so a changed entry contradicts the next one.
"""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox.errors import RecordRefused
from sandbox.records._merkle import Frontier, leaf_hash

EVENTS = frozenset(
    {
        "workspace.created",
        "source.added",
        "source.removed",
        "source.looked",
        "packs.chosen",
        "codeset.kept",
        "codeset.removed",
        "names.changed",
        "table.signed",
        "table.renamed",
        "known.indexed",
        "known.forgotten",
        "question.asked",
        "request.sent",
        "request.withheld",
        "draft.written",
        "draft.submitted",
        "approval.signed",
        "approval.revoked",
        "exclusions.signed",
        "exclusions.compared",
        "run.reserved",
        "run.ended",
        "results.opened",
        "results.expired",
        "export.made",
        "failure.reported",
        "bundle.made",
        "selftest.passed",
    }
)
_ADVICE = "Do not rely on this log. Compare it with a head or a bundle that someone else holds."


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line. `n` counts from 1; `tree` is the RFC 6962 root over the entries before this one."""

    n: int
    time: str
    event: str
    details: dict[str, Any]
    tree: str


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The log as it stood: how many entries, and the root over them."""

    size: int
    root: str

    def __str__(self) -> str:
        return f"{self.size}:{self.root}"

    @classmethod
    def read(cls, text: str) -> Head:
        """A head from `size:root`, as the keyring has it."""
        size, _, root = text.partition(":")
        if not size.isdigit() or len(root) != 64:
            raise RecordRefused("The head of the audit log in the keyring is damaged.", _ADVICE)
        return cls(int(size), root)


def encode_line(entry: Entry) -> bytes:
    """The entry as its line; the leaf is everything but the newline."""
    return msgspec.json.encode(entry) + b"\n"


def whole_lines(data: bytes) -> tuple[list[bytes], bytes]:
    """The lines of the log without their newlines, and what follows the last newline (a torn line)."""
    *lines, torn = data.split(b"\n")
    return lines, torn


def read_entry(line: bytes, number: int) -> Entry:
    """Entry `number`, or `RecordRefused` naming it."""
    try:
        entry = msgspec.json.decode(line, type=Entry)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise RecordRefused(f"Entry {number} of the audit log can't be read: it was changed.", _ADVICE) from problem
    if entry.n != number:
        raise RecordRefused(
            f"Entry {number} of the audit log is missing: entry {entry.n} stands in its place.", _ADVICE
        )
    return entry


def walk(lines: list[bytes], frontier: Frontier, heads: tuple[Head, ...] = ()) -> list[bytes]:
    """Append `lines` to `frontier`, checking each against the tree before it; the roots after each line.

    Raises `RecordRefused` naming the first entry that is not what was written; `heads` that are known help to
    tell which one that is.
    """
    roots = []
    for index, line in enumerate(lines):
        entry = read_entry(line, frontier.size + 1)
        if entry.tree != frontier.root().hex():
            raise changed(_culprit(lines[index:], frontier, heads))
        frontier.append(leaf_hash(line))
        roots.append(frontier.root())
    return roots


def changed(number: int) -> RecordRefused:
    return RecordRefused(f"Entry {number} of the audit log was changed after it was written.", _ADVICE)


def cut_short(kept: int) -> RecordRefused:
    return RecordRefused(f"The audit log was cut short: entry {kept + 1} and all later ones are missing.", _ADVICE)


def rewritten(head: Head) -> RecordRefused:
    return RecordRefused(
        f"The audit log was rewritten: entries 1 to {head.size} are not those whose head was pinned.",
        _ADVICE,
    )


def _culprit(rest: list[bytes], frontier: Frontier, heads: tuple[Head, ...]) -> int:
    """Whether the entry that contradicts the tree was changed itself, or the one before it.

    If only this entry's `tree` was changed, then putting the right root back makes what comes after it fit.
    """
    number = frontier.size + 1
    mended = msgspec.structs.replace(read_entry(rest[0], number), tree=frontier.root().hex())
    after = frontier.copy()
    after.append(leaf_hash(encode_line(mended)[:-1]))
    following = {head.root for head in heads if head.size == number}
    if len(rest) > 1:
        following.add(read_entry(rest[1], number + 1).tree)
    return number if number == 1 or after.root().hex() in following else number - 1
