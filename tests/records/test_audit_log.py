"""The audit log: what is appended stays, and whatever was changed is found and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.errors import RecordRefused
from sandbox.keystore import ThrowawayStore
from sandbox.records import AuditLog, Head, pin_head, pinned_head
from sandbox.records._merkle import leaf_hash, root_of


def filled(log: AuditLog, size: int = 6) -> AuditLog:
    for number in range(1, size + 1):
        log.append("request.sent", number=number, question="q-1")
    return log


def log_file(log: AuditLog) -> Path:
    return log.files[0]


def without_cache(log: AuditLog) -> None:
    """Whoever rewrites the log rewrites the cache beside it as well, or removes it."""
    log_file(log).with_name("audit.log.tree").unlink()


def test_entries_come_back_in_order_with_the_tree_before_each(log: AuditLog) -> None:
    filled(log)
    entries = log.entries()
    leaves = [leaf_hash(line) for line in log.lines()]
    assert [entry.n for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [entry.details["number"] for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [entry.tree for entry in entries] == [root_of(leaves[:size]).hex() for size in range(6)]
    assert log.head() == log.check() == Head(6, root_of(leaves).hex())


def test_an_empty_log_has_a_head(log: AuditLog) -> None:
    assert log.check() == log.head() == Head(0, root_of([]).hex())
    assert log.entries() == []


def test_an_unknown_event_is_a_bug_and_writes_nothing(log: AuditLog) -> None:
    with pytest.raises(ValueError, match="patient.admitted"):
        log.append("patient.admitted")
    assert log.entries() == []


@pytest.mark.parametrize("was_checked", [False, True])
def test_every_changed_byte_is_found_and_its_entry_named(log: AuditLog, was_checked: bool) -> None:
    filled(log)
    if was_checked:
        log.check()
        filled(log, 2)
    whole = log_file(log).read_bytes()
    ends = [position for position, byte in enumerate(whole) if byte == 0x0A]
    for position in range(len(whole)):
        broken = bytearray(whole)
        broken[position] ^= 0x01
        log_file(log).write_bytes(broken)
        number = sum(end < position for end in ends) + 1
        with pytest.raises(RecordRefused) as caught:
            log.check()
        assert f"ntry {number} " in caught.value.sentence, (position, caught.value.sentence)


def test_a_changed_byte_is_found_without_the_cache_too(log: AuditLog) -> None:
    """The newest entry has nothing behind it but the cache and the pin; all others have their successor."""
    filled(log)
    whole = log_file(log).read_bytes()
    newest = whole.rfind(b"\n", 0, -1) + 1
    without_cache(log)
    for position in range(0, newest, 3):
        broken = bytearray(whole)
        broken[position] ^= 0x04
        log_file(log).write_bytes(broken)
        with pytest.raises(RecordRefused):
            log.check()


def test_a_changed_newest_entry_is_found_by_the_pin(log: AuditLog) -> None:
    pinned = filled(log).check()
    whole = log_file(log).read_bytes()
    log_file(log).write_bytes(whole.replace(b'"number":6', b'"number":7'))
    without_cache(log)
    log.check()
    with pytest.raises(RecordRefused, match=r"Entry 6 .* changed"):
        log.check(pinned)


@pytest.mark.parametrize("gone", range(5))
def test_a_missing_entry_is_named(log: AuditLog, gone: int) -> None:
    lines = log_file(filled(log)).read_bytes().splitlines(keepends=True)
    log_file(log).write_bytes(b"".join(lines[:gone] + lines[gone + 1 :]))
    with pytest.raises(RecordRefused, match=f"Entry {gone + 1} of the audit log is missing"):
        log.check()


def test_two_entries_in_each_others_place_are_named(log: AuditLog) -> None:
    lines = log_file(filled(log)).read_bytes().splitlines(keepends=True)
    lines[2], lines[3] = lines[3], lines[2]
    log_file(log).write_bytes(b"".join(lines))
    with pytest.raises(RecordRefused, match="Entry 3 "):
        log.check()


def test_a_log_cut_short_is_found_and_nothing_is_appended_to_it(log: AuditLog) -> None:
    lines = log_file(filled(log)).read_bytes().splitlines(keepends=True)
    log_file(log).write_bytes(b"".join(lines[:4]))
    with pytest.raises(RecordRefused, match="entry 5 and all later ones are missing"):
        log.check()
    with pytest.raises(RecordRefused, match="entry 5 and all later ones are missing"):
        log.append("request.sent", number=5)
    assert log_file(log).read_bytes() == b"".join(lines[:4])


def test_a_log_cut_short_together_with_its_cache_is_found_by_the_pin(log: AuditLog) -> None:
    pinned = filled(log).check()
    lines = log_file(log).read_bytes().splitlines(keepends=True)
    log_file(log).write_bytes(b"".join(lines[:4]))
    without_cache(log)
    assert log.check().size == 4
    with pytest.raises(RecordRefused, match="entry 5 and all later ones are missing"):
        log.check(pinned)


def test_a_log_rewritten_from_start_to_end_is_found_by_the_pin(log: AuditLog) -> None:
    pinned = filled(log).check()
    for path in log.files:
        path.unlink(missing_ok=True)
    for number in range(1, 8):
        log.append("request.sent", number=number, question="q-2")
    assert log.check().size == 7
    with pytest.raises(RecordRefused, match="rewritten: entries 1 to 6"):
        log.check(pinned)


def test_a_log_that_went_on_agrees_with_an_earlier_head(log: AuditLog) -> None:
    pinned = filled(log).head()
    filled(log, 3)
    assert log.check(pinned).size == 9


def test_the_keyring_remembers_the_newest_head(log: AuditLog, tmp_path: Path) -> None:
    store = ThrowawayStore(tmp_path / "keyring.json")
    assert pinned_head(store) is None
    pin_head(store, filled(log).check())
    assert pinned_head(store) == log.head()
    store.put("head/log", "six:ab")
    with pytest.raises(RecordRefused, match="damaged"):
        pinned_head(store)


def test_a_torn_last_line_is_no_entry_and_is_set_aside(log: AuditLog) -> None:
    filled(log)
    with log_file(log).open("ab") as file:
        file.write(b'{"n":7,"time":"2026')
    assert log.check().size == 6
    assert [entry.n for entry in log.entries()] == [1, 2, 3, 4, 5, 6]
    assert log.append("request.sent", number=7).n == 7
    assert log.check().size == 7
    assert log_file(log).with_name("audit.log.torn").read_bytes() == b'{"n":7,"time":"2026\n'


@pytest.mark.parametrize("cache", [b"", b"x", b"0" * 64 + b' {"size":2,"offset":0,"nodes":[]}'])
def test_a_damaged_cache_is_rebuilt(log: AuditLog, cache: bytes) -> None:
    filled(log)
    log_file(log).with_name("audit.log.tree").write_bytes(cache)
    assert log.append("request.sent", number=7).n == 7
    assert log.check().size == 7


def test_a_cache_that_is_behind_catches_up(log: AuditLog) -> None:
    filled(log, 3)
    old = log_file(log).with_name("audit.log.tree").read_bytes()
    filled(log, 2)
    log_file(log).with_name("audit.log.tree").write_bytes(old)
    assert log.append("request.sent", number=6).n == 6
    assert log.check().size == 6


def test_catching_up_refuses_entries_that_do_not_follow(log: AuditLog) -> None:
    filled(log, 3)
    old = log_file(log).with_name("audit.log.tree").read_bytes()
    filled(log, 2)
    log_file(log).with_name("audit.log.tree").write_bytes(old)
    whole = log_file(log).read_bytes()
    log_file(log).write_bytes(whole.replace(b'"number":1', b'"number":9', 2)[: len(whole)])
    with pytest.raises(RecordRefused):
        log.check()


def test_an_append_reads_nothing_but_the_cache(log: AuditLog) -> None:
    """The cost of an append does not grow with the log: old lines may even be unreadable to it."""
    filled(log)
    whole = log_file(log).read_bytes()
    log_file(log).write_bytes(b"#" * (len(whole) - 1) + b"\n")
    assert log.append("request.sent", number=7).n == 7


def test_prepared_files_are_all_that_an_append_needs(log: AuditLog) -> None:
    log.prepare()
    folder = log_file(log).parent
    before = sorted(folder.iterdir())
    filled(log)
    with log_file(log).open("ab") as file:
        file.write(b"torn")
    filled(log, 1)
    assert sorted(folder.iterdir()) == before
    assert sorted(log.files) == before


def test_proofs_of_the_log_lead_to_its_head(log: AuditLog) -> None:
    from sandbox.records._merkle import root_from

    head = filled(log, 11).head()
    for number, line in enumerate(log.lines(), 1):
        proof = [bytes.fromhex(node) for node in log.proof(number, head.size)]
        root = root_from(leaf_hash(line), number - 1, head.size, proof)
        assert root is not None
        assert root.hex() == head.root
