# ruff: noqa  kept as it was written
# fmt: off
import os, sys
import pandas as pd, numpy as np, matplotlib.pyplot as plt
from scipy.stats import *
pd.set_option('display.max_columns', None)
pd.set_option('display.width', 200)

PARAMETERS={'code':'J18.9'}

# CAP audit for friday meeting!!
def main(data,report,code):
    df=data.sql("select * from ehr.encounters where primary_dx=:code",code=code)
    df2=data.sql("select pat_id,sex,birth_year from ehr.patients")
    df=df.merge(df2,on='pat_id')
    print(df.shape)
    df=df[df.enc_class=='IP']
    df['long']=df.los>df.los.median()
    df['old']=0
    df.loc[df.age_at_admit>=65,'old']=1
    report.step('CAP inpatients',df)
    ct=pd.crosstab(df.old,df.long); print(ct)
    report.table('old x long',ct.reset_index())
    try:
        OR,p=fisher_exact(ct)
        report.value('OR',round(OR,2)); report.value('p',round(p,3))
    except:
        report.text('fisher did not work')
    m=df[df.sex=='M'].los; f=df[df.sex=='F'].los
    if len(m)>0 and len(f)>0: report.value('t-test M vs F',round(ttest_ind(m,f)[1],3))
    else: pass
    #report.table('raw',df)
    for c in ['los','age_at_admit']:
        report.text(c+': median '+str(round(df[c].median(),1))+' IQR '+str(round(iqr(df[c]),1))+' range '+str(round(df[c].min(),1))+'-'+str(round(df[c].max(),1)))
    df.boxplot(column='los',by='sex')
    plt.suptitle(''); plt.title('CAP LOS by sex')
    report.figure('boxplot',plt.gcf())
    plt.close()
