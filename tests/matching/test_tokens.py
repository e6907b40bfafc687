"""Tokens: stable, random, kept encrypted, and unrelated between workspaces."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.errors import QueryRefused, WorkspaceRefused
from sandbox.matching import Tokens

KEY = bytes(range(32))
Open = Callable[..., Tokens]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    def open_tokens(name: str = "tokens.enc", key: bytes = KEY, workspace: str = "w") -> Tokens:
        return Tokens.open(tmp_path / name, key, workspace)

    return open_tokens


def test_same_key_has_the_same_token_in_every_run(opened: Open) -> None:
    keys = pa.array([5, 7, 5, None, 9])
    first = opened().hide("patient", keys)
    assert first[0] == first[2]
    assert first[3].as_py() is None
    assert opened().hide("patient", keys).equals(first)
    assert opened().hide("patient", pa.array([9, 11]))[0] == first[4]


def test_tokens_of_two_workspaces_are_unrelated(opened: Open) -> None:
    keys = pa.array(range(2000))
    one = opened("one.enc").hide("patient", keys).to_numpy()
    two = opened("two.enc", workspace="v").hide("patient", keys).to_numpy()
    assert not np.intersect1d(one, two).size
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.15
    assert abs(np.corrcoef(one, np.arange(2000))[0, 1]) < 0.15  # nor do they follow the keys' order


def test_tokens_of_two_domains_are_unrelated(opened: Open) -> None:
    tokens = opened()
    keys = pa.array([1, 2, 3])
    assert not set(tokens.hide("patient", keys).to_pylist()) & set(tokens.hide("encounter", keys).to_pylist())


def test_tokens_survive_being_made_floats_by_pandas(opened: Open) -> None:
    tokens = opened()
    hidden = tokens.hide("patient", pa.array(range(10_000)))
    floats = pa.array(hidden.to_numpy().astype(np.float64))
    assert len(set(floats.to_pylist())) == 10_000
    assert sorted(tokens.reveal("patient", floats, pa.int64()).to_pylist()) == list(range(10_000))


KEYS = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1).map(str), st.text(max_size=12).filter(str.isprintable))


@given(st.lists(KEYS, max_size=40))
@settings(max_examples=60, deadline=None)
def test_hiding_and_revealing_returns_the_keys(
    tmp_path_factory: pytest.TempPathFactory, keys: list[str | None]
) -> None:
    tokens = Tokens.open(tmp_path_factory.mktemp("t") / "tokens.enc", KEY, "w")
    hidden = tokens.hide("patient", pa.array(keys, pa.string()))
    distinct = {key for key in keys if key is not None}
    assert len({token for token in hidden.to_pylist() if token is not None}) == len(distinct)
    assert set(tokens.reveal("patient", hidden, pa.string()).to_pylist()) == distinct


def test_number_and_its_text_are_one_patient_but_padding_is_not(opened: Open) -> None:
    tokens = opened()
    number = tokens.hide("patient", pa.array([123]))[0]
    texts = tokens.hide("patient", pa.array(["123", "0123", "123 ", "E-77"]))
    assert texts[0] == number
    assert len(set(texts.to_pylist())) == 4
    assert tokens.reveal("patient", texts, pa.int64()).to_pylist() == [123]
    assert set(tokens.reveal("patient", texts, pa.string()).to_pylist()) == {"123", "0123", "123 ", "E-77"}


@pytest.mark.parametrize(
    "keys",
    [
        pa.array([1, 2], pa.int8()),
        pa.array([1, 2], pa.uint64()),
        pa.array([Decimal(1), Decimal(2)], pa.decimal128(38, 0)),
        pa.array([1.0, 2.0]),
        pa.array(["1", "2"], pa.large_string()),
        pa.array(["1", "2"]).dictionary_encode(),
        pa.chunked_array([pa.array([1]), pa.array([2])]),
    ],
    ids=["int8", "uint64", "decimal", "float", "large_string", "dictionary", "chunks"],
)
def test_every_way_a_source_stores_a_key_means_the_same_patient(opened: Open, keys: pa.Array) -> None:
    tokens = opened()
    assert tokens.hide("patient", keys).equals(tokens.hide("patient", pa.array([1, 2], pa.int64())))


def test_empty_and_all_null_columns_stay_as_they_are(opened: Open) -> None:
    tokens = opened()
    assert tokens.hide("patient", pa.array([], pa.string())).type == pa.int64()
    assert tokens.hide("patient", pa.array([None, None])).null_count == 2
    assert tokens.hide("patient", pa.chunked_array([], pa.int64())).to_pylist() == []


def test_large_unsigned_keys_and_uuids_are_kept_as_text(opened: Open) -> None:
    tokens = opened()
    hidden = tokens.hide("patient", pa.array([2**64 - 1, 3], pa.uint64()))
    assert set(tokens.reveal("patient", hidden, pa.string()).to_pylist()) == {str(2**64 - 1), "3"}


@pytest.mark.parametrize("keys", [pa.array([[1], [2]]), pa.array([b"\x00"]), pa.array([{"a": 1}])])
def test_lists_bytes_and_structures_are_no_keys(opened: Open, keys: pa.Array) -> None:
    with pytest.raises(QueryRefused):
        opened().hide("patient", keys)


def test_a_guessed_token_is_refused(opened: Open) -> None:
    tokens = opened()
    hidden = tokens.hide("patient", pa.array([1, 2])).to_pylist()
    with pytest.raises(QueryRefused, match="no tokens of that key"):
        tokens.reveal("patient", pa.array([*hidden, 2**52 + 12345]), pa.int64())
    with pytest.raises(QueryRefused, match="no tokens of that key"):
        tokens.reveal("encounter", pa.array(hidden), pa.int64())


@pytest.mark.parametrize("cohort", [pa.array(["a"]), pa.array([1.5]), pa.array([[1]])])
def test_a_cohort_of_anything_else_is_refused(opened: Open, cohort: pa.Array) -> None:
    with pytest.raises(QueryRefused):
        opened().reveal("patient", cohort, pa.int64())


def test_two_processes_agree_on_a_patients_token(opened: Open) -> None:
    one, two = opened(), opened()
    first = one.hide("patient", pa.array([1, 2, 3]))
    second = two.hide("patient", pa.array([3, 4]))
    assert second[0] == first[2]
    assert one.hide("patient", pa.array([4]))[0] == second[1]
    assert sorted(one.reveal("patient", second, pa.int64()).to_pylist()) == [3, 4]


def test_file_holds_no_key_in_the_clear(opened: Open, tmp_path: Path) -> None:
    opened().hide("patient", pa.array(["MRN-KANARIE-1", "MRN-KANARIE-2"]))
    opened().hide("patient", pa.array([8_123_456_789_012]))
    data = (tmp_path / "tokens.enc").read_bytes()
    assert b"KANARIE" not in data
    assert (8_123_456_789_012).to_bytes(8, "little") not in data
    assert (tmp_path / "tokens.enc").stat().st_mode & 0o077 == 0


def test_a_crash_while_appending_loses_nothing_that_was_handed_out(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "tokens.enc"
    kept = opened().hide("patient", pa.array([1, 2]))
    whole = path.read_bytes()
    for tail in (b"\x00", bytes(8), bytes(8) + os.urandom(50)):  # the length is written last
        path.write_bytes(whole + tail)
        tokens = opened()
        assert tokens.hide("patient", pa.array([1, 2])).equals(kept)
        new = tokens.hide("patient", pa.array([3]))
        assert opened().hide("patient", pa.array([3])).equals(new)


def test_every_changed_byte_is_found(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "tokens.enc"
    opened().hide("patient", pa.array([1]))
    whole = path.read_bytes()
    for place in range(6, len(whole)):  # a length of 2**40 and more is cut off by the file's end as well
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(WorkspaceRefused):
            opened()


def test_dropped_or_swapped_segments_are_found(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "tokens.enc"
    opened().hide("patient", pa.array([1]))
    first = path.read_bytes()
    opened().hide("patient", pa.array([2]))
    second = path.read_bytes()[len(first) :]
    for data in (second, second + first):
        path.write_bytes(data)
        with pytest.raises(WorkspaceRefused):
            opened()


@pytest.mark.parametrize("other", [{"key": bytes(32)}, {"workspace": "another"}])
def test_file_opens_only_with_its_key_and_in_its_workspace(opened: Open, other: dict[str, object]) -> None:
    opened().hide("patient", pa.array([1]))
    with pytest.raises(WorkspaceRefused, match="damaged or belongs to another workspace"):
        opened(**other)


def test_keys_that_cannot_occur_in_a_narrow_column_are_left_out(opened: Open) -> None:
    tokens = opened()
    hidden = tokens.hide("patient", pa.array([1, 300, -1]))
    assert sorted(tokens.reveal("patient", hidden, pa.int8()).to_pylist()) == [-1, 1]
    assert sorted(tokens.reveal("patient", hidden, pa.uint8()).to_pylist()) == [1]
    assert sorted(tokens.reveal("patient", hidden, pa.uint64()).to_pylist()) == [1, 300]
