# ruff: noqa  kept as it was written
# fmt: off
"""Lab value closest before admission (pre) and after discharge (post), and the paired change."""
import numpy as np
import pandas as pd
from scipy import stats

PARAMETERS = {"loinc": "4548-4", "before_days": 90, "after_days": 90}


def nearest(stays, labs, on, direction, days, name):
    left = stays.sort_values(on)
    right = labs.rename(columns={"value": name, "taken_at": name + "_at"}).sort_values(name + "_at")
    return pd.merge_asof(left, right, left_on=on, right_on=name + "_at", by="pat_id", direction=direction, tolerance=pd.Timedelta(days, "D"))


def main(data, report, loinc, before_days, after_days):
    stays = data.sql("SELECT pat_id, enc_id, admit_dt, disch_dt FROM ehr.encounters WHERE disch_dt IS NOT NULL")
    report.step("completed stays", stays)
    labs = data.sql(
        "SELECT pat_id, taken_at, value FROM ehr.labs WHERE loinc = :loinc AND value IS NOT NULL",
        loinc=loinc, cohort={"pat_id": stays["pat_id"]},
    )
    labs["taken_at"] = labs["taken_at"].astype(stays["admit_dt"].dtype)

    pre = nearest(stays, labs, "admit_dt", "backward", before_days, "pre")
    post = nearest(stays, labs, "disch_dt", "forward", after_days, "post")
    both = pre.merge(post[["enc_id", "post", "post_at"]], on="enc_id", validate="one_to_one", indicator="how")
    assert (both.pop("how") == "both").all()
    pairs = both.dropna(subset=["pre", "post"])
    report.step("stays with a pair", pairs)

    delta = pairs["post"] - pairs["pre"]
    p = stats.wilcoxon(delta).pvalue if delta.any() else np.nan
    r = np.corrcoef(pairs.pre, pairs.post)[0][1]
    report.table("Paired change", pd.DataFrame({"statistic": ["n", "mean", "sd", "median", "r pre/post", "Wilcoxon p"],
                                               "value": [len(delta), delta.mean(), delta.std(), delta.median(), r, p]}).round(3))
    lag = (pairs["admit_dt"] - pairs["pre_at"]).dt.days
    report.value("median days from pre-value to admission", float(lag.median()))
    loa = delta.mean() + np.array([-1.96, 1.96]) * delta.std(ddof=1)
    report.text("Limits of agreement: {0:.2f} to {1:.2f}".format(*loa))
