"""The minimum-count rule, on random tables, with neighbours of them, and over random versions of them.

The adversary knows every patient but those in whom two tables differ, and every version that was signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import msgspec
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from told_parts import Data, K, Memory, Row, behind, changed, facts, in_memory, patients, rows, said, tables, told

from sandbox.dictionary._told_rule import needed, null_share, rows_band

FEW = st.lists(st.tuples(st.sampled_from([f"p{n}" for n in range(16)]), patients | st.none()), max_size=K - 1)
many = settings(max_examples=30, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])


@pytest.fixture(scope="module")
def memory() -> Iterator[Memory]:
    with in_memory() as opened:
        yield opened


@many
@given(data=tables)
def test_behind_every_value_and_every_end_stand_k_patients(memory: Memory, data: Data) -> None:
    for fact in facts(told(memory, data)):
        assert len(behind(fact, data)) >= K


@many
@given(data=tables, person=st.sampled_from([f"p{n}" for n in range(16)]), other=patients | st.none())
def test_neighbours_differ_only_in_what_k_patients_share(
    memory: Memory, data: Data, person: str, other: tuple[Row, ...] | None
) -> None:
    """Whatever one patient's rows are: what is told changes in nothing that fewer than k patients are behind."""
    neighbour = changed(data, [(person, other)])
    one, two = facts(told(memory, data)), facts(told(memory, neighbour))
    for fact in one ^ two:
        assert len(behind(fact, data if fact in one else neighbour)) >= K


@many
@given(data=tables, people=FEW)
def test_a_later_look_at_data_that_differ_in_fewer_than_k_patients_tells_the_same(
    memory: Memory, data: Data, people: list[tuple[str, tuple[Row, ...] | None]]
) -> None:
    first = told(memory, data)
    assert said(told(memory, changed(data, people), first)) == said(first)


def test_without_what_was_signed_one_patient_between_two_looks_shows(memory: Memory) -> None:
    """The attack that the rule is there for: subtracting two versions tells the one patient's value."""

    def tells(pair: tuple[Data, tuple[Row, ...]]) -> bool:
        data, rows_of_one = pair
        return told(memory, data) != told(memory, changed(data, [("p15", rows_of_one)]))

    search = settings(max_examples=500, database=None, deadline=None, phases=[Phase.generate])
    assert tells(find(st.tuples(tables, patients), tells, settings=search))


@settings(many, max_examples=20)
@given(data=tables, steps=st.lists(st.lists(st.tuples(st.sampled_from("abcdefghijkl"), patients | st.none()))))
def test_any_two_versions_differ_only_in_what_k_patients_came_to_share(
    memory: Memory, data: Data, steps: list[list[tuple[str, tuple[Row, ...] | None]]]
) -> None:
    looks, versions = [data], [told(memory, data)]
    for step in steps[:4]:
        looks.append(changed(looks[-1], step))
        versions.append(told(memory, looks[-1], versions[-1]))
    for early, late in combinations(range(len(looks)), 2):
        assert {fact for fact in facts(versions[early]) if fact.kind == "value"} <= facts(versions[late])
        for fact in facts(versions[late]) - facts(versions[early]):
            first = next(n for n in range(len(looks)) if fact in facts(versions[n]))
            assert len(behind(fact, looks[first]) - behind(fact, looks[early])) >= K


@many
@given(data=tables, row=rows)
def test_whether_anyone_has_a_value_that_is_left_out_changes_nothing(memory: Memory, data: Data, row: Row) -> None:
    """Complementary disclosure: those with rare labels get one that is listed, and the same is told of the table."""
    before = told(memory, data)
    listed = next(column.values for column in before.columns if column.name == "label")
    if not listed:
        return
    common = {
        person: tuple(one if one.label in (*listed, None) else one._replace(label=listed[0]) for one in several)
        for person, several in data.items()
    }
    assert said(told(memory, common)) == said(before)


@many
@given(data=st.dictionaries(st.sampled_from(("p0", "p1")), patients))
def test_a_table_of_fewer_than_k_patients_tells_neither_values_nor_sizes(memory: Memory, data: Data) -> None:
    table = told(memory, data)
    assert not facts(table) and (table.rows_band, table.per_patient) == (0, 0.0)
    assert {column.null_share for column in table.columns} == {0.0}


def visits(labels: dict[str, int], **other: int) -> Data:
    """So many patients of each label, with one row each."""
    people = [label for label, number in labels.items() for _ in range(number)]
    return {f"p{n}": (Row(label, 1, 100.0 + n, "2020-05-05"),) for n, label in enumerate(people)}


def test_a_value_enters_a_signed_list_only_with_k_more_patients_than_would_have_done_before(memory: Memory) -> None:
    first = told(memory, visits({"north": 9, "rare": K - 1}))
    assert first.columns[1].values == ("north",)
    for number in range(K, 2 * K - 1):
        assert told(memory, visits({"north": 9, "rare": number}), first).columns[1].values == ("north",)
    second = told(memory, visits({"north": 9, "rare": 2 * K - 1}), first)
    assert second.columns[1].values == ("north", "rare") and second.looks == 1
    third = told(memory, visits({"north": 9}), second)
    assert third.columns[1].values == ("north", "rare")  # dropping it would tell that it has gone
    assert needed(K, 1) == 2 * K - 1 and needed(11, 1) == 21


def test_one_patient_with_very_many_rows_does_not_show_in_the_sizes(memory: Memory) -> None:
    even = visits({"north": 40})
    heavy = {**even, "p0": even["p0"] * 500}
    assert said(told(memory, heavy)) == said(told(memory, even))
    naive = sum(map(len, heavy.values()))
    assert naive > 10 * told(memory, heavy).rows_band


def test_a_raised_minimum_begins_anew_and_a_lowered_one_keeps_what_was_signed(memory: Memory) -> None:
    data = visits({"north": 30, "south": 12})
    first = told(memory, data, minimum=11)
    assert first.columns[1].values == ("north", "south")
    raised = told(memory, data, first, minimum=13)
    assert raised.columns[1].values == ("north",)
    assert told(memory, data, msgspec.structs.replace(raised, looks=0), minimum=11).columns[1].values == ("north",)


@pytest.mark.parametrize(
    ("count", "minimum", "band"),
    [(1, 2, 2), (11, 11, 20), (49, 11, 40), (51, 11, 60), (149, 11, 100), (7951, 11, 8000), (60, 50, 50)],
)
def test_a_band_of_rows_is_at_least_k_wide(count: int, minimum: int, band: int) -> None:
    assert rows_band(count, minimum) == band
    same = [rows for rows in range(1, 12_000) if rows_band(rows, minimum) == band]
    assert len(same) >= minimum


@many
@given(patients=st.integers(0, 400), data=st.data(), minimum=st.integers(2, 60))
def test_a_share_of_nulls_fits_at_least_k_different_counts(patients: int, data: st.DataObject, minimum: int) -> None:
    """Of patients with one row each: any share that is told could be that of k different numbers of patients."""
    without = data.draw(st.integers(0, patients))

    def share(nulls: int) -> float:
        return null_share(nulls / patients if patients else 0.0, nulls, patients - nulls, patients, minimum)

    same = [nulls for nulls in range(patients + 1) if share(nulls) == share(without)]
    assert len(same) >= min(minimum, patients + 1)
