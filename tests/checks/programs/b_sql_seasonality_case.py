# ruff: noqa  kept as it was written
"""Seasonality of pneumonia: season by CASE, expected share by days, observed/expected with Poisson limits, by ROLLUP."""

import pandas as pd
from scipy.stats import chi2

PARAMETERS = {"dx": "J18%", "from_year": 2022}


def byar(o, alpha=0.05):
    low = chi2.ppf(alpha / 2, 2 * o) / 2 if o else 0.0
    return low, chi2.ppf(1 - alpha / 2, 2 * (o + 1)) / 2


def main(data, report, dx, from_year):
    seasons = data.sql(
        """
        WITH base AS (
            SELECT *,
                CASE
                    WHEN month(admit_dt) IN (12, 1, 2) THEN 'winter'
                    WHEN month(admit_dt) BETWEEN 3 AND 5 THEN 'spring'
                    WHEN month(admit_dt) BETWEEN 6 AND 8 THEN 'summer'
                    ELSE 'autumn'
                END AS season,
                CASE enc_class WHEN 'IP' THEN 'inpatient' WHEN 'OP' THEN 'clinic' END AS setting
            FROM ehr.encounters
            WHERE date_part('year', admit_dt) >= :from_year
        )
        SELECT
            coalesce(season, 'all') AS season,
            coalesce(setting, 'all') AS setting,
            grouping(season, setting) AS level,
            count(*) AS visits,
            sum(CASE WHEN primary_dx LIKE :dx THEN 1 ELSE 0 END)::INTEGER AS cases,
            count(DISTINCT admit_dt::DATE) AS days,
            max(admit_dt) - min(admit_dt) AS span,
            string_agg(DISTINCT left(primary_dx, 3), '|' ORDER BY left(primary_dx, 3)) AS seen,
            list(DISTINCT year(admit_dt) ORDER BY year(admit_dt)) AS years
        FROM base
        GROUP BY ROLLUP (season, setting)
        ORDER BY level, season, setting
        """,
        dx=dx,
        from_year=from_year,
    )
    total = seasons.loc[seasons["level"].eq(seasons["level"].max())].squeeze()
    per = seasons.loc[seasons["level"].eq(1)].copy()
    per["expected"] = total["cases"] * per["visits"] / total["visits"]
    per["o/e"] = per["cases"] / per["expected"]
    limits = per["cases"].apply(byar)
    per["limits"] = [f"{lo / e:.2f}-{hi / e:.2f}" for (lo, hi), e in zip(limits, per["expected"])]
    report.table("Observed / expected", per[["season", "visits", "cases", "expected", "o/e", "limits"]].round(2))
    report.value("cases", int(total["cases"]))
    report.value("span of the data, days", total["span"].days)
    report.text("Years seen: " + ", ".join(map(str, sorted({int(y) for ys in seasons["years"] for y in ys}))))
    order = ["winter", "spring", "summer", "autumn"]
    wide = seasons[seasons["level"] == 0].pivot(index="season", columns="setting", values="cases").loc[order]
    report.table("Cases by setting", wide)
