# fmt: off
# ruff: noqa  kept as it was written
"""quick look: who is still in, by dx"""
import pandas as pd
PARAMETERS = {}
def main(data, report):
    d = data.sql("select * from ehr.encounters where disch_dt is null and enc_class='IP'")
    report.step("open stays", d)
    d['dx'] = d.primary_dx.str[:3]; d['m'] = d.admit_dt.dt.strftime('%Y-%m')
    t = d.groupby('dx', dropna=False).size().sort_values(ascending=False)
    print(t)
    report.table('by dx', t.to_frame('n'))
    report.table('by month', pd.crosstab(d.m, d.dx.fillna('??'), margins=True))
    report.value('n', len(d)); report.value('old', int((d.age_at_admit>80).sum()))
    report.value('mean age', round(d.age_at_admit.mean(),1))
    x = d.age_at_admit.describe().round(1)
    report.table('age', x.to_frame())
    if len(d)>20: report.text('More than 20 stays were never closed, ask coding!')
    ax = d.age_at_admit.hist(bins=10); ax.set_title('age')
    report.figure('age', ax.figure)
