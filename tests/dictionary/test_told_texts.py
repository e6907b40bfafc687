"""Values that many share are read like any text before they are listed; what is withheld is counted, never quoted."""

from __future__ import annotations

import pytest
from told_parts import Row, in_memory, told

from sandbox.dictionary._told_texts import may_be_listed, recognise_nothing
from sandbox.dictionary._told_values import add_values
from sandbox.dictionary.model import Column, Table
from sandbox.dictionary.telling import Telling
from sandbox.drafting.recognisers import Recognisers

RECOGNISE = Recognisers.load().find
LABEL = Column(name="label", type="VARCHAR", column_class="plain", told="values")


@pytest.mark.parametrize(
    "value",
    ["Okafor, James", "Mary Poppins", "mary@mail.example", "(617) 555-0123", "Victoria", "seen by Dr. Okafor"]
    + ["123-45-6789", "x" * 61, "James R. Okafor"],
)
def test_what_reads_like_a_person_is_withheld(value: str) -> None:
    assert may_be_listed(LABEL, ["IP", value], RECOGNISE) == (("IP",), 1)


def test_a_number_is_read_with_the_name_of_its_column() -> None:
    record = Column(name="mrn", type="VARCHAR", column_class="plain", told="values")
    assert may_be_listed(record, ["0042117"], RECOGNISE).withheld == 1
    assert may_be_listed(record, ["0042117"], recognise_nothing).withheld == 0
    assert may_be_listed(LABEL, ["0042117"], RECOGNISE).withheld == 0


def test_a_list_with_many_names_is_told_not_at_all() -> None:
    values = ["Victoria", "Okafor, James", "Mary Poppins", "Cisneros", "Quay", "Ames"]
    assert may_be_listed(LABEL, values, RECOGNISE) == ((), 6)
    assert may_be_listed(LABEL, values[2:], RECOGNISE).values == ("Cisneros", "Quay", "Ames")


@pytest.mark.parametrize(
    "value",
    ["IP", "I50.21", "2345-7", "Graves disease", "Home health care", "Black or African American", "10", "true", "ICU 4"]
    + ["Crohn's disease", "M", "mg/dL", "Discharged to skilled nursing facility", "2022"],
)
def test_ordinary_labels_and_codes_are_listed(value: str) -> None:
    assert may_be_listed(LABEL, [value], RECOGNISE) == ((value,), 0)


def test_the_evidence_says_how_many_were_withheld_and_quotes_none() -> None:
    names = {"Okafor, James": 30, "Poppins, Mary": 30, "IP": 30}
    people = [label for label, number in names.items() for _ in range(number)]
    data = {f"p{n}": (Row(label, None, None, None),) for n, label in enumerate(people)}
    with in_memory() as memory:
        table = told(memory, data)
        visits = Table(source="s", name="visits", physical=("visits",), columns=table.columns)
        looked = add_values(memory, visits, (visits,), 11, Telling(recognise=RECOGNISE))  # type: ignore[arg-type]
    label = looked.columns[1]
    assert label.values == ("IP",)
    said = " ".join(label.evidence)
    assert "2 values that many share were withheld" in said and "Okafor" not in said and "Poppins" not in said


def test_geography_below_states_is_never_listed_whatever_was_decided() -> None:
    data = {f"p{n}": (Row("Springfield", None, None, None),) for n in range(40)}
    found = {}
    for name in ("city", "county", "state", "country"):
        column = Column(name=name, type="VARCHAR", column_class="geography", told="values", given="full")
        with in_memory() as memory:
            key = told(memory, data).columns[0]
            memory.rename("label", name)
            table = Table(source="s", name="visits", physical=("visits",), columns=(key, column))
            found[name] = add_values(memory, table, (table,), 11).columns[1].values  # type: ignore[arg-type]
    assert found == {"city": (), "county": (), "state": ("Springfield",), "country": ("Springfield",)}
