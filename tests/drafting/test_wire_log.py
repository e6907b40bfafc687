"""What was sent: chained, durable, and honest about what a crash or an editor did to it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from sandbox.drafting.wire_log import Head, WireLog, entries, verify
from sandbox.errors import RecordRefused

HEADERS = (("Content-Type", "application/json"), ("Authorization", "Bearer sk-secret"))


def send(log: WireLog, body: bytes) -> None:
    log.append(method="POST", url="http://127.0.0.1:1/v1/messages", headers=HEADERS, body=body)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    log = WireLog.open(tmp_path / "sent.log")
    for number in range(3):
        send(log, f'{{"n":{number},"text":"Grüße"}}'.encode())
    return tmp_path / "sent.log"


def test_bodies_come_back_byte_for_byte_and_secrets_do_not(path):
    assert [entry.body.encode() for entry in entries(path)] == [
        f'{{"n":{n},"text":"Grüße"}}'.encode() for n in range(3)
    ]
    assert b"sk-secret" not in path.read_bytes()
    assert next(entries(path)).headers[1][1].startswith("sha256:")


def test_the_head_goes_on_after_reopening(path):
    head = verify(path)
    log = WireLog.open(path)
    assert log.head == head == Head(3, head.sha256)
    send(log, b"{}")
    assert verify(path).size == 4


def test_any_changed_byte_is_found(path):
    data = path.read_bytes()
    for at in range(0, len(data), 37):
        broken = bytearray(data)
        broken[at] ^= 0x01
        path.write_bytes(broken)
        try:
            changed = verify(path) != WireLog.open(path).head or verify(path).sha256 != _head(data)
        except RecordRefused:
            changed = True
        assert changed, at


def _head(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data.splitlines(keepends=True)[-1]).hexdigest()


def test_a_dropped_or_moved_entry_is_named(path):
    first, second, third = path.read_bytes().splitlines(keepends=True)
    for lines in ([first, third], [second, third], [second, first, third]):
        path.write_bytes(b"".join(lines))
        with pytest.raises(RecordRefused, match="Entry [12]"):
            verify(path)


def test_an_entry_cut_off_by_a_crash_was_never_sent_and_is_removed(path):
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"n":4,"time":"20')
    log = WireLog.open(path)
    assert log.head.size == 3 and path.read_bytes() == whole


def test_two_sessions_cannot_write_to_one_log(path):
    one, other = WireLog.open(path), WireLog.open(path)
    send(one, b"{}")
    with pytest.raises(RecordRefused):
        send(other, b"{}")
    assert verify(path).size == 4


def test_an_entry_written_another_way_is_refused(path):
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = msgspec.json.format(lines[2].strip(), indent=0).replace(b'","', b'", "') + b"\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(RecordRefused):
        verify(path)
