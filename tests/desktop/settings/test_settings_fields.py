"""Every setting is shown or deliberately left out, with its range, and numbers are read as people write them."""

from __future__ import annotations

import msgspec
import pytest

from desktop.settings.fields import (
    FIELDS,
    LIMITS,
    as_number,
    as_typed,
    field_at_fault,
    grouped,
    place_words,
    range_words,
    what_is_wrong,
    with_typed,
)
from sandbox.workspace import RANGES, Settings

NEVER_CHANGED = {"reviewer"}  # signatures carry it


def test_every_setting_has_a_field() -> None:
    settings = {field.name for field in msgspec.structs.fields(Settings)}
    assert {field.key for field in FIELDS} == settings - NEVER_CHANGED


def test_every_number_has_a_range_and_its_default_is_inside() -> None:
    assert {field.key for field in LIMITS} == set(RANGES)
    for key, text in as_typed(Settings()).items():
        assert what_is_wrong(key, text) == "" or key == "purpose"
        if key in RANGES:
            assert range_words(key)


def test_typing_the_settings_back_changes_nothing() -> None:
    settings = Settings(reviewer="A Reviewer", purpose="A study")
    assert with_typed(settings, as_typed(settings)) == settings


def test_names_that_are_never_told_are_typed_with_commas() -> None:
    typed = {"never_told": " Bridgewater , St. Elmo,, "}
    settings = with_typed(Settings(), typed)
    assert settings.never_told == ("Bridgewater", "St. Elmo")
    assert as_typed(settings)["never_told"] == "Bridgewater, St. Elmo"
    assert what_is_wrong("never_told", "") == ""
    assert "two letters" in what_is_wrong("never_told", "Bridgewater, B")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("11", 11),
        ("50,000,000", 50_000_000),
        ("50 000 000", 50_000_000),
        ("50\u00a0000", 50_000),
        (" 7 ", 7),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("ten", None),
        ("\u0661", None),
        ("9" * 40, None),
    ],
)
def test_whole_numbers_are_read_as_people_write_them(typed: str, number: int | None) -> None:
    assert as_number(typed) == number


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("minimum_count", "1", "2 to 1,000"),
        ("minimum_count", "x", "whole number"),
        ("model", " ", "can't be empty"),
        ("model", "a\u202eb", "can't be seen"),
        ("purpose", "", ""),
    ],
)
def test_what_can_not_be_kept_is_said_in_words(key: str, typed: str, said: str) -> None:
    found = what_is_wrong(key, typed)
    assert said in found
    assert bool(found) == bool(said)


@pytest.mark.parametrize("url", ["", "nonsense", "http://[", "https://"])
def test_nothing_is_said_of_an_address_that_is_none(url: str) -> None:
    assert place_words(url) == ""


def test_the_field_at_fault_is_the_only_one_changed_or_the_one_that_is_named() -> None:
    assert field_at_fault("No.", ["model"]) == "model"
    assert field_at_fault("The model's address is no URL.", ["program_seconds", "model_url"]) == "model_url"
    assert field_at_fault("No.", ["model", "purpose"]) == ""


def test_a_fingerprint_is_grouped_without_losing_a_digit() -> None:
    assert grouped("abcdef0123") == "abcd ef01 23"
