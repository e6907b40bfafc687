"""Results: encrypted, bound to their run, and told in public only as commitments."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pytest

from sandbox.errors import BadInput, RecordRefused
from sandbox.messages.frames import BadFrame
from sandbox.running.results import (
    FILE,
    Item,
    Report,
    StepTaken,
    checked_value,
    packed_table,
    public_label,
    read_report,
    results_of,
    write_report,
)

KEY = bytes(range(32))
PROGRAM = 'def main(data, report):\n    report.value("share of adults", 1)\n    report.table(f"ward {w}", t)\n'
TABLE = pa.table({"ward": ["Kanarienvogel"], "n": [12]})
REPORT = Report(
    run="r-1",
    salt=b"s" * 32,
    items=(
        Item("value", "share of adults", b"0.25"),
        Item("table", "ward Kanarienvogel", packed_table(TABLE)),
        Item("value", "share of adults", b"0.5"),
        Item("text", "note", b'"only adults"'),
        Item("figure", "trend", b"png"),
    ),
    steps=(StepTaken("adults", 12, 5),),
)


def test_results_come_back_as_they_were(tmp_path: Path) -> None:
    written = write_report(tmp_path, KEY, REPORT)
    assert written == hashlib.sha256((tmp_path / FILE).read_bytes()).hexdigest()
    results = results_of(read_report(tmp_path / FILE, KEY, "r-1"))
    assert results.values == {"share of adults": 0.25, "share of adults (2)": 0.5}
    assert results.tables["ward Kanarienvogel"].equals(TABLE)
    assert results.texts == {"note": "only adults"}
    assert results.figures == {"trend": b"png"}
    assert results.steps == REPORT.steps
    assert [label for _, label in results.order][:3] == ["share of adults", "ward Kanarienvogel", "share of adults (2)"]


def test_the_file_says_nothing_to_who_has_no_key(tmp_path: Path) -> None:
    write_report(tmp_path, KEY, REPORT)
    data = (tmp_path / FILE).read_bytes()
    assert b"Kanarienvogel" not in data and b"adults" not in data
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    with pytest.raises(RecordRefused, match="damaged or were put there from elsewhere"):
        read_report(tmp_path / FILE, bytes(32), "r-1")


def test_results_of_another_run_are_refused(tmp_path: Path) -> None:
    write_report(tmp_path, KEY, REPORT)
    with pytest.raises(RecordRefused):
        read_report(tmp_path / FILE, KEY, "r-2")


def test_every_changed_byte_is_found(tmp_path: Path) -> None:
    write_report(tmp_path, KEY, Report(run="r-1", salt=b"s"))
    whole = (tmp_path / FILE).read_bytes()
    for place in range(len(whole)):
        (tmp_path / FILE).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(RecordRefused):
            read_report(tmp_path / FILE, KEY, "r-1")
    for short in (b"", whole[:5], whole[:25]):
        (tmp_path / FILE).write_bytes(short)
        with pytest.raises(RecordRefused):
            read_report(tmp_path / FILE, KEY, "r-1")


def test_a_run_without_results_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no results of run r-1"):
        read_report(tmp_path / FILE, KEY, "r-1")


def test_public_labels_are_literals_of_the_signed_program() -> None:
    assert public_label("share of adults", "value", 1, PROGRAM) == "share of adults"
    assert public_label("ward Kanarienvogel", "table", 2, PROGRAM) == "table 2"
    assert public_label("share of", "value", 3, PROGRAM) == "value 3"  # part of a literal is none
    assert public_label("1", "value", 4, PROGRAM) == "value 4"


def test_commitments_can_be_checked_with_the_salt_and_not_guessed_without() -> None:
    found = REPORT.commitments(PROGRAM)
    assert list(found) == ["share of adults", "table 2", "share of adults (2)", "text 4", "figure 5"]
    assert found["share of adults"] == hashlib.sha256(b"s" * 32 + b"0.25").hexdigest()
    assert hashlib.sha256(b"0.25").hexdigest() not in found.values()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("1", b"1"),
        ("null", b"null"),
        ('[1, "a", 2.5]', b'[1,"a",2.5]'),
        ('{"a": true}', b'{"a":true}'),
        ('"line\\nnext\\u001b[2J"', '"line\\nnext\ufffd[2J"'.encode()),
        ('{"\\u202ea": "\\u0000"}', '{"\ufffda":"\ufffd"}'.encode()),
    ],
)
def test_values_are_kept_in_our_own_spelling(said: str, kept: bytes) -> None:
    assert checked_value(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "",
        "NaN",
        "[[1]]",
        '{"a": {"b": 1}}',
        '"' + "x" * 100_001 + '"',
        "[" + "1," * 1000 + "1]",
        "1 2",
        "\ud800",
        "1e999",
    ],
)
def test_what_is_no_value_is_refused(said: str) -> None:
    with pytest.raises(BadFrame):
        checked_value(said)
