"""A made-up warehouse of any size: names from a vocabulary as hospitals write them, rows in a few of its tables.

Nothing in it is anybody's, and none of its names is of a product.
"""

from __future__ import annotations

import random
from pathlib import Path

import duckdb


def _listed(text: str) -> list[str]:
    return text.split()


SUBJECTS = _listed("""
admission allergy ambulance anesthesia appointment assessment authorization bed billing biopsy blood_bank cardiology
care_plan case_mgmt charge claim clinic consent consult coverage culture delivery diagnosis dialysis diet discharge
document dose echo emergency encounter endoscopy eligibility episode exam family_hx flowsheet followup fracture genetics
goal growth guarantor history hospice icu imaging immunization infection infusion insurance intake invoice isolation lab
lesion location maternity measure medication microbiology monitoring neonatal note nursing nutrition obs oncology order
organ outcome outpatient pathology payment pharmacy physio pregnancy prescription procedure problem program provider
radiology referral registry rehab remit request research respiratory result room schedule screening sepsis specimen
staffing stay surgery survey telemetry therapy transfer transfusion transplant trauma triage trial vaccine vent visit
vitals ward wound
""")
ASPECTS = _listed("""
hdr dtl line item hist log audit status event summary reason code type xref map comp result reading value group detail
link flag note sched alert task step score team loc dx proc med drug rate
""")
PREFIXES = ("", "", "", "dw_", "stg_", "v_", "ref_", "tmp_", "rpt_", "arc_")
NOUNS = _listed("""
admit disch order collect result start end sched sign verify cancel enter record effective expire bill post print fill
dispense admin infuse draw receive review close open create update transfer refer
""")
QUALITIES = _listed("""
status type class category reason priority source method route unit flag score grade stage level severity outcome
modality laterality site mode kind cycle phase state
""")
MEASURES = _listed("""
weight height temp pulse resp_rate sbp dbp spo2 dose volume rate duration qty amount cost charge hgb wbc plt sodium
potassium creat bun glucose lactate troponin inr bilirubin albumin ph pco2 po2 gcs pain_score age length_of_stay
""")
PERSONAL = _listed("""
pat_last_name pat_first_name birth_dt home_phone email_addr street_addr postal_cd ssn mrn city
""")
VAGUE = _listed("val1 attr_2 x_cd misc_txt ext_ref c_01 fld_a aux_ind gen_no spare_3")
SCHEMAS = ("core", "clin", "fin", "stage", "mart", "hist", "ops", "research")
PATIENTS = 500


def write_warehouse(path: Path, tables: int, columns: int, filled: int, seed: int = 7) -> list[str]:
    """Write a DuckDB file with so many tables and columns; the names (`schema.table`) of those that have rows."""
    draw = random.Random(seed)
    names = {"core.pat_master": _patient_columns(), "core.enc_adm": _encounter_columns()}
    while len(names) < tables:
        name = _table_name(draw, names)
        left = columns - sum(map(len, names.values())) if len(names) == tables - 1 else 0
        names[name] = _columns(draw, left or max(4, round(draw.gauss(columns / tables, 6))))
    listed = list(names)
    with_rows = [*listed[:2], *draw.sample(listed[2:], filled - 2)]
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE MACRO preceptor_demo_mark() AS 1")  # a throwaway store connects made-up sources only
        for schema in SCHEMAS:
            connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute("BEGIN")
        for name, made in names.items():
            connection.execute(f"CREATE TABLE {name}({', '.join(f'{column} {kind}' for column, kind in made)})")
        connection.execute("COMMIT")
        for name in with_rows:
            values = ", ".join(_value(column, kind) for column, kind in names[name])
            rows = PATIENTS if name == "core.pat_master" else draw.choice((2000, 5000, 20_000))
            connection.execute(f"INSERT INTO {name} SELECT {values} FROM range({rows}) r(i)")
    return with_rows


def _table_name(draw: random.Random, taken: dict[str, list[tuple[str, str]]]) -> str:
    while True:
        parts = [draw.choice(SUBJECTS), draw.choice(ASPECTS)]
        if draw.random() < 0.4:
            parts.insert(1, draw.choice(SUBJECTS))
        name = f"{draw.choice(SCHEMAS)}.{draw.choice(PREFIXES)}{'_'.join(parts)}"
        if name not in taken:
            return name


def _patient_columns() -> list[tuple[str, str]]:
    kinds = {"birth_dt": "DATE"}
    return [("pat_id", "INTEGER"), *((name, kinds.get(name, "VARCHAR")) for name in PERSONAL), ("sex_cd", "VARCHAR")]


def _encounter_columns() -> list[tuple[str, str]]:
    return [
        ("enc_id", "BIGINT"),
        ("pat_id", "INTEGER"),
        ("admit_dttm", "TIMESTAMP"),
        ("disch_dttm", "TIMESTAMP"),
        ("enc_class_cd", "VARCHAR"),
        ("ward_cd", "VARCHAR"),
    ]


def _columns(draw: random.Random, count: int) -> list[tuple[str, str]]:
    found: dict[str, str] = {f"{draw.choice(SUBJECTS)}_line_id": "BIGINT"}
    if draw.random() < 0.7:
        found["pat_id"] = "INTEGER"
    if draw.random() < 0.6:
        found["enc_id"] = "BIGINT"
    while len(found) < count:
        name, kind = _column(draw)
        found.setdefault(name, kind)
    return list(found.items())


def _column(draw: random.Random) -> tuple[str, str]:
    subject, pick = draw.choice(SUBJECTS), draw.random()
    if pick < 0.2:
        return f"{draw.choice(NOUNS)}_{draw.choice(('dt', 'dttm', 'date'))}", "TIMESTAMP"
    if pick < 0.5:
        before = draw.choice((f"{subject}_", ""))
        return f"{before}{draw.choice(QUALITIES)}_{draw.choice(('cd', 'c', 'code'))}", "VARCHAR"
    if pick < 0.72:
        return f"{draw.choice((subject + '_', ''))}{draw.choice(MEASURES)}", "DOUBLE"
    if pick < 0.85:
        return f"{subject}_{draw.choice(('id', 'key', 'no', 'seq'))}", "BIGINT"
    if pick < 0.9:
        return f"is_{draw.choice(QUALITIES)}_{draw.choice(NOUNS)}", "BOOLEAN"
    if pick < 0.94:
        return f"{subject}_{draw.choice(('comment', 'note_txt', 'remark'))}", "VARCHAR"
    if pick < 0.97:
        return draw.choice(PERSONAL), "VARCHAR"
    return draw.choice(VAGUE), "VARCHAR"


def _value(column: str, kind: str) -> str:
    if column == "pat_id":
        return f"i % {PATIENTS}"
    if column == "enc_id":
        return "i % 2000"
    salt = sum(map(ord, column))
    return {
        "TIMESTAMP": f"TIMESTAMP '2021-01-01' + INTERVAL ((i * {salt}) % 9000) HOUR",
        "DATE": f"DATE '1940-01-01' + ((i * {salt}) % 20000)::INTEGER",
        "DOUBLE": f"round(((i * {salt}) % 997) / 7.0, 1)",
        "BIGINT": f"i + {salt}",
        "INTEGER": f"i % {PATIENTS}",
        "BOOLEAN": "i % 3 = 0",
    }.get(kind, f"'{column[:3].upper()}' || (i * {salt} % {7 if column.endswith(('_c', '_cd', '_code')) else 400})")
