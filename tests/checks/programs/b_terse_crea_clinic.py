# fmt: off
# ruff: noqa  kept as it was written
# crea > limit after discharge, my patients
import pandas as pd, numpy as np
import matplotlib.pyplot as plt
PARAMETERS = {"limit": 5.5, "win": 30}
def main(data, report, limit, win):
    e = data.sql("SELECT pat_id, enc_id, disch_dt FROM ehr.encounters WHERE disch_dt IS NOT NULL")
    l = data.sql("SELECT pat_id, value, taken_at FROM ehr.labs WHERE value IS NOT NULL", cohort={"pat_id": e.pat_id})
    m = e.merge(l, on='pat_id')
    m['dt'] = (m.taken_at - m.disch_dt).dt.days
    m = m[(m.dt >= 0) & (m.dt <= win)]
    report.step('labs within %d d' % win, m)
    hi = m.groupby('enc_id').value.max() > limit
    report.value('pct high', round(hi.mean()*100, 1))
    w = m.dt // 7
    g = m.groupby(w).value.agg(['mean','std','count'])
    g['sem'] = g['std'] / g['count']**.5
    report.table('by week', g.round(2))
    plt.figure(); plt.errorbar(g.index, g['mean'], yerr=g['sem'], fmt='ko-', capsize=3)
    plt.axhline(limit, c='r', ls='--'); plt.xlabel('week'); plt.ylabel('crea'); plt.title('after discharge')
    plt.xticks(list(g.index))
    report.figure('crea', plt.gcf())
    for lim in np.arange(4, 7, .5): report.value(f'n > {lim}', int((m.groupby('enc_id').value.max() > lim).sum()))
