"""JSON and program text are inspected as they read, not as they are written."""

from __future__ import annotations

import msgspec
import pytest
from drafting_talk import KNOWN_KEY, PEOPLE
from hypothesis import given
from hypothesis import strategies as st

from sandbox.checks.escapes import views
from sandbox.drafting.checker import Inspector
from sandbox.drafting.known_values import KnownValues, build
from sandbox.drafting.recognisers import Recognisers
from sandbox.errors import PatientRecognised
from sandbox.records._bundle_scan import scan

PLAIN = [
    "see\nKowalczyk should count",
    "see\nAda\tKowalczyk here",
    "x\nSSN\n123-45-6789",
    "list:\r\nMRN-0042117",
    "by\nMr. Okafor",
    "K\u00f3walczyk, Ad\u00e0",
]


@pytest.fixture(scope="module")
def inspector() -> Inspector:
    return Inspector(Recognisers.load(), KnownValues.load(build([PEOPLE], KNOWN_KEY), KNOWN_KEY))


def escaped(text: str, rounds: int) -> str:
    for _ in range(rounds):
        text = msgspec.json.encode({"text": text}).decode()
    return text


@pytest.mark.parametrize("rounds", [1, 2, 3])
@pytest.mark.parametrize("plain", PLAIN)
def test_what_is_found_in_a_text_is_found_in_its_json(inspector, plain, rounds):
    assert inspector.find(plain)
    assert inspector.find(escaped(plain, rounds))


def test_read_only_as_it_is_written_the_same_json_would_pass(inspector):
    written = escaped("see\nKowalczyk should count", 1)
    assert not inspector._find(written) and inspector.find(written)


def test_an_escaped_letter_is_a_letter(inspector):
    assert inspector.find(r'{"t":"Ada \u004bowalczyk"}') and inspector.find(r"print('\x4bowalczyk')")


def test_a_place_is_in_the_text_as_it_was_written(inspector):
    text = escaped("see\nAda Kowalczyk\nor not", 1)
    assert [text[hit.start : hit.end] for hit in inspector.find(text)] == ["Ada Kowalczyk"]


@pytest.mark.parametrize(
    "text", [r"re.sub(r'\d+\n\s*', '', x)", r"C:\new\table", "a\\", r"\ud83d\ude00 \udc00", r"\U0FFFFFFF"]
)
def test_ordinary_backslashes_are_no_finding(inspector, text):
    assert inspector.find(text) == ()


@given(st.text())
def test_every_view_has_a_place_in_the_text_for_each_character_and_the_end(text):
    for view, offsets in views(text):
        assert offsets is None or (len(offsets) == len(view) + 1 and offsets == sorted(offsets))
        assert offsets is None or offsets[-1] == len(text)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\\")))
def test_json_of_a_text_reads_as_the_text(text):
    written = msgspec.json.encode(text).decode()
    read = [view for view, _ in views(written)][-1]
    assert [c for c in read if c.isalnum()] == [c for c in text if c.isalnum()]


def test_a_bundle_is_scanned_as_it_reads():
    with pytest.raises(PatientRecognised):
        scan({"program.json": escaped("x\n123-45-6789", 1)})
