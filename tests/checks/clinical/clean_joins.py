# ruff: noqa: E501  programs read better on one line
"""Programs without a mistake, each nearly one of `planted_joins`."""

from __future__ import annotations

CLEAN: dict[str, str] = {
    "charges of stays found by EXISTS": '''"""Charges of stays with a kidney diagnosis, by ward."""
PARAMETERS = {"start": "2022-01-01", "end": "2022-12-31"}

def main(data, report, start, end):
    by_ward = data.sql(
        """
        SELECT e.ward_id, median(e.tot_charges) AS median_charges, avg(e.tot_charges) AS mean_charges
        FROM ehr.enc_adm e
        WHERE e.enc_class = 'IP' AND e.disch_dt BETWEEN :start AND :end
          AND EXISTS (SELECT 1 FROM ehr.enc_dx d WHERE d.enc_csn = e.enc_csn AND d.dx_cd LIKE 'N1%')
        GROUP BY e.ward_id
        """,
        start=start, end=end,
    )
    report.table("Charges by ward", by_ward)
''',
    "a join to a table with one row per patient": '''"""Age at admission by sex."""
PARAMETERS = {}

def main(data, report):
    ages = data.sql(
        """
        SELECT p.sex_c, avg(e.age_at_enc) AS mean_age, count(*) AS stays
        FROM ehr.enc_adm e JOIN ehr.patient p ON p.pat_id = e.pat_id
        WHERE e.enc_class = 'IP'
        GROUP BY p.sex_c
        """
    )
    report.table("Age", ages)
''',
    "distinct patients after a join": '''"""Patients ever given an order by infusion, by sex."""
PARAMETERS = {}

def main(data, report):
    found = data.sql(
        """
        SELECT p.sex_c, count(DISTINCT p.pat_id) AS patients, count(*) AS orders
        FROM ehr.patient p JOIN ehr.med_order m ON m.pat_id = p.pat_id
        WHERE m.route = 'IV'
        GROUP BY p.sex_c
        """
    )
    report.table("Patients", found)
''',
    "merge with one row per stay": '''"""Mean age of inpatients by their highest pulse."""
PARAMETERS = {}

def main(data, report):
    stays = data.sql("SELECT pat_id, enc_csn, age_at_enc FROM ehr.enc_adm WHERE enc_class = 'IP'")
    pulses = data.sql("SELECT enc_csn, max(pulse) AS fastest FROM ehr.vitals_flow WHERE pulse IS NOT NULL GROUP BY enc_csn")
    both = stays.merge(pulses, on="enc_csn", how="inner")
    report.value("mean age over 120", round(float(both.loc[both["fastest"] > 120, "age_at_enc"].mean()), 1))
''',
    "merge after duplicates are dropped": '''"""Mean age of inpatients with a fast pulse."""
PARAMETERS = {"limit": 120}

def main(data, report, limit):
    stays = data.sql("SELECT pat_id, enc_csn, age_at_enc FROM ehr.enc_adm WHERE enc_class = 'IP'")
    pulses = data.sql("SELECT enc_csn, pulse FROM ehr.vitals_flow WHERE pulse > :limit", limit=limit)
    fast = pulses.drop_duplicates("enc_csn")
    both = stays.merge(fast, on="enc_csn")
    report.value("mean age", round(float(both["age_at_enc"].mean()), 1))
    again = stays.merge(pulses, on="enc_csn").drop_duplicates("enc_csn")
    report.value("mean age, again", round(float(again["age_at_enc"].mean()), 1))
''',
    "a left join filtered in its ON": '''"""Emergency visits per patient, with those who had none."""
PARAMETERS = {}

def main(data, report):
    people = data.sql(
        """
        SELECT p.pat_id, p.sex_c, count(e.enc_csn) AS visits
        FROM ehr.patient p
        LEFT JOIN ehr.enc_adm e ON e.pat_id = p.pat_id AND e.enc_class = 'ED'
        GROUP BY p.pat_id, p.sex_c
        """
    )
    people["any"] = people["visits"] > 0
    report.value("share with a visit", float(people["any"].mean()))
''',
    "a left join that looks for what is missing": '''"""Inpatient stays that were never coded, or whose principal diagnosis is heart failure."""
PARAMETERS = {}

def main(data, report):
    uncoded = data.sql(
        """
        SELECT e.enc_csn, e.service_nm
        FROM ehr.enc_adm e LEFT JOIN ehr.enc_dx d ON d.enc_csn = e.enc_csn
        WHERE e.enc_class = 'IP' AND d.enc_csn IS NULL
        """
    )
    either = data.sql(
        """
        SELECT DISTINCT e.enc_csn
        FROM ehr.enc_adm e LEFT JOIN ehr.enc_dx d ON d.enc_csn = e.enc_csn AND d.dx_rank = 1
        WHERE e.enc_class = 'IP' AND (d.enc_csn IS NULL OR d.dx_cd LIKE 'I50%')
        """
    )
    report.value("never coded", len(uncoded))
    report.value("either", len(either))
''',
    "a left merge whose filter is a numerator": '''"""Share of inpatients whose newest potassium was high; those without one are in the denominator."""
PARAMETERS = {"high": 5.5, "unit": "mmol/L"}

def main(data, report, high, unit):
    stays = data.sql("SELECT pat_id, enc_csn, admit_dttm FROM ehr.enc_adm WHERE enc_class = 'IP'")
    results = data.sql(
        """
        SELECT enc_csn, coll_dttm, ord_num_value FROM ehr.lab_result
        WHERE loinc_cd = '2823-3' AND result_unit = :unit AND result_stat = 'Final' AND ord_num_value < 9999999
        """,
        unit=unit,
    )
    newest = results.sort_values("coll_dttm").drop_duplicates("enc_csn", keep="last")
    stays = stays.merge(newest, on="enc_csn", how="left")
    above = stays[stays["ord_num_value"] >= high]
    report.value("share with a high potassium", len(above) / len(stays))
''',
    "a rate over its own cohort": '''"""Share of adult inpatient stays that ended in death."""
PARAMETERS = {"start": "2022-01-01", "end": "2022-12-31"}

def main(data, report, start, end):
    stays = data.sql(
        "SELECT pat_id, enc_csn, age_at_enc, disch_disp_c FROM ehr.enc_adm WHERE enc_class = 'IP' AND disch_dt BETWEEN :start AND :end",
        start=start, end=end,
    )
    report.step("stays", stays)
    stays = stays[stays["age_at_enc"] >= 18]
    report.step("adults", stays)
    died = stays[stays["disch_disp_c"] == "20"]
    report.value("in-hospital mortality", len(died) / len(stays) if len(stays) else "no stays")
''',
    "patients over patients": '''"""Share of patients with an emergency visit who went home, and visits per patient."""
PARAMETERS = {}

def main(data, report):
    rate = data.sql(
        """
        SELECT adm_src, count(DISTINCT CASE WHEN disch_disp_c = '01' THEN pat_id END) * 1.0 / count(DISTINCT pat_id) AS share,
               count(*) * 1.0 / count(DISTINCT pat_id) AS visits_per_patient
        FROM ehr.enc_adm WHERE enc_class = 'ED' GROUP BY adm_src
        """
    )
    report.table("Share", rate)
''',
    "a share of a share with its own divisor": '''"""Attrition: what share of the stays before each step remains."""
PARAMETERS = {}

def main(data, report):
    stays = data.sql("SELECT pat_id, enc_csn, age_at_enc, adm_type FROM ehr.enc_adm WHERE enc_class = 'IP'")
    adults = stays[stays["age_at_enc"] >= 18]
    report.step("adults", adults)
    old = adults[adults["age_at_enc"] >= 65]
    report.step("65 and older", old)
    report.value("adults among all", len(adults) / len(stays))
    report.value("65 and older among adults", len(old) / len(adults))
''',
}
