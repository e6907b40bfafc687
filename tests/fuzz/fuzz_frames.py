"""Fuzzes the frame decoder and what takes its messages in: `python tests/fuzz/fuzz_frames.py --minutes 10 [--seed N]`.

A case is what one side of a pipe says: frames of every message type that a door takes, changed in their lengths, their
JSON and its spelling, cut, glued, sent twice, or sent byte by byte.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import random
import struct
import threading
import time
from typing import Any

import msgspec
from fuzzing import Fuzzer, main
from sample_messages import LISTENERS, SAMPLES

from sandbox.checks.facts import CheckedQuery
from sandbox.errors import LimitReached, QueryRefused
from sandbox.messages.data_door import Broke, QueryAsked, Reported, Stepped
from sandbox.messages.failures import checked_failure
from sandbox.messages.frames import BadFrame, Channel, ChannelClosed, ChannelTimeout
from sandbox.running.collected import Collected
from sandbox.running.limits import RunLimits
from sandbox.running.queries import bound_parameters

LIMITS = RunLimits(seconds=30, memory_mb=100, query_rows=1000, read_bytes=10**6, reports=50, result_bytes=10**6)
REFUSALS = (BadFrame, ChannelClosed, ChannelTimeout, LimitReached, QueryRefused)
PROGRAM = 'def main(data, report):\n    report.value("count", 1)\n'
QUERY = CheckedQuery(source="s", narrowed="", outputs=(), read={}, parameters=("a", "ids"), lists=("ids",))
_HEAD = struct.Struct(">II")
_PIPE = 1024 * 1024
_DRIP = b"d"
_NASTY_TEXT = (
    '"\\ud800"',
    '"\\ud800\\u0041"',
    '"\\u0000"',
    '"' + "a" * 200_001 + '"',
    '"\\u202eevil"',
    '"\\"',
    "'a'",
)
_NASTY = (
    "null", "true", "0", "-1", "-0", "1e999", "-1e999", "1e-999", "NaN", "Infinity", "-Infinity", "1.5", "0.1e1", "01",
    "9" * 19, "-9223372036854775809", "18446744073709551616", "9" * 4300, "9" * 4301, "9" * 100_000, "1." + "1" * 5000,
    "[]", "{}", "[[]]", "[" * 900 + "]" * 900, "[" * 50_000 + "]" * 50_000, '{"a":' * 5_000 + "1" + "}" * 5_000,
    '{"a":1,"a":2}', '{"":0}', "[1,]", "", '"\\x"', '"\t"', "/*a*/1", *_NASTY_TEXT,
)  # fmt: skip


def make(chance: random.Random) -> bytes:
    """The first byte says who listens and whether it comes drop by drop."""
    listener = chance.randrange(len(LISTENERS))
    names = SAMPLES[listener] if chance.random() < 0.9 else chance.choice(SAMPLES)
    frames = [_frame(chance, *chance.choice(names)) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    if chance.random() < 0.2:
        frames.append(frames[0])
    data = b"".join(frames)
    if chance.random() < 0.15:
        data = data[: chance.randrange(len(data) + 1)]
    drip = chance.random() < 0.01 and len(data) < 2_000
    return bytes([listener | (0x80 if drip else 0)]) + data[: _PIPE - 1]


def feed(case: bytes) -> None:
    """Receive everything that was said, and give each message to whoever would take it."""
    listener, data = case[0] & 0x7F, case[1:]
    reading, writing = os.pipe()
    channel = Channel(reading, os.open(os.devnull, os.O_WRONLY))
    try:
        if case[0] & 0x80:
            threading.Thread(target=_drip, args=(writing, data), daemon=True).start()
        else:
            fcntl.fcntl(writing, 1031, _PIPE)  # F_SETPIPE_SZ: all of it fits, and nobody has to wait
            os.write(writing, data)
            os.close(writing)
        _listen(channel, LISTENERS[listener % len(LISTENERS)])
    finally:
        channel.close()


def _listen(channel: Channel, expected: Any) -> None:
    collected, taken = Collected("r", LIMITS), 0
    while True:
        try:
            message, payload = channel.receive(expected, timeout=10)
        except ChannelClosed:
            if taken:
                return
            raise
        taken += 1
        msgspec.json.encode(message)  # what was taken in can be passed on
        match message:
            case Reported():
                collected.add_result(message, payload)
            case Stepped():
                collected.add_step(message)
            case Broke():
                failure = checked_failure(message, PROGRAM)
                assert failure.detail == "" and 0 <= failure.line <= 3
            case QueryAsked():
                bound_parameters(QUERY, message.parameters)


def _drip(writing: int, data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):
        for at in range(len(data)):
            os.write(writing, data[at : at + 1])
            time.sleep(0.00001)
    os.close(writing)


def _frame(chance: random.Random, message: msgspec.Struct, payload: bytes) -> bytes:
    document = msgspec.json.encode(message)
    if chance.random() < 0.7:
        document = _respelled(chance, json.loads(document))
    for _ in range(chance.choice((0, 0, 0, 1, 3))):
        document = _scratched(chance, document)
    if payload and chance.random() < 0.3:
        payload = _scratched(chance, payload)
    sizes = [len(document), len(payload)]
    if chance.random() < 0.15:
        at = chance.randrange(2)
        sizes[at] = chance.choice((0, sizes[at] + 1, sizes[at] - 1, 2**31, 2**32 - 1, 8 * 2**20, 256 * 2**20, 100))
    return _HEAD.pack(*(size % 2**32 for size in sizes)) + document + payload


def _respelled(chance: random.Random, tree: Any) -> bytes:
    """The document with one or a few places given another value, doubled, dropped or renamed."""
    marks: dict[str, str] = {}
    for _ in range(chance.choice((1, 1, 2))):
        tree = _changed(chance, tree, marks, 0)
    text = json.dumps(tree)
    for mark, value in marks.items():
        text = text.replace(f'"{mark}"', value)
    return text.encode("utf-8", "surrogatepass")


def _changed(chance: random.Random, tree: Any, marks: dict[str, str], depth: int) -> Any:
    if isinstance(tree, dict) and tree and (depth == 0 or chance.random() < 0.6):
        key = chance.choice(list(tree))
        what = chance.random()
        if what < 0.1:
            return {name: value for name, value in tree.items() if name != key}
        if what < 0.2:
            return {**tree, chance.choice(("type", "x", "", "lines", "patients", key.upper())): tree[key]}
        if what < 0.25:
            mark = f"mark{len(marks)}"  # a key that comes twice
            marks[mark] = f'{json.dumps(key)}: {chance.choice(_NASTY)}, "again"'
            return {**tree, mark: 0}
        return {**tree, key: _changed(chance, tree[key], marks, depth + 1)}
    if isinstance(tree, list) and tree and chance.random() < 0.6:
        at = chance.randrange(len(tree))
        return [*tree[:at], _changed(chance, tree[at], marks, depth + 1), *tree[at + 1 :]]
    if isinstance(tree, list) and chance.random() < 0.3:
        return tree * chance.choice((2, 1000)) if len(tree) < 20 else tree
    mark = f"mark{len(marks)}"
    marks[mark] = chance.choice(_NASTY)
    return mark


def _scratched(chance: random.Random, data: bytes) -> bytes:
    """A few bytes changed, put in, taken out, or made no UTF-8."""
    if not data:
        return data
    at = chance.randrange(len(data))
    what = chance.randrange(5)
    if what == 0:
        return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    if what == 1:
        return (
            data[:at] + chance.choice((b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\x00")) + data[at:]
        )
    if what == 2:
        return data[:at] + data[at + chance.randrange(1, 9) :]
    if what == 3:
        return data[:at] + data[: chance.randrange(64)] + data[at:]
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


if __name__ == "__main__":
    raise SystemExit(main(Fuzzer("frames", make, feed, REFUSALS)))
