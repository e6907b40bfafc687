# ruff: noqa  kept as it was written
# fmt: off
"""
Propensity score matching
=========================
Exposure : primary diagnosis of heart failure (vs. pneumonia)
Outcome  : length of stay in days
Method   : logistic propensity score -> greedy 1:1 nearest neighbour without replacement within a caliper
           of 0.2 SD of the logit -> paired t test and standardised differences before/after.
"""
import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from scipy.special import logit

PARAMETERS = {"caliper_sd": 0.2, "seed": 20220101}


def smd(x, z):
    a, b = x[z == 1], x[z == 0]
    pooled = np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    return (a.mean() - b.mean()) / pooled if pooled > 0 else 0.0


def greedy_match(lp, z, caliper, rng):
    treated = np.flatnonzero(z == 1)
    controls = set(np.flatnonzero(z == 0).tolist())
    rng.shuffle(treated)
    pairs = []
    for i in treated:
        if not controls:
            break
        j = min(controls, key=lambda c: (abs(lp[c] - lp[i]), c))
        if abs(lp[j] - lp[i]) <= caliper:
            pairs.append((i, j))
            controls.discard(j)
    return np.array(pairs, dtype=int).reshape(-1, 2)


def main(data, report, caliper_sd, seed):
    df = data.sql("""
        SELECT e.los, e.age_at_admit AS age, (p.sex = 'F')::INT AS female, hour(e.admit_dt) AS hr,
               CASE WHEN e.primary_dx LIKE 'I50%' THEN 1 ELSE 0 END AS hf
        FROM ehr.encounters e JOIN ehr.patients p USING (pat_id)
        WHERE e.primary_dx LIKE 'I50%' OR e.primary_dx LIKE 'J18%'
        ORDER BY e.admit_dt
    """)
    report.step("heart failure or pneumonia", df)
    df = df.dropna().reset_index(drop=True)
    X = ["age", "female", "hr"]
    ps = sm.Logit(df["hf"], sm.add_constant(df[X].astype(float))).fit(disp=0).predict()
    lp = logit(ps)
    pairs = greedy_match(lp, df["hf"].values, caliper_sd * lp.std(), np.random.default_rng(seed))
    report.value("matched pairs", len(pairs))
    matched = df.iloc[pairs.ravel()]
    report.step("matched sample", matched)

    balance = pd.DataFrame({"covariate": X,
                            "SMD before": [smd(df[x], df.hf) for x in X],
                            "SMD after": [smd(matched[x], matched.hf) for x in X]})
    report.table("Balance", balance.round(3))
    diff = df["los"].values[pairs[:, 0]] - df["los"].values[pairs[:, 1]]
    t, p = stats.ttest_1samp(diff, 0)
    report.text(f"Mean difference {diff.mean():+.2f} days (SE {stats.sem(diff):.2f}), t = {t:.2f}, p = {p:.3f}")
