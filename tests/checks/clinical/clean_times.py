# ruff: noqa: E501  programs read better on one line
"""Programs without a mistake, each nearly one of `planted_times`."""

from __future__ import annotations

CLEAN: dict[str, str] = {
    "readmission counted from the discharge": '''"""Share of inpatient stays followed by another one within 30 days of discharge."""
PARAMETERS = {"days": 30}

def main(data, report, days):
    stays = data.sql("SELECT pat_id, enc_id, admit_dt, disch_dt FROM ehr.encounters WHERE enc_class = 'IP'")
    stays = stays.sort_values(["pat_id", "admit_dt"])
    stays["next_admit"] = stays.groupby("pat_id")["admit_dt"].shift(-1)
    stays["gap"] = (stays["next_admit"] - stays["disch_dt"]).dt.days
    stays["readmitted"] = stays["gap"] <= days
    report.value("30-day readmission", float(stays["readmitted"].mean()))
''',
    "readmission in SQL from the discharge": '''"""30-day readmissions by service."""
PARAMETERS = {"days": 30}

def main(data, report, days):
    rows = data.sql(
        """
        WITH ordered AS (
            SELECT pat_id, enc_csn, service_nm, admit_dttm, disch_dt,
                   lead(admit_dttm) OVER (PARTITION BY pat_id ORDER BY admit_dttm) AS next_admit
            FROM ehr.enc_adm WHERE enc_class = 'IP' AND enc_stat = 'Discharged'
        )
        SELECT service_nm, count(*) AS stays,
               sum(CASE WHEN date_diff('day', disch_dt, next_admit) BETWEEN 0 AND :days THEN 1 ELSE 0 END) AS readmitted
        FROM ordered GROUP BY service_nm
        """,
        days=days,
    )
    rows["rate"] = rows["readmitted"] / rows["stays"]
    report.table("By service", rows)
''',
    "pairs with a lower bound": '''"""Share of cardiology stays with an unplanned admission within 30 days after discharge."""
PARAMETERS = {"days": 30}

def main(data, report, days):
    stays = data.sql("SELECT pat_id, enc_csn, disch_dt FROM ehr.enc_adm WHERE enc_class = 'IP' AND service_nm = 'Cardiology'")
    later = data.sql(
        "SELECT pat_id, enc_csn AS later_csn, admit_dttm FROM ehr.enc_adm WHERE enc_class = 'IP' AND planned_yn = 'N'",
        cohort={"pat_id": stays["pat_id"]},
    )
    pairs = stays.merge(later, on="pat_id")
    pairs = pairs[(pairs["enc_csn"] != pairs["later_csn"]) & (pairs["admit_dttm"] >= pairs["disch_dt"])]
    gap = (pairs["admit_dttm"] - pairs["disch_dt"]).dt.days
    within = pairs[gap <= days]
    stays["readmitted"] = stays["enc_csn"].isin(within["enc_csn"])
    report.value("rate", float(stays["readmitted"].mean()))
''',
    "mortality from the admission, as it says": '''"""30-day mortality from the day of admission, of inpatients."""
PARAMETERS = {"days": 30}

def main(data, report, days):
    stays = data.sql(
        """
        SELECT e.pat_id, e.enc_csn, e.admit_dttm, p.death_date
        FROM ehr.enc_adm e JOIN ehr.patient p ON p.pat_id = e.pat_id
        WHERE e.enc_class = 'IP' AND e.enc_stat = 'Discharged'
        """
    )
    stays["to_death"] = (stays["death_date"] - stays["admit_dttm"].dt.normalize()).dt.days
    stays["died"] = stays["to_death"].between(0, days)
    report.value("30-day mortality", float(stays["died"].mean()))
''',
    "days in hospital are no outcome window": '''"""Long stays: more than 14 days from admission to discharge."""
PARAMETERS = {"long": 14}

def main(data, report, long):
    stays = data.sql("SELECT enc_csn, admit_dttm, disch_dt FROM ehr.enc_adm WHERE enc_class = 'IP' AND disch_dt IS NOT NULL")
    stays["days"] = (stays["disch_dt"] - stays["admit_dttm"]).dt.days
    report.value("share of long stays", float((stays["days"] > long).mean()))
    report.value("median days", float(stays["days"].median()))
''',
    "the age that the dictionary gives": '''"""Age of inpatients at admission, by year."""
PARAMETERS = {}

def main(data, report):
    stays = data.sql("SELECT age_at_enc, year(admit_dttm) AS year FROM ehr.enc_adm WHERE enc_class = 'IP'")
    report.table("Age", stays.groupby("year")["age_at_enc"].median().reset_index())
''',
    "birthdays that were reached": '''"""Adults at enrolment, by the birthdays they had reached."""
import pandas as pd

PARAMETERS = {"adult": 18}

def main(data, report, adult):
    people = data.sql("SELECT hfr_id, dob, enrolled_on FROM reg.hf_participant")
    born, day = pd.to_datetime(people["dob"]), pd.to_datetime(people["enrolled_on"])
    early = (day.dt.month < born.dt.month) | ((day.dt.month == born.dt.month) & (day.dt.day < born.dt.day))
    people["age"] = day.dt.year - born.dt.year - early.astype(int)
    report.value("adults", int((people["age"] >= adult).sum()))
''',
    "years since enrolment are no age": '''"""Participants by whole years since they enrolled, counted in days."""
PARAMETERS = {}

def main(data, report):
    visits = data.sql(
        "SELECT v.hfr_id, v.visit_date, p.enrolled_on FROM reg.hf_visit v JOIN reg.hf_participant p ON p.hfr_id = v.hfr_id"
    )
    visits["year"] = visits["visit_date"].dt.year - visits["enrolled_on"].dt.year
    report.table("Visits", visits.groupby("year")["hfr_id"].count().reset_index(name="visits"))
''',
    "dates that follow the parameters": '''"""Emergency visits in the year before the period."""
import pandas as pd

PARAMETERS = {"start": "2023-01-01", "end": "2023-12-31"}

def main(data, report, start, end):
    before = (pd.Timestamp(start) - pd.DateOffset(years=1)).strftime("%Y-%m-%d")
    visits = data.sql("SELECT enc_csn, admit_dttm FROM ehr.enc_adm WHERE enc_class = 'ED' AND admit_dttm BETWEEN :before AND :end", before=before, end=end)
    report.value("visits", len(visits))
''',
    "a day on which practice changed": '''"""Stays per month before and after the new ward opened on 2023-04-01."""
import pandas as pd

PARAMETERS = {"start": "2022-01-01", "end": "2023-12-31"}
OPENED = pd.Timestamp("2023-04-01")

def main(data, report, start, end):
    stays = data.sql(
        """
        SELECT enc_csn, disch_dt, coalesce(disch_dt, TIMESTAMP '9999-12-31') AS sorted_by
        FROM ehr.enc_adm WHERE enc_class = 'IP' AND disch_dt BETWEEN :start AND :end
        """,
        start=start, end=end,
    )
    stays["after"] = stays["disch_dt"] >= OPENED
    report.table("Stays", stays.groupby("after")["enc_csn"].count().reset_index(name="stays"))
''',
}
