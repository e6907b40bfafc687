"""What was sent for a question, checked against its own chain and against the audit log, and made readable.

found = read_sent_log(path, history_heads)        # entries, and whether all of it is what was written
readable, new_from = made_readable(body, body_before)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import msgspec

from sandbox.drafting.wire_log import Entry as SentEntry
from sandbox.drafting.wire_log import Head, entries, verify
from sandbox.errors import RecordRefused
from sandbox.records import Entry

INDENT = 2
BAR = "│"
TEXT_BELOW = "(a text, written out below)"
_TEXT = re.compile(r'(?P<indent> *)(?P<key>"(?:[^"\\]|\\.)*": )?(?P<text>"(?:[^"\\]|\\.)*"),?')


class SentLog(NamedTuple):
    """The requests that left, oldest first; `problem` is empty when they are as they were written."""

    requests: tuple[SentEntry, ...]
    head: str
    problem: str


def read_sent_log(path: Path, heads: dict[int, str]) -> SentLog:
    """The requests of one question. `heads` are the hashes by number that the audit log holds.

    1. Each line is whole, in its place, and chained to the one before.
    2. The audit log, which was written after each, names the same hashes and no request that is missing.
    """
    if not path.exists():
        return SentLog((), "", "The audit log names requests, but what was sent is missing." if heads else "")
    try:
        head = verify(path)  # (1)
    except RecordRefused as problem:
        return SentLog(_still_readable(path), "", problem.sentence)
    requests = tuple(entries(path))
    return SentLog(requests, head.sha256 if requests else "", _disagreement(requests, head, heads))  # (2)


def _still_readable(path: Path) -> tuple[SentEntry, ...]:
    """Of a log that is not what was written: its first lines, as far as they read and are numbered in order."""
    found: list[SentEntry] = []
    for line in path.read_bytes().splitlines():
        try:
            entry = msgspec.json.decode(line, type=SentEntry)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            break
        if entry.n != len(found) + 1:
            break
        found.append(entry)
    return tuple(found)


def logged_heads(log: Iterable[Entry], question: str) -> dict[int, str]:
    """What the audit log says was sent: the hash of each request by its number."""
    sent = (one.details for one in log if one.event == "request.sent" and one.details.get("question") == question)
    return {int(details["request"]): str(details["head"]) for details in sent}


def made_readable(body: str, before: str) -> tuple[str, int]:
    """The body indented, its keys as they came, its texts written out, and the line where it stops being what was
    sent before.

    Lines count from 1; 0 when nothing is new. A body that is no JSON stays as it is.
    """
    readable = _indented(body)
    return readable, _first_new(readable.split("\n"), _indented(before).split("\n")) if before else 1


def _disagreement(requests: tuple[SentEntry, ...], head: Head, heads: dict[int, str]) -> str:
    found = {one.n - 1: one.previous for one in requests[1:]} | {head.size: head.sha256}
    for number, logged in sorted(heads.items()):
        if number not in found:
            return f"Request {number} is in the audit log, but missing from what was sent."
        if found[number] != logged:
            return f"Request {number} is not the one that the audit log names."
    return ""


def _indented(body: str) -> str:
    try:
        lines = msgspec.json.format(body, indent=INDENT).split("\n")
    except msgspec.MsgspecError:
        return body
    return "\n".join(shown for line in lines for shown in _opened(line))


def _opened(line: str) -> Iterator[str]:
    """A line of JSON; a text of several lines, or one that is JSON itself, is written out below it.

    Every line of such a text begins with a bar, so that nothing in a text can pass for what it is not.
    """
    found = _TEXT.fullmatch(line)
    written_out = _written_out(msgspec.json.decode(found["text"], type=str)) if found else ""
    if found is None or "\n" not in written_out:
        yield line
        return
    yield f"{found['indent']}{found['key'] or ''}{TEXT_BELOW}"
    for one in written_out.split("\n"):
        yield f"{found['indent']}{' ' * INDENT}{BAR} {one}" if one else f"{found['indent']}{' ' * INDENT}{BAR}"


def _written_out(text: str) -> str:
    return _indented(text) if text.lstrip()[:1] in ("{", "[") else text


def _first_new(lines: list[str], before: list[str]) -> int:
    for number, (line, earlier) in enumerate(zip_longest(lines, before), start=1):
        if line != earlier:
            # The last thing that both hold has a comma behind it now, because something follows.
            only_a_comma = earlier is not None and line == f"{earlier},"
            return min(number + only_a_comma, len(lines))
    return 0
