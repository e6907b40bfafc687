"""A signed dictionary of three tables, and programs that are written against it."""

from __future__ import annotations

from sandbox.dictionary.model import Column, Dictionary, Join, ReferenceRows, Table

CODES = (
    ("I50.21", "Acute systolic heart failure"),
    ("I50.23", "Acute on chronic systolic heart failure"),
    ("J18.9", "Pneumonia"),
)

PATIENTS = Table(
    source="ehr",
    name="patients",
    physical=("src", "main", "enc_pt"),
    columns=(
        Column(
            name="pat_id",
            type="VARCHAR",
            column_class="patient_key",
            told="name",
            given="token",
            domain="patient",
            nullable=False,
        ),
        Column(name="sex", type="VARCHAR", column_class="plain", told="values", given="full", values=("F", "M")),
        Column(
            name="birth_year",
            type="DATE",
            column_class="date",
            told="name",
            given="derived",
            derivation="year",
            physical="BIRTH_DT",
        ),
        Column(
            name="zip",
            type="VARCHAR",
            column_class="geography",
            told="name",
            given="derived",
            derivation="zip3",
        ),
        Column(name="surname", type="VARCHAR", column_class="direct_identifier", physical="PAT_SNAME"),
    ),
)

STAYS = Table(
    source="ehr",
    name="stays",
    physical=("src", "main", "enc_adm"),
    columns=(
        Column(
            name="enc_id",
            type="BIGINT",
            column_class="event_key",
            told="name",
            given="token",
            domain="encounter",
            nullable=False,
        ),
        Column(
            name="pat_id",
            type="VARCHAR",
            column_class="patient_key",
            told="name",
            given="token",
            domain="patient",
            nullable=False,
        ),
        Column(name="admit_dt", type="TIMESTAMP", column_class="date", told="name", given="full", nullable=False),
        Column(name="disch_dt", type="TIMESTAMP", column_class="date", told="name", given="full"),
        Column(
            name="dx",
            type="VARCHAR",
            column_class="plain",
            told="values",
            given="full",
            values=tuple(code for code, _ in CODES),
            physical="PRIM_DX_CD",
        ),
    ),
    joins=(Join(column="pat_id", to_table="ehr.patients", to_column="pat_id"),),
    per_patient=3.0,
)

DIAGNOSES = Table(
    source="ehr",
    name="diagnoses",
    physical=("src", "main", "ref_dx"),
    reference=True,
    columns=(
        Column(name="code", type="VARCHAR", column_class="plain", told="values", given="full"),
        Column(name="meaning", type="VARCHAR", column_class="plain", told="values", given="full"),
    ),
)

DICTIONARY = Dictionary(
    tables=(PATIENTS, STAYS, DIAGNOSES),
    dialects={"ehr": "duckdb"},
    references=(ReferenceRows(table="ehr.diagnoses", columns=("code", "meaning"), rows=CODES),),
)

READMISSIONS = '''"""Heart-failure stays followed by another stay within 30 days."""
import matplotlib.pyplot as plt
import pandas as pd

PARAMETERS = {"days": 30, "codes": ["I50.21", "I50.23"]}


def main(data, report, days, codes):
    first = data.sql(
        "SELECT pat_id, enc_id, disch_dt FROM ehr.stays WHERE dx IN (:codes) AND disch_dt IS NOT NULL", codes=codes
    )
    report.step("heart-failure stays", first)
    later = data.sql("SELECT pat_id, admit_dt FROM ehr.stays", cohort={"pat_id": first.pat_id})
    pairs = first.merge(later, on="pat_id")
    gap = pairs.admit_dt - pairs.disch_dt
    again = pairs[(gap > pd.Timedelta(0)) & (gap <= pd.Timedelta(days=days))]
    report.step("followed by another", again)
    report.value("readmissions", again.enc_id.nunique())
    if len(first) > 1_000_000:
        report.text("note", "many")
    report.table("by month", first.groupby(first.disch_dt.dt.month).size())
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    report.figure("trend", figure)
'''

DERIVED = """def main(data, report):
    people = data.sql("SELECT pat_id, birth_year, zip FROM ehr.patients WHERE birth_year > 1900")
    report.step("people", people)
    report.value("oldest", people.birth_year.min())
    report.value("zip", people.zip.str.len().max())
"""
