# ruff: noqa: E501  programs read better on one line
"""Programs with one planted mistake each: joins, filters after them, and denominators."""

from __future__ import annotations

PLANTED: dict[str, tuple[str, str]] = {
    "mean charges over stays joined to their diagnoses": (
        "row_multiplying_join",
        '''"""Median and mean charges of inpatient stays with a kidney diagnosis, by ward."""
PARAMETERS = {"start": "2022-01-01", "end": "2022-12-31"}

def main(data, report, start, end):
    by_ward = data.sql(
        """
        SELECT e.ward_id, median(e.tot_charges) AS median_charges, avg(e.tot_charges) AS mean_charges
        FROM ehr.enc_adm e
        JOIN ehr.enc_dx d ON d.enc_csn = e.enc_csn
        WHERE e.enc_class = 'IP' AND d.dx_cd LIKE 'N1%' AND e.disch_dt BETWEEN :start AND :end
        GROUP BY e.ward_id
        """,
        start=start, end=end,
    )
    report.table("Charges by ward", by_ward)
''',
    ),
    "count of patients joined to their orders": (
        "row_multiplying_join",
        '''"""How many patients were ever given an order by infusion, by sex."""
PARAMETERS = {}

def main(data, report):
    found = data.sql(
        """
        SELECT p.sex_c, count(p.pat_id) AS patients
        FROM ehr.patient p
        JOIN ehr.med_order m ON m.pat_id = p.pat_id
        WHERE m.route = 'IV'
        GROUP BY p.sex_c
        """
    )
    report.table("Patients by sex", found)
''',
    ),
    "ages averaged after a merge with vitals": (
        "row_multiplying_join",
        '''"""Mean age at admission of inpatients with a pulse above 120 at any time."""
import pandas as pd

PARAMETERS = {"limit": 120}

def main(data, report, limit):
    stays = data.sql("SELECT pat_id, enc_csn, age_at_enc FROM ehr.enc_adm WHERE enc_class = 'IP'")
    pulses = data.sql("SELECT enc_csn, pulse FROM ehr.vitals_flow WHERE pulse > :limit", limit=limit)
    both = pd.merge(stays, pulses, on="enc_csn", how="inner")
    report.step("stays with a fast pulse", both)
    report.value("mean age", round(float(both["age_at_enc"].mean()), 1))
''',
    ),
    "left join filtered on the discharge date": (
        "left_join_made_inner",
        '''"""Patients of the registry of residents with and without an emergency visit."""
PARAMETERS = {}

def main(data, report):
    people = data.sql(
        """
        SELECT p.pat_id, p.sex_c, count(e.enc_csn) AS visits
        FROM ehr.patient p
        LEFT JOIN ehr.enc_adm e ON e.pat_id = p.pat_id
        WHERE e.enc_class = 'ED'
        GROUP BY p.pat_id, p.sex_c
        """
    )
    people["any"] = people["visits"] > 0
    report.value("share with a visit", float(people["any"].mean()))
''',
    ),
    "left merge filtered on the newest result": (
        "left_join_made_inner",
        '''"""Share of inpatients whose newest potassium is known, and how many had a high one."""
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
    stays = stays[stays["ord_num_value"] > 0]
    report.step("inpatients", stays)
    report.value("share with a high potassium", float((stays["ord_num_value"] >= high).mean()))
''',
    ),
    "left join filtered on the rank of the diagnosis": (
        "left_join_made_inner",
        '''"""Principal diagnosis of every stay; stays that were never coded are counted as not coded."""
PARAMETERS = {"start": "2022-01-01", "end": "2023-06-30"}

def main(data, report, start, end):
    stays = data.sql(
        """
        SELECT e.enc_csn, e.service_nm, d.dx_cd
        FROM ehr.enc_adm AS e
        LEFT JOIN ehr.enc_dx AS d ON d.enc_csn = e.enc_csn
        WHERE e.enc_class = 'IP' AND e.disch_dt >= :start AND e.disch_dt <= :end
          AND d.dx_rank = 1
        """,
        start=start, end=end,
    )
    stays["coded"] = stays["dx_cd"].notna()
    report.table("Share coded", stays.groupby("service_nm")["coded"].mean().reset_index())
''',
    ),
    "rate over all stays though the cohort is adults": (
        "denominator",
        '''"""Share of adult inpatient stays that ended in death."""
PARAMETERS = {"start": "2022-01-01", "end": "2022-12-31"}

def main(data, report, start, end):
    stays = data.sql(
        "SELECT pat_id, enc_csn, age_at_enc, disch_disp_c FROM ehr.enc_adm WHERE enc_class = 'IP' AND disch_dt BETWEEN :start AND :end",
        start=start, end=end,
    )
    adults = stays[stays["age_at_enc"] >= 18]
    report.step("adults", adults)
    died = adults[adults["disch_disp_c"] == "20"]
    report.value("in-hospital mortality", len(died) / len(stays))
''',
    ),
    "patients over rows": (
        "denominator",
        '''"""Share of patients with an emergency visit who were transferred."""
PARAMETERS = {}

def main(data, report):
    rate = data.sql(
        """
        SELECT adm_src, count(DISTINCT CASE WHEN disch_disp_c = '02' THEN pat_id END) * 1.0 / count(*) AS share_transferred
        FROM ehr.enc_adm
        WHERE enc_class = 'ED'
        GROUP BY adm_src
        """
    )
    report.table("Share transferred", rate)
''',
    ),
    "patients readmitted over stays of another query": (
        "denominator",
        '''"""Share of surgical inpatients with a procedure on the day of admission."""
PARAMETERS = {}

def main(data, report):
    stays = data.sql("SELECT pat_id, enc_csn, admit_dttm FROM ehr.enc_adm WHERE enc_class = 'IP' AND service_nm = 'Surgery'")
    visits = data.sql("SELECT pat_id, enc_csn FROM ehr.enc_adm WHERE enc_class IN ('IP', 'ED')")
    procedures = data.sql("SELECT enc_csn, px_dt FROM ehr.px_proc", cohort={"enc_csn": stays["enc_csn"]})
    first = procedures.groupby("enc_csn", as_index=False)["px_dt"].min()
    merged = stays.merge(first, on="enc_csn")
    same_day = merged[merged["px_dt"].dt.date == merged["admit_dttm"].dt.date]
    share = same_day["enc_csn"].nunique() / len(visits)
    report.value("share on the day of admission", round(share, 3))
''',
    ),
}
