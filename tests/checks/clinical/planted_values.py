# ruff: noqa: E501  programs read better on one line
"""Programs with one planted mistake each: skewed values, missing values, units, codes."""

from __future__ import annotations

PLANTED: dict[str, tuple[str, str]] = {
    "mean length of stay": (
        "mean_of_skewed",
        '''"""Length of stay by class of encounter."""
PARAMETERS = {}

def main(data, report):
    stays = data.sql("SELECT enc_class, los FROM ehr.encounters WHERE los IS NOT NULL")
    table = stays.groupby("enc_class")["los"].agg(["mean", "std", "count"]).reset_index()
    report.table("Length of stay", table)
''',
    ),
    "mean charges in the query": (
        "mean_of_skewed",
        '''"""Charges per service."""
PARAMETERS = {}

def main(data, report):
    table = data.sql("SELECT service_nm, avg(tot_charges) AS charges, count(*) AS stays FROM ehr.enc_adm WHERE enc_class = 'IP' GROUP BY service_nm")
    report.table("Charges", table)
''',
    ),
    "t-test of a length of stay computed from dates": (
        "mean_of_skewed",
        '''"""Do planned stays take less time than unplanned ones?"""
from scipy.stats import ttest_ind

PARAMETERS = {}

def main(data, report):
    stays = data.sql("SELECT enc_csn, planned_yn, admit_dttm, disch_dt FROM ehr.enc_adm WHERE enc_class = 'IP' AND disch_dt IS NOT NULL")
    stays["days"] = (stays["disch_dt"] - stays["admit_dttm"]).dt.total_seconds() / 86400
    planned = stays.loc[stays["planned_yn"] == "Y", "days"]
    unplanned = stays.loc[stays["planned_yn"] == "N", "days"]
    result = ttest_ind(planned, unplanned, equal_var=False)
    report.value("p", float(result.pvalue))
''',
    ),
    "missing oxygen saturation filled with zero": (
        "nulls_as_zero",
        '''"""Mean oxygen saturation of the first hours, by ward."""
PARAMETERS = {}

def main(data, report):
    vitals = data.sql("SELECT v.enc_csn, e.ward_id, v.spo2 FROM ehr.vitals_flow v JOIN ehr.enc_adm e ON e.enc_csn = v.enc_csn")
    vitals["spo2"] = vitals["spo2"].fillna(0)
    report.table("By ward", vitals.groupby("ward_id")["spo2"].mean().reset_index())
''',
    ),
    "coalesce inside the mean": (
        "nulls_as_zero",
        '''"""Mean ejection fraction of the registry's visits, by year."""
PARAMETERS = {}

def main(data, report):
    table = data.sql("SELECT year(visit_date) AS year, avg(coalesce(lvef_pct, 0)) AS mean_ef, count(*) AS visits FROM reg.hf_visit GROUP BY 1 ORDER BY 1")
    report.table("Ejection fraction", table)
''',
    ),
    "sum over nulls divided by all rows": (
        "nulls_as_zero",
        '''"""Mean weight at the first recording."""
PARAMETERS = {}

def main(data, report):
    first = data.sql("SELECT enc_csn, wt_kg FROM ehr.vitals_flow QUALIFY row_number() OVER (PARTITION BY enc_csn ORDER BY rec_dttm) = 1")
    report.step("first recordings", first)
    report.value("mean weight, kg", first["wt_kg"].sum() / len(first))
''',
    ),
    "dose averaged over units": (
        "mixed_units",
        '''"""Usual dose per drug."""
PARAMETERS = {}

def main(data, report):
    doses = data.sql("SELECT rxcui, avg(dose) AS mean_dose, median(dose) AS median_dose, count(*) AS orders FROM ehr.med_order WHERE ord_stat = 'Completed' GROUP BY rxcui")
    report.table("Doses", doses)
''',
    ),
    "results of every test averaged per test without the unit": (
        "mixed_units",
        '''"""Median result per laboratory test."""
PARAMETERS = {}

def main(data, report):
    results = data.sql("SELECT loinc_cd, ord_num_value FROM ehr.lab_result WHERE result_stat = 'Final' AND ord_num_value < 9999999")
    table = results.groupby("loinc_cd")["ord_num_value"].median().reset_index()
    report.table("Median result", table)
''',
    ),
    "glucose above a limit without a unit": (
        "lab_without_unit",
        '''"""Inpatients with a glucose of 180 or more."""
PARAMETERS = {"limit": 180}

def main(data, report, limit):
    high = data.sql(
        "SELECT DISTINCT pat_id, enc_csn FROM ehr.lab_result WHERE loinc_cd = '2345-7' AND ord_num_value >= :limit AND ord_num_value < 9999999",
        limit=limit,
    )
    report.value("stays with a high glucose", high["enc_csn"].nunique())
''',
    ),
    "creatinine of a list of codes without a unit": (
        "lab_without_unit",
        '''"""Highest creatinine per stay."""
PARAMETERS = {"codes": ["2160-0"]}

def main(data, report, codes):
    results = data.sql(
        "SELECT enc_csn, coll_dttm, ord_num_value FROM ehr.lab_result WHERE loinc_cd IN (:codes) AND result_stat <> 'Entered in error' AND ord_num_value < 9999999",
        codes=codes,
    )
    peak = results.groupby("enc_csn")["ord_num_value"].max()
    report.value("median of the peaks", float(peak.median()))
''',
    ),
    "a class that is no told value": (
        "unknown_code",
        '''"""Inpatient stays."""
PARAMETERS = {}

def main(data, report):
    stays = data.sql("SELECT pat_id, enc_csn FROM ehr.enc_adm WHERE enc_class = 'INPATIENT'")
    report.value("stays", len(stays))
''',
    ),
    "a diagnosis that is in no list": (
        "unknown_code",
        '''"""Stays with heart failure as the principal diagnosis."""
PARAMETERS = {"codes": ["I50.21", "I50.23", "I50.99"]}

def main(data, report, codes):
    stays = data.sql("SELECT DISTINCT pat_id, enc_csn FROM ehr.enc_dx WHERE dx_rank = 1 AND dx_cd IN (:codes)", codes=codes)
    report.value("stays", len(stays))
''',
    ),
    "a status compared in the program": (
        "unknown_code",
        '''"""Cancelled clinic visits."""
PARAMETERS = {}

def main(data, report):
    visits = data.sql("SELECT enc_csn, enc_stat FROM ehr.enc_adm WHERE enc_class = 'OP'")
    cancelled = visits[visits["enc_stat"] == "Canceled"]
    report.value("cancelled", len(cancelled))
''',
    ),
}
