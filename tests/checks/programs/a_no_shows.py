# ruff: noqa  kept as it was written
# fmt: off
# quick look at clinic no-shows. OP encounter with no end time = never roomed -> treat as DNA
import pandas as pd
import numpy as np
import warnings
warnings.filterwarnings("ignore")

PARAMETERS = {"year": 2022}

days = ["Mon","Tue","Wed","Thu","Fri","Sat","Sun"]

def main(data, report, year):
    op = data.sql("""select enc_id, pat_id, admit_dt, disch_dt, age_at_admit
                     from ehr.encounters where enc_class = 'OP' and extract(year from admit_dt) = :year""", year=year)
    report.step("clinic visits", op)
    op["dna"] = op.disch_dt.isnull()*1
    op["dow"] = [days[d] for d in op.admit_dt.dt.weekday]
    op["ampm"] = np.where(op.admit_dt.dt.hour<12,"am","pm")
    op["ageband"] = pd.cut(op.age_at_admit,[0,30,50,70,120])

    res = {}
    for v in ["dow","ampm","ageband"]:
        t = op.groupby(v, observed=True).dna.agg(["count","sum","mean"])
        t["mean"] = (t["mean"]*100).round(1)
        res[v] = t
        t = t.reset_index()
        t[v] = t[v].astype(str)
        report.table("DNA by "+v, t)

    # repeat offenders
    n = op.groupby("pat_id").dna.sum()
    report.value("patients with 1+ DNA", int((n>0).sum()))
    report.value("patients with 2+ DNA", int((n>1).sum()))
    if len(op)==0:
        report.text("nothing for "+str(year))
        return
    print(res["dow"])
    worst = res["dow"]["mean"].idxmax()
    report.text("Overall DNA rate "+str(round(op.dna.mean()*100,1))+"%, worst day "+worst)
