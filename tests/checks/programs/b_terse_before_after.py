# fmt: off
# ruff: noqa  kept as it was written
# los before/after new protocol 1.11.2022
import pandas as pd, numpy as np, matplotlib.pylab as plt
from scipy.stats import ttest_ind, mannwhitneyu as mwu, ks_2samp, fisher_exact
PARAMETERS = {"cut": "2022-11-01"}
def main(data, report, cut):
    q = """select los, admit_dt, case when admit_dt < cast(:cut as timestamp) then 'before' else 'after' end as grp, enc_class
           from ehr.encounters where los is not null and enc_class <> 'OP'"""
    df = data.sql(q, cut=cut)
    b = df[df.grp=='before'].los; a = df[df.grp=='after'].los
    report.value('n', f'{len(b)}/{len(a)}')
    report.value('t-test p', round(ttest_ind(b, a)[1], 3)); report.value('MWU p', round(mwu(b, a)[1], 3)); report.value('KS p', round(ks_2samp(b, a)[1], 3))
    tab = [[(b>3).sum(), (b<=3).sum()], [(a>3).sum(), (a<=3).sum()]]
    OR, p = fisher_exact(tab)
    report.text('OR=%.2f p=%.3f %s' % (OR, p, '*' if p<.05 else 'n.s.'))
    plt.clf()
    parts = plt.violinplot([b, a], showmedians=True, positions=[0,1])
    for pc in parts['bodies']: pc.set_facecolor('orange')
    plt.xticks([0,1], ['before','after']); plt.ylabel('LOS (d)')
    x1, x2, y = 0, 1, max(a.max(), b.max()) + .2
    plt.plot([x1,x1,x2,x2],[y,y+.1,y+.1,y],lw=1,c='k'); plt.text(.5, y+.12, f'p={p:.2f}', ha='center')
    report.figure('LOS', plt.gcf())
    try: report.value('ratio', round(a.median()/b.median(), 2))
    except: report.text('no ratio')
