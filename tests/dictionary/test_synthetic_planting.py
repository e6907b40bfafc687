"""Planted codes: the literals of a program change the rows that carry them, and nothing else."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from dictionary_parts import DICTIONARY

from sandbox.dictionary import synthetic

CODED = {("ehr.diagnoses", "dx_cd"), ("ehr.encounters", "enc_class"), ("ehr.patients", "sex"), ("reg.cases", "stage")}


def changed(one: dict[str, pa.Table], other: dict[str, pa.Table]) -> set[tuple[str, str]]:
    return {
        (name, column) for name in one for column in one[name].column_names if one[name][column] != other[name][column]
    }


@pytest.mark.parametrize("edge", [False, True])
def test_other_literals_of_a_program_leave_all_other_columns_as_they_were(edge: bool) -> None:
    plain = synthetic(DICTIONARY, 3, edge=edge)
    for literals in (("I50.21", "IP"), ("I50%", "F", 7), ("I10", "II", "ED", "OP")):
        found = changed(plain, synthetic(DICTIONARY, 3, edge=edge, literals=literals))
        assert found <= CODED
        assert edge or ("ehr.diagnoses", "dx_cd") in found
    assert changed(plain, synthetic(DICTIONARY, 3, edge=edge, literals=("no such code",))) == set()


def test_a_planted_column_differs_only_where_the_literal_stands() -> None:
    codes = [synthetic(DICTIONARY, 3, literals=one)["ehr.diagnoses"]["dx_cd"] for one in ((), ("I50.23",))]
    differs = pc.not_equal(*codes)
    assert set(codes[1].filter(differs).to_pylist()) == {"I50.23"}
    assert 0.2 < pc.mean(differs).as_py() < 0.4
