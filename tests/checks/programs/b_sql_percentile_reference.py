# ruff: noqa  kept as it was written
"""Reference intervals by test and age band (2.5-97.5 percentile), outlier share by Tukey's fences, in SQL."""

PARAMETERS = {"min_n": 20, "k": 1.5}


def main(data, report, min_n, k):
    ref = data.sql(
        """
        with v as (
          select l.loinc, l.value, e.age_at_admit,
                 case when e.age_at_admit < 40 then '1: <40'
                      when e.age_at_admit < 65 then '2: 40-64'
                      else '3: 65+' end as band
          from ehr.labs l join ehr.encounters e using (enc_id)
          where l.value is not null and l.value >= 0
        ), q as (
          select loinc, band, count(*) as n,
                 quantile_cont(value, 0.025) as p2_5, quantile_cont(value, 0.25) as q1, median(value) as p50,
                 quantile_cont(value, 0.75) as q3, quantile_cont(value, 0.975) as p97_5,
                 q3 - q1 as iqr, mad(value) as mad, skewness(value) as skew, kurtosis(value) as kurt, entropy(round(value)) as bits
          from v group by loinc, band having count(*) >= :min_n
        )
        select q.*, (select count(*) from v where v.loinc = q.loinc and v.band = q.band
                      and (v.value < q.q1 - :k * q.iqr or v.value > q.q3 + :k * q.iqr)) as outliers
        from q order by loinc, band
    """,
        min_n=min_n,
        k=k,
    )
    ref.columns = ref.columns.str.lower()
    report.table("Reference intervals", ref.round(2))
    report.value("strata", len(ref))
    report.value("outliers", int(ref.outliers.sum()))
    for loinc, g in ref.groupby("loinc"):
        lo, hi = g.p2_5.min(), g.p97_5.max()
        report.text(
            f"{loinc}: overall {lo:.1f} to {hi:.1f}, widest band {g.set_index('band').eval('p97_5 - p2_5').idxmax()[3:]}"
        )
