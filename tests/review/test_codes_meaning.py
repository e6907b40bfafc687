"""Codes in a program, with what the signed dictionary says they mean."""

from __future__ import annotations

from sandbox.dictionary.model import Column, Dictionary, ReferenceRows, Table
from sandbox.review.codes import codes_in, literals_in

DICTIONARY = Dictionary(
    tables=(
        Table(
            source="ehr",
            name="stays",
            columns=(Column(name="class", type="VARCHAR", told="values", values=("IP", "OP")),),
        ),
    ),
    dialects={"ehr": "duckdb"},
    references=(
        ReferenceRows(
            table="ehr.diagnoses",
            columns=("dx_code", "dx_name"),
            rows=(("I50.21", "Acute systolic heart failure"), ("I50.23", "Acute on chronic systolic heart failure")),
        ),
    ),
)

PROGRAM = """PARAMETERS = {"codes": ["I50.21", "I50.99"], "start": "2022-01-01"}

def main(data, report, codes, start):
    stays = data.sql(
        '''SELECT enc_id FROM ehr.stays WHERE class = 'IP' AND age >= 18''',
    )
    report.value("don't count", 0.5)
"""


def test_known_codes_have_their_meaning_and_unknown_ones_are_named() -> None:
    found = {(code.line, code.text): (code.meaning, code.where) for code in codes_in(PROGRAM, DICTIONARY)}
    assert found == {
        (1, "I50.21"): ("Acute systolic heart failure", "ehr.diagnoses"),
        (1, "I50.99"): ("", ""),
        (5, "IP"): ("", "ehr.stays.class"),
    }


def test_literals_are_found_for_planting() -> None:
    literals = literals_in(PROGRAM, {"codes": ["I50.23"], "flag": True})
    assert {"I50.21", "I50.23", "IP", "2022-01-01", 18, 0.5} <= set(literals)
    assert True not in [one for one in literals if isinstance(one, bool)]
