# ruff: noqa: E501  programs read better on one line
"""Programs without a mistake, each nearly one of `planted_values`."""

from __future__ import annotations

CLEAN: dict[str, str] = {
    "mean and median length of stay": '''"""Length of stay by class of encounter."""
PARAMETERS = {}

def main(data, report):
    stays = data.sql("SELECT enc_class, los FROM ehr.encounters WHERE los IS NOT NULL")
    report.table("Length of stay", stays.groupby("enc_class")["los"].agg(["median", "mean", "count"]).reset_index())
''',
    "quartiles beside the mean in the query": '''"""Charges per service."""
PARAMETERS = {}

def main(data, report):
    table = data.sql(
        """
        SELECT service_nm, avg(tot_charges) AS mean, quantile_cont(tot_charges, 0.5) AS median
        FROM ehr.enc_adm WHERE enc_class = 'IP' GROUP BY service_nm
        """
    )
    report.table("Charges", table)
''',
    "a test by ranks": '''"""Do planned stays take less time than unplanned ones?"""
from scipy.stats import mannwhitneyu

PARAMETERS = {}

def main(data, report):
    stays = data.sql("SELECT enc_csn, planned_yn, admit_dttm, disch_dt FROM ehr.enc_adm WHERE enc_class = 'IP' AND disch_dt IS NOT NULL")
    stays["days"] = (stays["disch_dt"] - stays["admit_dttm"]).dt.total_seconds() / 86400
    planned = stays.loc[stays["planned_yn"] == "Y", "days"]
    unplanned = stays.loc[stays["planned_yn"] == "N", "days"]
    report.value("p", float(mannwhitneyu(planned, unplanned).pvalue))
''',
    "the mean of an age": '''"""Mean age and total charges of inpatients."""
PARAMETERS = {}

def main(data, report):
    stays = data.sql("SELECT age_at_enc, tot_charges FROM ehr.enc_adm WHERE enc_class = 'IP'")
    report.value("mean age", float(stays["age_at_enc"].mean()))
    report.value("charges in all", float(stays["tot_charges"].sum()))
''',
    "counts filled with zero": '''"""Emergency visits per patient, none for who had none."""
PARAMETERS = {}

def main(data, report):
    people = data.sql("SELECT pat_id, sex_c FROM ehr.patient")
    visits = data.sql("SELECT pat_id, count(*) AS visits FROM ehr.enc_adm WHERE enc_class = 'ED' GROUP BY pat_id")
    people = people.merge(visits, on="pat_id", how="left")
    people["visits"] = people["visits"].fillna(0)
    report.value("visits per patient", float(people["visits"].mean()))
''',
    "missing values left out": '''"""Mean weight at the first recording, of those weighed."""
PARAMETERS = {}

def main(data, report):
    first = data.sql(
        """
        SELECT enc_csn, wt_kg FROM ehr.vitals_flow WHERE wt_kg IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY enc_csn ORDER BY rec_dttm) = 1
        """
    )
    report.value("mean weight, kg", first["wt_kg"].sum() / len(first))
''',
    "coalesce of a status": '''"""Oxygen saturation of stays, unknown services together."""
PARAMETERS = {}

def main(data, report):
    table = data.sql(
        """
        SELECT coalesce(e.service_nm, 'unknown') AS service, avg(v.spo2) AS mean_spo2
        FROM ehr.vitals_flow v JOIN ehr.enc_adm e ON e.enc_csn = v.enc_csn
        GROUP BY 1
        """
    )
    report.table("Saturation", table)
''',
    "doses by unit": '''"""Usual dose per drug and unit."""
PARAMETERS = {}

def main(data, report):
    doses = data.sql("SELECT rxcui, dose_unit, median(dose) AS median_dose, count(*) AS orders FROM ehr.med_order GROUP BY rxcui, dose_unit")
    report.table("Doses", doses)
''',
    "results converted by their unit": '''"""Highest glucose per stay, in mg/dL."""
import numpy as np

PARAMETERS = {"code": "2345-7"}

def main(data, report, code):
    results = data.sql(
        "SELECT enc_csn, ord_num_value, result_unit FROM ehr.lab_result WHERE loinc_cd = :code AND ord_num_value < 9999999", code=code
    )
    results["mg"] = np.where(results["result_unit"] == "mmol/L", results["ord_num_value"] * 18.016, results["ord_num_value"])
    report.value("median of the peaks", float(results.groupby("enc_csn")["mg"].max().median()))
''',
    "results counted, not read": '''"""How many creatinine results each stay has."""
PARAMETERS = {}

def main(data, report):
    counts = data.sql("SELECT enc_csn, count(*) AS results FROM ehr.lab_result WHERE loinc_cd = '2160-0' AND result_stat = 'Final' GROUP BY enc_csn")
    report.value("median number of results", float(counts["results"].median()))
''',
    "codes and values of the dictionary": '''"""Inpatient stays with systolic heart failure, by status."""
PARAMETERS = {"codes": ["I50.21", "I50.23"]}

def main(data, report, codes):
    stays = data.sql(
        """
        SELECT DISTINCT e.enc_csn, e.enc_stat, e.service_nm FROM ehr.enc_adm e JOIN ehr.enc_dx d ON d.enc_csn = e.enc_csn
        WHERE e.enc_class IN ('IP', 'ED') AND d.dx_rank = 1 AND (d.dx_cd IN (:codes) OR d.dx_cd LIKE 'I50.3%')
        """,
        codes=codes,
    )
    report.value("discharged", int((stays["enc_stat"] == "Discharged").sum()))
''',
}
