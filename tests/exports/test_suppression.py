"""Small counts never leave, nor anything from which they can be worked out."""

from __future__ import annotations

import itertools
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.errors import ExportRefused
from sandbox.exports import HIDDEN, suppress
from sandbox.exports._cells import Grid, hidden_cells


def safe(minimum: int = 11, **columns: list[Any]) -> dict[str, list[Any]]:
    table, _ = suppress(pa.table(columns), minimum)
    return dict(table.to_pydict())


def test_counts_from_one_to_ten_are_hidden_and_zero_is_not() -> None:
    shown = safe(ward=["a", "b", "c", "d", "e"], patients=[0, 1, 10, 11, 200])
    assert shown["patients"] == ["0", HIDDEN, HIDDEN, "11", "200"]


def test_a_table_without_small_counts_is_left_as_it_is() -> None:
    table = pa.table({"ward": ["a", "b"], "patients": [40, 200], "rate": [0.5, 0.4]})
    same, sentence = suppress(table)
    assert same.equals(table)
    assert "No cell" in sentence


def test_a_single_hidden_cell_takes_the_next_smallest_with_it() -> None:
    assert safe(ward=["a", "b", "c"], patients=[5, 30, 200])["patients"] == [HIDDEN, HIDDEN, "200"]


def test_two_hidden_cells_that_add_up_to_few_take_another_with_them() -> None:
    assert safe(ward=["a", "b", "c", "d"], patients=[1, 2, 30, 200])["patients"] == [HIDDEN, HIDDEN, HIDDEN, "200"]


def test_a_total_row_is_no_cell_of_its_own_sum() -> None:
    shown = safe(ward=["a", "b", "c", "Total"], patients=[5, 30, 200, 235])
    assert shown["patients"] == [HIDDEN, HIDDEN, "200", "235"]


def test_row_totals_give_nothing_away_either() -> None:
    shown = safe(ward=["a", "b"], women=[4, 60], men=[50, 70], all=[54, 130])
    assert shown["women"][0] == shown["men"][0] == HIDDEN
    assert shown["women"][1] == shown["men"][1] == HIDDEN  # or the column's total would give the first row away
    assert shown["all"] == [54, 130]


def test_a_small_rest_is_hidden_like_a_small_part() -> None:
    shown = safe(month=[1, 2, 3], stays=[100, 100, 100], alive=[97, 50, 60])
    assert shown["alive"][0] == HIDDEN


def test_rates_go_with_the_counts_they_come_from() -> None:
    shown = safe(ward=["a", "b", "c"], stays=[5, 100, 200], rate=[0.4, 0.5, 0.5], median_los=[2.0, 3.0, 3.5])
    assert shown["rate"][0] == shown["median_los"][0] == HIDDEN


@pytest.mark.parametrize(("rate", "unit"), [(0.04, 1), (0.97, 1), (4.0, 100), (97.0, 100)])
def test_a_rate_that_gives_a_small_number_away_is_hidden(rate: float, unit: int) -> None:
    shown = safe(ward=["a", "b"], stays=[100, 200], rate=[rate, 0.5 * unit])
    assert shown["rate"] == [HIDDEN, str(0.5 * unit).removesuffix(".0")]


def test_one_persons_value_is_always_hidden() -> None:
    assert safe(ward=["a"], stays=[100], max_los=[44.0])["max_los"] == [HIDDEN]


def test_years_and_months_are_no_counts() -> None:
    shown = safe(year=[2023, 2023], month=[1, 2], stays=[40, 50])
    assert shown == {"year": [2023, 2023], "month": [1, 2], "stays": [40, 50]}


def test_a_whole_number_of_unknown_meaning_is_taken_for_a_count() -> None:
    assert HIDDEN in safe(ward=["a", "b"], something=[3, 500])["something"]


def test_counts_that_became_floats_are_counts() -> None:
    assert safe(ward=["a", "b", "c"], patients=[4.0, None, 40.0])["patients"] == [HIDDEN, None, HIDDEN]


@pytest.mark.parametrize("column", ["pat_id", "enc_csn", "MRN"])
def test_a_row_for_each_person_is_refused(column: str) -> None:
    with pytest.raises(ExportRefused, match=column):
        suppress(pa.table({column: [1, 2], "n": [20, 30]}))


def test_a_table_without_counts_is_refused() -> None:
    with pytest.raises(ExportRefused, match="no column of counts"):
        suppress(pa.table({"ward": ["a"], "mean_los": [3.2]}))


def test_the_sentence_names_no_value() -> None:
    _, sentence = suppress(pa.table({"ward": ["Ward of J. Doe", "b"], "patients": [7, 3077]}))
    assert "Doe" not in sentence
    assert "3077" not in sentence


def test_another_minimum_is_respected() -> None:
    assert safe(6, ward=["a", "b", "c"], patients=[6, 7, 8])["patients"] == [6, 7, 8]


counts = st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=3), min_size=1, max_size=5).filter(
    lambda rows: len({len(row) for row in rows}) == 1
)


@settings(max_examples=200, deadline=None)
@given(counts)
def test_no_small_cell_is_ever_shown_and_no_column_sum_gives_one_away(rows: list[list[int]]) -> None:
    grid = Grid(counts=tuple(map(tuple, rows)), total_rows=frozenset(), minimum=11)
    hidden = hidden_cells(grid, totals_known=True)
    for row, column in itertools.product(range(len(rows)), range(grid.columns)):
        assert (row, column) in hidden or not 0 < rows[row][column] < 11
    for column in range(grid.columns):
        gone = [rows[row][column] for row in range(len(rows)) if (row, column) in hidden]
        if gone and len(gone) < len(rows):
            assert len(gone) > 1
            assert sum(gone) >= 11
