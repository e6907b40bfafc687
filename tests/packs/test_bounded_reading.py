"""What is read of a file or a name somebody sent is bounded before it reaches a reader that takes long over it."""

from __future__ import annotations

import pytest

from sandbox.checks.facts import Schema
from sandbox.checks.query import check_condition
from sandbox.dictionary import clean_names
from sandbox.dictionary.clean_names import VALUE, clean_name
from sandbox.dictionary.columns_file import lines_without_type
from sandbox.errors import BadInput, QueryRefused
from sandbox.packs import reading
from sandbox.packs.reading import read_pack

SCHEMA = {
    "tables": {"ehr.stays": {"columns": {"n": {"type": "BIGINT", "given": "full"}}}},
    "dialects": {"ehr": "duckdb"},
}


@pytest.mark.parametrize(
    "text", ["a" + ".a" * 50_000 + " = 1", "x = {a" + ".a" * 200 + " = 1}", "[a" + ".a" * 200 + "]"]
)
def test_a_pack_with_a_key_of_many_parts_is_refused_before_it_is_parsed(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading.tomllib, "loads", lambda given: pytest.fail("it was parsed"))
    with pytest.raises(BadInput, match="more than 100 dots"):
        read_pack(text.encode(), "x.toml")


def test_a_pack_of_more_than_two_megabytes_is_refused() -> None:
    with pytest.raises(BadInput, match="too large"):
        read_pack(b"#" * (2 * 1024 * 1024 + 1), "x.toml")


@pytest.mark.parametrize("name", ["1" * 100_000 + "x", "_" * 100_000, "a1" * 200])
def test_a_name_longer_than_any_database_has_is_a_value(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean_names, "_pieces", lambda given: pytest.fail("it was read"))
    assert clean_name(name, (), "column_3") == ("column_3", (VALUE,))


@pytest.mark.parametrize(
    ("name", "is_value"),
    [
        ("2021-03-04", True),
        ("3/14/1952", True),
        ("1234", True),
        ("12.345,678-9000", True),
        ("123", False),
        ("dx_2021", False),
    ],
)
def test_dates_and_long_numbers_are_values(name: str, is_value: bool) -> None:
    assert (VALUE in clean_name(name).found) is is_value


@pytest.mark.parametrize(
    ("condition", "advice"),
    [
        ("n >>= 3", "Look near character 5 of the condition."),
        ("n = 3 AND AND n = 4", "Look near character 13 of the condition."),
        ("n = (3", "Look at its end"),
        ("n >", "Look at its end"),
    ],
)
def test_a_place_in_a_condition_is_one_of_what_was_typed(condition: str, advice: str) -> None:
    import msgspec

    with pytest.raises(QueryRefused, match=r"The condition can't be read\.") as refused:
        check_condition(condition, "ehr.stays", msgspec.convert(SCHEMA, type=Schema))
    assert refused.value.advice.startswith(advice)


def test_lines_without_a_type_are_named(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    from sandbox.cli import main

    file = tmp_path / "d.csv"
    file.write_text("table,column,type\nstays,a,INT\nstays,b,\nstays,c\n,,\n", "utf-8")
    assert lines_without_type(file) == [3, 4]
    assert main(["check", "columns", str(file)]) == 0
    assert "d.csv has no type in lines 3, 4: judged by the names alone." in capsys.readouterr().err
