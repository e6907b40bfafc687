# ruff: noqa  kept as it was written
# fmt: off
'''
Sepsis bundle (SEP-1 style): was a lactate-like marker drawn within 3 h / 6 h of arrival
for stays with pneumonia? LOINC is a parameter so it can be swapped for the local lactate code.
'''
from datetime import timedelta
from statistics import median, quantiles

import pandas as pd

PARAMETERS = {"lactate": "2160-0", "dx_prefix": "J18", "hours": [3, 6, 24, 72]}


def main(data, report, lactate, dx_prefix, hours):
    septic = data.sql("""
        SELECT pat_id, enc_id, admit_dt
        FROM ehr.encounters
        WHERE starts_with(primary_dx, :dx_prefix)
    """, dx_prefix=dx_prefix)
    report.step('suspected sepsis', septic)

    draws = data.sql("""
        SELECT pat_id, taken_at, value
        FROM ehr.labs
        WHERE loinc = :lactate
    """, cohort={"pat_id": septic.pat_id}, lactate=lactate)

    first = {}
    for row in septic.itertuples(index=False):
        times = draws.loc[(draws.pat_id == row.pat_id) & (draws.taken_at >= row.admit_dt), 'taken_at']
        first[row.enc_id] = times.min() - row.admit_dt if len(times) else None

    got = [d for d in first.values() if d is not None]
    n = len(septic)

    rows = []
    for h in hours:
        met = sum(d <= timedelta(hours=h) for d in got)
        rows.append(dict(element=f'lactate <= {h} h', met=met, eligible=n,
                         compliance='%.1f%%' % (100.0 * met / n) if n else 'n/a'))
    report.table('Bundle compliance', pd.DataFrame(rows))

    in_h = sorted(d.total_seconds() / 3600 for d in got)
    if len(in_h) > 3:
        q1, q2, q3 = quantiles(in_h, n=4)
        report.value('median hours to draw', round(median(in_h), 1))
        report.text('Hours to first draw: {:.1f} (IQR {:.1f} to {:.1f}), n = {}'.format(q2, q1, q3, len(in_h)))
    else:
        report.text('too few draws to summarise')
