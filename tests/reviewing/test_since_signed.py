"""What is different since the signature is said column by column, and nothing else is."""

from __future__ import annotations

import msgspec
import pytest

from sandbox.dictionary.model import Column, Join, Table
from sandbox.review.since_signed import ColumnChange, since_signed

A = Column(name="a", type="VARCHAR", column_class="plain", told="values", given="full", values=("x", "y"))
B = Column(name="b", type="DATE", column_class="date", told="name", given="derived", derivation="month")
SIGNED = Table(source="ehr", name="t", columns=(A, B))


def table(*columns: Column, **facts: object) -> Table:
    return msgspec.structs.replace(SIGNED, columns=columns or SIGNED.columns, **facts)


def but(column: Column, **facts: object) -> Column:
    return msgspec.structs.replace(column, **facts)


def test_what_is_as_it_was_signed_differs_in_nothing() -> None:
    surer = but(A, evidence=("seen again",), confidence=0.9)
    assert not since_signed(table(surer, B), SIGNED)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (but(A, column_class="direct_identifier"), ("class was plain",)),
        (but(A, type="INTEGER"), ("type was varchar",)),
        (but(A, told="name", values=()), ("told was values",)),
        (but(A, given="nothing"), ("given was full",)),
        (but(A, values=("y", "z", "zz")), ("2 values more", "1 values fewer")),
        (but(A, description="A thing."), ("description differs",)),
        (but(A, name="aa", physical="a"), ("name was a",)),
    ],
)
def test_each_difference_is_said_by_how_it_was(now: Column, words: tuple[str, ...]) -> None:
    assert since_signed(table(now, B), SIGNED).columns == (ColumnChange(column=now.name, kind="changed", words=words),)


def test_another_form_is_another_thing_to_be_given() -> None:
    now = but(B, derivation="days_since", anchor="a")
    assert since_signed(table(A, now), SIGNED).columns[0].words == ("given was derived (month)",)


def test_new_columns_stand_where_they_are_and_gone_ones_at_the_end() -> None:
    found = since_signed(table(Column(name="c", type="INTEGER"), B), SIGNED)
    assert [(one.column, one.kind) for one in found.columns] == [("c", "new"), ("a", "gone")]


def test_a_renamed_column_is_neither_new_nor_gone() -> None:
    found = since_signed(table(but(A, name="letter", physical="a"), B), SIGNED)
    assert [one.kind for one in found.columns] == ["changed"]


def test_what_is_said_of_the_table_itself_counts() -> None:
    now = table(joins=(Join(column="a", to_table="ehr.u", to_column="a"),), grain="one row per a")
    assert since_signed(now, SIGNED).words == ("what a row is", "its joins")
