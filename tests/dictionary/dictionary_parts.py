"""A small signed dictionary, and a small database with what it must not tell."""

from __future__ import annotations

from pathlib import Path

import duckdb

from sandbox.dictionary.model import Column, Dictionary, Join, ReferenceRows, Table


def patient_key(name: str = "pat_id") -> Column:
    return Column(
        name=name,
        type="VARCHAR",
        column_class="patient_key",
        told="name",
        given="token",
        domain="patient",
        nullable=False,
    )


def event_key(name: str, domain: str) -> Column:
    return Column(name=name, type="BIGINT", column_class="event_key", told="name", given="token", domain=domain)


def date(name: str, kind: str = "TIMESTAMP", null_share: float = 0.0) -> Column:
    return Column(name=name, type=kind, column_class="date", told="name", given="full", null_share=null_share)


def plain(name: str, kind: str = "VARCHAR", values: tuple[str, ...] = (), low: str = "", high: str = "") -> Column:
    return Column(
        name=name, type=kind, column_class="plain", told="values", given="full", values=values, low=low, high=high
    )


PATIENTS = Table(
    source="ehr",
    name="patients",
    physical=("src", "main", "PATIENT"),
    grain="one row per patient",
    columns=(
        patient_key(),
        Column(name="pat_name", type="VARCHAR", column_class="direct_identifier"),
        Column(
            name="birth_date",
            type="DATE",
            column_class="date",
            told="name",
            given="derived",
            derivation="year",
            physical="BIRTH_DT",
        ),
        Column(name="zip", type="VARCHAR", column_class="geography", told="name", given="derived", derivation="zip3"),
        date("death_date", "DATE"),
        plain("sex", values=("F", "M")),
    ),
)
ENCOUNTERS = Table(
    source="ehr",
    name="encounters",
    physical=("src", "main", "enc_adm"),
    description="Hospital stays and visits",
    grain="one row per encounter",
    per_patient=5,
    rows_band=8000,
    conventions=("a stay that goes on has no discharge time",),
    columns=(
        event_key("enc_id", "encounter"),
        patient_key(),
        date("admit_dt"),
        date("disch_dt", null_share=0.05),
        plain("enc_class", values=("ED", "IP", "OP")),
        plain("age_at_admit", "INTEGER"),
        plain("charges", "DECIMAL(10,2)", low="10", high="5000"),
        plain("planned", "BOOLEAN"),
        event_key("prior_enc_id", "encounter"),
        Column(name="note", type="VARCHAR", column_class="free_text", told="name"),
    ),
    joins=(Join(column="pat_id", to_table="ehr.patients", to_column="pat_id"),),
)
DIAGNOSES = Table(
    source="ehr",
    name="diagnoses",
    columns=(event_key("enc_id", "encounter"), patient_key(), plain("dx_cd"), plain("dx_rank", "INTEGER")),
    joins=(
        Join(column="enc_id", to_table="ehr.encounters", to_column="enc_id"),
        Join(column="dx_cd", to_table="ehr.ref_dx", to_column="dx_cd"),
    ),
)
REF_DX = Table(
    source="ehr", name="ref_dx", reference=True, columns=(plain("dx_cd"), plain("dx_name"), plain("n", "INTEGER"))
)
REGISTRY = Table(
    source="reg",
    name="cases",
    columns=(patient_key("person"), date("seen", "DATE"), plain("stage", values=("I", "II"))),
)
CODES = (
    ("E11.9", "Type 2 diabetes mellitus", "3"),
    ("I10", "Essential hypertension", "2"),
    ("I50.21", "Acute systolic heart failure", "1"),
    ("I50.23", "Acute on chronic systolic heart failure", ""),
)

DICTIONARY = Dictionary(
    tables=(DIAGNOSES, ENCOUNTERS, PATIENTS, REF_DX, REGISTRY),
    dialects={"ehr": "duckdb", "reg": "duckdb"},
    references=(ReferenceRows(table="ehr.ref_dx", columns=("dx_cd", "dx_name", "n"), rows=CODES),),
)


def write_database(path: Path) -> None:
    """200 patients, 1,000 visits; a reason that 5 patients share, one that 100 share, and planted identifiers."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            CREATE TABLE PATIENT(PAT_ID INTEGER PRIMARY KEY, PAT_NAME VARCHAR, DOB DATE, F7 VARCHAR, X1 VARCHAR,
              ward_id INTEGER);
            COMMENT ON TABLE PATIENT IS 'One row per patient. Ask Dr. Okonkwo about merged ones.';
            INSERT INTO PATIENT SELECT range, 'Zebulon Q' || range, DATE '1950-01-01' + (range * 30)::INTEGER,
              'person' || range || '@mail.example', CASE WHEN range < 100 THEN 'alpha' ELSE 'beta' END,
              range % 3 FROM range(200);
            CREATE TABLE ENC_ADM(CSN BIGINT, PAT_ID INTEGER, ADMIT_DTTM TIMESTAMP, REASON_C VARCHAR, DX_CD VARCHAR,
              LACTATE DOUBLE,
              "select" VARCHAR, EMPTY_C VARCHAR, LOCAL_CODE VARCHAR, FOREIGN KEY (PAT_ID) REFERENCES PATIENT(PAT_ID));
            INSERT INTO ENC_ADM SELECT range + 5000, range % 200, TIMESTAMP '2022-01-01' + INTERVAL (range) HOUR,
              CASE WHEN range % 200 < 5 THEN 'rare reason' WHEN range % 200 < 16 THEN 'eleven' ELSE 'common' END,
              CASE WHEN range % 2 = 0 THEN 'I10' ELSE 'E11.9' END, 1 + range / 100, 'Y', NULL,
              'QX' || range % 200 FROM range(1000);
            CREATE TABLE enc_lab(csn BIGINT, result_flag VARCHAR);
            INSERT INTO enc_lab SELECT range + 5000, CASE WHEN range % 200 < 5 THEN 'X' ELSE 'H' END FROM range(1000);
            CREATE TABLE REF_DX(DX_CD VARCHAR, DX_NAME VARCHAR);
            INSERT INTO REF_DX VALUES ('I10', 'Essential hypertension'), ('E11.9', 'Type 2 diabetes mellitus');
            CREATE TABLE ward(WARD_ID INTEGER, WARD_TYPE VARCHAR);
            INSERT INTO ward VALUES (0, 'ICU'), (1, 'MED'), (2, 'MED');
            CREATE SCHEMA old;
            CREATE TABLE old.patient(pat_id INTEGER);
            INSERT INTO old.patient VALUES (1);
            """
        )
