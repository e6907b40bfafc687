# ruff: noqa  kept as it was written
# fmt: off
#*--------------------------------------------------------------------*
#| PROGRAM : LOS_MEANS                                                |
#| PURPOSE : PROC MEANS N NMISS MEAN STD MIN Q1 MEDIAN Q3 MAX BY CLASS |
#*--------------------------------------------------------------------*
import pandas as pd

PARAMETERS = {'MINAGE': 18, 'TRIM': 30.0}

# PROC FORMAT; VALUE AGEF
AGEF = {(18, 44): '18-44', (45, 64): '45-64', (65, 79): '65-79', (80, 200): '80+'}

def PUT(x, fmt):
    for (lo, hi), lab in fmt.items():
        if lo <= x <= hi:
            return lab
    return '.'

def PROC_MEANS(ds, klass, var):
    out = []
    for key, g in ds.groupby(klass, dropna=False):
        v = g[var]
        out.append({
            klass: key,
            'N': v.count(), 'NMISS': v.isna().sum(),
            'MEAN': v.mean(), 'STD': v.std(),
            'MIN': v.min(), 'Q1': v.quantile(.25), 'MEDIAN': v.median(), 'Q3': v.quantile(.75), 'MAX': v.max(),
        })
    return pd.DataFrame(out).round(2)

def main(data, report, MINAGE, TRIM):
    # DATA WORK.ADM; SET EHR.ENCOUNTERS; WHERE AGE GE &MINAGE; RUN;
    ADM = data.sql("""
        SELECT enc_id, enc_class, primary_dx, age_at_admit AS AGE, los AS LOS
          FROM ehr.encounters
         WHERE age_at_admit >= :minage
    """, minage=MINAGE)
    report.step('WORK.ADM', ADM)

    # IF LOS GT &TRIM THEN LOS = &TRIM;
    ADM.loc[ADM.LOS > TRIM, 'LOS'] = TRIM
    ADM['AGEGRP'] = ADM.AGE.apply(lambda a: PUT(a, AGEF))
    ADM['DX3'] = ADM.primary_dx.str[:3].fillna('MISSING')

    # PROC SORT DATA=ADM; BY AGEGRP DX3;
    ADM = ADM.sort_values(['AGEGRP', 'DX3'])

    # PROC MEANS DATA=ADM; CLASS ...; VAR LOS;
    for CLASSVAR in ('AGEGRP', 'DX3', 'enc_class'):
        report.table('MEANS: LOS BY ' + CLASSVAR, PROC_MEANS(ADM, CLASSVAR, 'LOS'))

    # PROC FREQ; TABLES AGEGRP*DX3 / NOROW NOCOL;
    FREQ = pd.crosstab(ADM.AGEGRP, ADM.DX3, margins=True, margins_name='Total')
    report.table('FREQ: AGEGRP*DX3', FREQ.reset_index())
    # RUN; QUIT;
