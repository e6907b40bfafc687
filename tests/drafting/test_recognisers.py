"""Recognisers: what must be caught, and the ordinary clinical language that must pass."""

from __future__ import annotations

import pytest

from sandbox.drafting.inspection import Hit
from sandbox.drafting.recognisers import Company, Recognisers, Rule
from sandbox.errors import BadInput

CAUGHT = [
    "Was John Smith readmitted after his stay?",
    "was patient SMITH, JOHN A ever in the ICU",
    "Pt: Okafor, Chidi needs a look",
    "Mr. Okafor had three stays",
    "patient name: maria lopez",
    "MRN 00-42-117 keeps coming back",
    "mrn=H2043199",
    "his SSN is 123-45-6789",
    "ssn 123456789",
    "call (617) 555-0123",
    "call 617\u00a0555\u00a00123",
    "reach her at jane.roe+x@example.org",
    "she lives at 12 elm street",
    "4410 N. Lincoln Ave, Chicago, IL 60640",
    "DOB 3/14/1952",
    "born 14 March 1952",
    "a 94 year old woman",
    "aged 101",
    "id 998877665 in the export",
    "Ｊohn Ｓmith was here",
    "J\u200bohn Smith was here",
    "\u0410nna Kelly was admitted",  # a Cyrillic A
    "KeyError: 'Maria Lopez'",
    '{"pat_name": "Robert Garcia", "los": 4}',
    "4432178,GARCIA,ROBERT,1961-02-03",
    "host 10.24.3.17 refused",
    "driver's license S99981234",
]

CLEAN = [
    "Crohn disease, Parkinson's and Graves disease by sex and year",
    "Stevens-Johnson syndrome after lamotrigine",
    "Hodgkin lymphoma, Hashimoto thyroiditis, Cushing syndrome: how many new cases?",
    "Charlson and Elixhauser scores at admission; APACHE II; Child-Pugh; Glasgow Coma Scale",
    "Study window 2022-01-01 to 2023-12-31, follow-up until 2024-06-30",
    "between January 1, 2022 and March 31, 2023",
    "LOINC 2160-0, 4548-4 and 33914-3; ICD-10 I50.21, J18.9, E11.9; CPT 99213",
    "SNOMED 44054006 and 230690007; RxNorm 197361; NDC 0071-0155-23",
    "metoprolol 25 mg bid, heparin 5000 units/h, vancomycin 1,250 mg q12h",
    "patients aged 65 to 89, and those 90 or over as one group",
    "age >= 90 is capped; ages 18-95 are included",
    "HbA1c > 9.0 % on 3 occasions 90 days apart",
    "Mark all stays that May have more than one ward",
    "Group by Ward, Service and Attending Type",
    "SELECT pat_id, MIN(admit_dt) FROM ehr.encounters WHERE enc_class = 'IP' GROUP BY pat_id ORDER BY 2 LIMIT 1000",
    "ValueError: could not convert string to float: 'high' at line 41 of program.py",
    "df['los'] = (df.disch_dt - df.admit_dt).dt.days",
    "window of 1000000000 ns, seed 20240101, 86400 seconds",
    "Kaplan-Meier curves, Wilcoxon test, Cox model, Mann-Whitney U",
    "ST elevation in leads V1 to V4; 2 mm ST depression",
    "MS relapse, MR imaging of the brain, PE on CT",
    "Emergency Department to Intensive Care Unit transfers within 24 hours",
    "Foley catheter days per 1,000 patient days; Swan-Ganz use",
    "Mary Washington Hospital is not in the data",
    "zip3 021 and 000; state MA",
    "patient_id, encounter_id and accession_number are keys",
    "Heart Failure, Acute Kidney Injury, Type 2 Diabetes Mellitus",
    "version 30.30.0 of sqlglot, Python 3.11.7",
    "rows 1 to 10000 of 250000; 12,345 patients (95 % CI 11,900-12,800)",
    "Compare North Campus with South Campus by quarter 2023 Q1",
]


@pytest.fixture(scope="module")
def recognisers() -> Recognisers:
    return Recognisers.load()


@pytest.mark.parametrize("text", CAUGHT)
def test_an_identifier_is_caught(recognisers, text):
    assert recognisers.find(text)


@pytest.mark.parametrize("text", CLEAN)
def test_ordinary_clinical_language_passes(recognisers, text):
    assert recognisers.find(text) == []


def test_a_hit_says_where_in_the_original_text(recognisers):
    text = "x\u200b\u200b Was Maria\u00a0Lopez here?"
    hit = recognisers.find(text)[0]
    assert text[hit.start : hit.end] == "Maria\u00a0Lopez"


def test_a_full_date_counts_only_beside_a_person(recognisers):
    assert recognisers.find("Stays from 2022-03-01 on") == []
    kinds = {hit.kind for hit in recognisers.find("Maria Lopez came on 2022-03-01")}
    assert "date beside a person" in kinds
    far = "Maria Lopez asked. " + "x " * 60 + "2022-03-01"
    assert "date beside a person" not in {hit.kind for hit in recognisers.find(far)}


def test_a_date_beside_a_known_value_counts(recognisers):
    known = [Hit(start=0, end=9, kind="known name")]
    assert [hit.kind for hit in recognisers.find("Kowalczyk came on 3/1/2022", known)] == ["date beside a person"]


def test_a_rule_that_does_not_keep_its_examples_is_refused_when_loaded():
    rule = Rule(kind="x", cites="x", pattern=r"\d{4}", matches=("12",), does_not_match=())
    with pytest.raises(BadInput):
        Recognisers([rule], Company(characters=1, kinds=()))._keep_examples(rule)


def test_our_own_prompt_tools_and_rule_texts_pass(recognisers):
    from importlib.resources import files

    from sandbox.agent import tools_json

    assert recognisers.find((files("resources") / "prompts" / "system.md").read_text("utf-8")) == []
    assert recognisers.find(tools_json().decode()) == []
