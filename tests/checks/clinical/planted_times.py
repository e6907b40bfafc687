# ruff: noqa: E501  programs read better on one line
"""Programs with one planted mistake each: outcome windows, ages, dates beside the parameters."""

from __future__ import annotations

PLANTED: dict[str, tuple[str, str]] = {
    "readmission counted from the admission": (
        "outcome_anchor",
        '''"""Share of inpatient stays followed by another one within 30 days of discharge."""
PARAMETERS = {"days": 30}

def main(data, report, days):
    stays = data.sql("SELECT pat_id, enc_id, admit_dt, disch_dt FROM ehr.encounters WHERE enc_class = 'IP'")
    stays = stays.sort_values(["pat_id", "admit_dt"])
    stays["next_admit"] = stays.groupby("pat_id")["admit_dt"].shift(-1)
    stays["gap"] = (stays["next_admit"] - stays["admit_dt"]).dt.days
    stays["readmitted"] = stays["gap"] <= days
    report.value("30-day readmission", float(stays["readmitted"].mean()))
''',
    ),
    "readmission in SQL from the admission": (
        "outcome_anchor",
        '''"""30-day readmissions by service."""
PARAMETERS = {"days": 30}

def main(data, report, days):
    rows = data.sql(
        """
        WITH ordered AS (
            SELECT pat_id, enc_csn, service_nm, admit_dttm, disch_dt,
                   lead(admit_dttm) OVER (PARTITION BY pat_id ORDER BY admit_dttm) AS next_admit
            FROM ehr.enc_adm
            WHERE enc_class = 'IP' AND enc_stat = 'Discharged'
        )
        SELECT service_nm, count(*) AS stays,
               sum(CASE WHEN date_diff('day', admit_dttm, next_admit) <= :days THEN 1 ELSE 0 END) AS readmitted
        FROM ordered
        GROUP BY service_nm
        """,
        days=days,
    )
    rows["rate"] = rows["readmitted"] / rows["stays"]
    report.table("By service", rows)
''',
    ),
    "pairs of stays with no lower bound": (
        "outcome_anchor",
        '''"""Share of heart-failure stays with an unplanned admission within 30 days after discharge."""
PARAMETERS = {"days": 30}

def main(data, report, days):
    stays = data.sql("SELECT pat_id, enc_csn, disch_dt FROM ehr.enc_adm WHERE enc_class = 'IP' AND service_nm = 'Cardiology'")
    later = data.sql(
        "SELECT pat_id, enc_csn AS later_csn, admit_dttm FROM ehr.enc_adm WHERE enc_class = 'IP' AND planned_yn = 'N'",
        cohort={"pat_id": stays["pat_id"]},
    )
    pairs = stays.merge(later, on="pat_id")
    pairs = pairs[pairs["enc_csn"] != pairs["later_csn"]]
    gap = (pairs["admit_dttm"] - pairs["disch_dt"]).dt.days
    within = pairs[gap <= days]
    stays["readmitted"] = stays["enc_csn"].isin(within["enc_csn"])
    report.value("rate", float(stays["readmitted"].mean()))
''',
    ),
    "mortality after discharge counted from the admission": (
        "outcome_anchor",
        '''"""Deaths within 90 days after discharge, of patients discharged alive."""
PARAMETERS = {"days": 90}

def main(data, report, days):
    stays = data.sql(
        """
        SELECT e.pat_id, e.enc_csn, e.admit_dttm, e.disch_dt, p.death_date
        FROM ehr.enc_adm e JOIN ehr.patient p ON p.pat_id = e.pat_id
        WHERE e.enc_class = 'IP' AND e.disch_disp_c <> '20'
        """
    )
    stays["to_death"] = (stays["death_date"] - stays["admit_dttm"].dt.normalize()).dt.days
    stays["died"] = stays["to_death"].between(0, days)
    report.value("90-day mortality after discharge", float(stays["died"].mean()))
''',
    ),
    "age from the difference of years": (
        "age_by_year",
        '''"""Age of inpatients at admission, by service."""
PARAMETERS = {}

def main(data, report):
    ages = data.sql(
        """
        SELECT e.service_nm, median(year(e.admit_dttm) - p.birth_date) AS median_age
        FROM ehr.enc_adm e JOIN ehr.patient p ON p.pat_id = e.pat_id
        WHERE e.enc_class = 'IP'
        GROUP BY e.service_nm
        """
    )
    report.table("Age", ages)
''',
    ),
    "age from days by whole years of 365": (
        "age_by_year",
        '''"""Share of participants of the registry who were 75 or older when enrolled."""
PARAMETERS = {"old": 75}

def main(data, report, old):
    people = data.sql("SELECT hfr_id, dob, enrolled_on FROM reg.hf_participant")
    people["age"] = (people["enrolled_on"] - people["dob"]).dt.days // 365
    report.value("share 75 or older", float((people["age"] >= old).mean()))
''',
    ),
    "age by date_diff of years": (
        "age_by_year",
        '''"""Adults at enrolment."""
PARAMETERS = {"adult": 18}

def main(data, report, adult):
    adults = data.sql(
        "SELECT hfr_id, enrolled_on FROM reg.hf_participant WHERE date_diff('year', dob, enrolled_on) >= :adult",
        adult=adult,
    )
    report.step("adults", adults)
    report.value("adults", len(adults))
''',
    ),
    "a year written into the query": (
        "date_beside_parameters",
        '''"""Stays and emergency visits of the year."""
PARAMETERS = {"start": "2023-01-01", "end": "2023-12-31"}

def main(data, report, start, end):
    stays = data.sql(
        "SELECT enc_csn, ward_id FROM ehr.enc_adm WHERE enc_class = 'IP' AND disch_dt BETWEEN :start AND :end", start=start, end=end
    )
    visits = data.sql(
        "SELECT enc_csn FROM ehr.enc_adm WHERE enc_class = 'ED' AND admit_dttm >= DATE '2022-01-01' AND admit_dttm < DATE '2023-01-01'"
    )
    report.value("stays", len(stays))
    report.value("visits", len(visits))
''',
    ),
    "a filter in the program beside its parameters": (
        "date_beside_parameters",
        '''"""Stays per month."""
import pandas as pd

PARAMETERS = {"start": "2022-01-01", "end": "2024-06-30"}

def main(data, report, start, end):
    stays = data.sql("SELECT enc_csn, disch_dt FROM ehr.enc_adm WHERE disch_dt BETWEEN :start AND :end", start=start, end=end)
    stays = stays[stays["disch_dt"] < pd.Timestamp("2024-01-01")]
    monthly = stays.groupby(stays["disch_dt"].dt.strftime("%Y-%m"))["enc_csn"].count().reset_index(name="stays")
    report.table("Monthly", monthly)
''',
    ),
    "follow-up ends on a written day": (
        "date_beside_parameters",
        '''"""Days in hospital of stays that may go on."""
PARAMETERS = {"start": "2022-01-01", "end": "2022-12-31"}

def main(data, report, start, end):
    stays = data.sql(
        """
        SELECT enc_csn, date_diff('day', admit_dttm, coalesce(disch_dt, TIMESTAMP '2023-03-31')) AS days
        FROM ehr.enc_adm
        WHERE enc_class = 'IP' AND admit_dttm BETWEEN :start AND :end
        """,
        start=start, end=end,
    )
    report.value("median days", float(stays["days"].median()))
''',
    ),
}
