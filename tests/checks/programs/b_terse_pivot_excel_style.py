# fmt: off
# ruff: noqa  kept as it was written
''' pivot like I do in excel '''
from pandas import *
from numpy import *
PARAMETERS = {"top": 3}
def main(data, report, top):
    global df
    df = data.sql('select admit_dt, enc_class, primary_dx, los, age_at_admit from ehr.encounters')
    df['yr'] = df.admit_dt.dt.year
    df['q'] = 'Q' + df.admit_dt.dt.quarter.astype(str)
    df['dx'] = df.primary_dx.fillna('?').str.split('.').str[0]
    df.loc[df.age_at_admit >= 80, 'grp'] = '80+'
    df.loc[df.age_at_admit < 80, 'grp'] = '<80'
    pt = pivot_table(df, values='los', index=['yr','q'], columns=['enc_class','grp'], aggfunc=['count', 'mean'], margins=True)
    pt.columns = ['/'.join([str(x) for x in c if x != '']) for c in pt.columns]
    report.table('pivot', pt.round(1).reset_index())
    tops = df.dx.value_counts()[:top].index
    df['dx2'] = where(df.dx.isin(tops), df.dx, 'other')
    for k in unique(df.dx2):
        sub = df[df.dx2 == k]
        report.value(k + ' mean los', round(float(mean(sub.los)), 2)); report.value(k + ' n', sub.shape[0])
    melted = melt(df, id_vars=['dx2'], value_vars=['los','age_at_admit'])
    report.table('both', melted.groupby(['dx2','variable']).value.median().unstack())
    s = '' 
    for i in range(len(tops)): s += str(i+1) + '. ' + tops[i] + '\n'
    report.text(s)
