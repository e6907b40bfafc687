# ruff: noqa: E501  programs read better on one line
"""The same mistakes in other spellings: each is found, and nothing else is."""

from __future__ import annotations

import pytest
from clinical_hospital import hospital

from sandbox.checks.clinical import clinical_flags

SCHEMA = hospital()
PERIOD = {"start": "2022-01-01", "end": "2022-12-31"}
STAYS = (
    "e = data.sql('SELECT pat_id, enc_csn, ward_id, admit_dttm, disch_dt, tot_charges, age_at_enc, enc_class"
    " FROM ehr.enc_adm WHERE admit_dttm BETWEEN :start AND :end', start=start, end=end)"
)
CODED = "d = data.sql('SELECT enc_csn, dx_cd, dx_rank FROM ehr.enc_dx')"
VITALS = "v = data.sql('SELECT enc_csn, spo2 FROM ehr.vitals_flow')"
PEOPLE = "p = data.sql('SELECT hfr_id, dob, enrolled_on FROM reg.hf_participant')"
LABS = "l = data.sql('SELECT enc_csn, loinc_cd, ord_num_value FROM ehr.lab_result')"


def query(sql: str) -> list[str]:
    return [f"x = data.sql({sql!r})"]


SPELLINGS: list[tuple[str, list[str]]] = [
    ("row_multiplying_join", [STAYS, CODED, "x = e.merge(d, on='enc_csn').groupby('ward_id')['tot_charges'].sum()"]),
    (
        "row_multiplying_join",
        query(
            "WITH d AS (SELECT enc_csn, dx_cd FROM ehr.enc_dx) SELECT avg(e.age_at_enc) AS a FROM ehr.enc_adm e JOIN d USING (enc_csn)"
        ),
    ),
    (
        "row_multiplying_join",
        query(
            "SELECT e.service_nm, sum(e.drg_wt) AS w FROM ehr.enc_adm e, ehr.adt_move m WHERE m.enc_csn = e.enc_csn GROUP BY e.service_nm"
        ),
    ),
    (
        "left_join_made_inner",
        [
            STAYS,
            VITALS,
            "m = e.merge(v, on='enc_csn', how='left')",
            "m = m.query('spo2 < 90')",
            "report.value('n', len(m))",
        ],
    ),
    (
        "left_join_made_inner",
        query(
            "SELECT p.pat_id FROM ehr.patient p LEFT JOIN ehr.enc_adm e ON e.pat_id = p.pat_id WHERE p.sex_c = 'F' AND e.enc_class IN ('IP', 'ED')"
        ),
    ),
    (
        "outcome_anchor",
        [
            STAYS,
            "m = e.merge(e, on='pat_id', suffixes=('', '_next'))",
            "gap = (m['admit_dttm_next'] - m['admit_dttm']).dt.days",
            "m['back'] = gap.between(1, 30)",
        ],
    ),
    (
        "outcome_anchor",
        query(
            "SELECT count(DISTINCT e.enc_csn) AS n FROM ehr.enc_adm e JOIN ehr.enc_adm r ON r.pat_id = e.pat_id AND r.admit_dttm BETWEEN e.admit_dttm AND e.admit_dttm + INTERVAL 30 DAY"
        ),
    ),
    (
        "outcome_anchor",
        [
            STAYS,
            "e['next_admit'] = e.groupby('pat_id').admit_dttm.shift(-1)",
            "e['back'] = e.next_admit <= e.admit_dttm + pd.Timedelta(days=30)",
        ],
    ),
    (
        "age_by_year",
        [
            STAYS,
            "q = data.sql('SELECT pat_id, birth_date FROM ehr.patient')",
            "m = e.merge(q, on='pat_id')",
            "m['age'] = m.admit_dttm.dt.year - m.birth_date",
        ],
    ),
    ("age_by_year", [PEOPLE, "p['age'] = (p.enrolled_on - p.dob).dt.days / 365"]),
    ("age_by_year", [PEOPLE, "p['age'] = (p.enrolled_on - p.dob) / np.timedelta64(365, 'D')"]),
    ("mean_of_skewed", [STAYS, "report.value('m', np.mean(e['tot_charges']))"]),
    ("mean_of_skewed", [STAYS, "report.table('m', e[['tot_charges', 'age_at_enc']].mean())"]),
    ("mean_of_skewed", [STAYS, "report.table('m', e.groupby('ward_id').agg(c=('tot_charges', 'mean')))"]),
    ("nulls_as_zero", [VITALS, "v = v.fillna({'spo2': 0})", "report.value('m', v.spo2.mean())"]),
    ("nulls_as_zero", [VITALS, "v.loc[v.spo2.isna(), 'spo2'] = 0", "report.value('m', v.spo2.mean())"]),
    ("nulls_as_zero", [VITALS, "report.value('m', v.spo2.fillna(0).mean())"]),
    ("date_beside_parameters", [STAYS, "e = e[e.disch_dt.between('2022-03-01', '2022-06-30')]"]),
    ("date_beside_parameters", [STAYS, "cut = pd.to_datetime('2019-01-01')", "e = e[e.admit_dttm >= cut]"]),
    ("mixed_units", [LABS, "x = l.loc[l.loinc_cd == '2160-0', 'ord_num_value'].mean()"]),
    ("mixed_units", [LABS, "x = l.groupby('loinc_cd').ord_num_value.agg(['min', 'max'])"]),
    (
        "lab_without_unit",
        query(
            "SELECT enc_csn, max(ord_num_value) AS peak FROM ehr.lab_result WHERE loinc_cd IN ('2160-0') GROUP BY enc_csn"
        ),
    ),
    ("unknown_code", [STAYS, "x = e[e['enc_class'].isin(['IP', 'INPT'])]"]),
    ("unknown_code", [STAYS, "x = e.query(\"enc_class == 'INPT'\")"]),
    ("unknown_code", query("SELECT sum(CASE WHEN enc_class = 'XX' THEN 1 ELSE 0 END) AS n FROM ehr.enc_adm")),
    ("denominator", [STAYS, "a = e[e.age_at_enc >= 18]", "r = a[a.enc_class == 'ED'].shape[0] / e.shape[0]"]),
    ("denominator", [STAYS, "a = e[e.age_at_enc >= 18]", "r = a.pat_id.nunique() / len(a)"]),
    (
        "denominator",
        query("SELECT count(DISTINCT pat_id) FILTER (WHERE enc_class = 'ED') / count(*)::DOUBLE AS r FROM ehr.enc_adm"),
    ),
]


@pytest.mark.parametrize(("rule", "lines"), SPELLINGS, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(SPELLINGS)])
def test_a_mistake_in_another_spelling_is_flagged_and_nothing_else(rule: str, lines: list[str]) -> None:
    text = "\n    ".join(("def main(data, report, start, end):", *lines)) + "\n"
    flags = clinical_flags(text, schema=SCHEMA, parameters=PERIOD)
    assert {flag.rule for flag in flags} == {f"clinical.{rule}"}
