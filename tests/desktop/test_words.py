"""Dates, numbers and sizes read as a person would say them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from desktop.words import ago, day, missing, plural, seconds, short, size, when

NOW = datetime(2026, 1, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_one_row_and_many_rows() -> None:
    assert [plural(n, "row") for n in (0, 1, 1200)] == ["0 rows", "1 row", "1,200 rows"]
    assert plural(2, "query", "queries") == "2 queries"


@pytest.mark.usefixtures("_in_berlin")
def test_an_instant_is_shown_in_local_time() -> None:
    assert when("2026-01-02T03:04:05Z") == "2 January 2026, 04:04"
    assert when("2026-06-30T23:30:00+00:00") == "1 July 2026, 01:30"
    assert day("2026-06-30T23:30:00Z") == "1 July 2026"
    assert when("") == day("") == ago("") == ""


def test_an_instant_without_a_zone_is_utc() -> None:
    assert when("2026-01-02T03:04:05") == when("2026-01-02T03:04:05Z")


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-5), "just now"),  # another clock
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=29), "29 days ago"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_unit(passed: timedelta, words: str) -> None:
    assert ago((NOW - passed).isoformat(), NOW) == words


@pytest.mark.usefixtures("_in_berlin")
def test_what_is_older_than_a_month_has_its_day() -> None:
    assert ago("2025-11-02T10:00:00Z", NOW) == "2 November 2025"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1_234_567, "1.2 MB"),
        (999_960, "1.0 MB"),
        (5 * 10**15, "5000.0 TB"),
    ],
)
def test_sizes_are_said_in_powers_of_a_thousand(count: int, words: str) -> None:
    assert size(count) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (12.2, "12 s"),
        (60, "1 min"),
        (185, "3 min 5 s"),
        (7800, "2 h 10 min"),
        (3600, "1 h"),
    ],
)
def test_durations_are_said_as_coarsely_as_they_are_long(count: float, words: str) -> None:
    assert seconds(count) == words


def test_a_hash_is_cut_to_what_the_eye_can_compare() -> None:
    assert short("9f86d081884c7d659a2feaa0c55ad015") == "9f86d081884c"


@pytest.mark.parametrize(
    ("things", "words"),
    [
        ((), ""),
        (("", ""), ""),
        (("a purpose", ""), "Still missing: a purpose."),
        (("a", "b", "c"), "Still missing: a, b and c."),
    ],
)
def test_what_is_missing_is_one_sentence(things: tuple[str, ...], words: str) -> None:
    assert missing(*things) == words
