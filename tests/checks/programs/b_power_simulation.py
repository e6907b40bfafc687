# ruff: noqa  kept as it was written
"""Planning: sample size for a trial to shorten the stay, from observed variance; analytic and by simulation."""

import math
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import proportion_effectsize

PARAMETERS = {"reductions": [0.1, 0.25, 0.5, 1.0], "power": 0.8, "alpha": 0.05, "seed": 31337, "sims": 120}


@lru_cache(maxsize=None)
def n_per_arm(d, power, alpha):
    return math.ceil(TTestIndPower().solve_power(effect_size=d, power=power, alpha=alpha))


def simulate(x, shift, n, sims, alpha, rng):
    a = rng.choice(x, (sims, n))
    b = rng.choice(x, (sims, n)) - shift
    return (stats.ttest_ind(a, b, axis=1, equal_var=False).pvalue < alpha).mean()


def main(data, report, reductions, power, alpha, seed, sims):
    x = data.sql("SELECT los FROM ehr.encounters WHERE enc_class = 'IP' AND los IS NOT NULL ORDER BY los")[
        "los"
    ].to_numpy()
    sd, mean = x.std(ddof=1), x.mean()
    report.text("Observed: mean {:.2f}, SD {:.2f} days in {:,d} stays".format(mean, sd, len(x)))
    seeds = np.random.SeedSequence(seed).spawn(len(reductions))
    out = {}
    for r, s in zip(reductions, seeds):
        n = n_per_arm(round(r / sd, 6), power, alpha)
        sim = simulate(x, r, min(n, 2000), sims, alpha, np.random.default_rng(s))
        out[f"{r:g} d"] = dict(effect=round(r / sd, 2), per_arm=n, total=2 * n, simulated_power=round(float(sim), 2))
    report.table("Sample size", pd.DataFrame.from_dict(out, orient="index"))
    icc, m = 0.02, 20
    deff = 1 + (m - 1) * icc
    report.value("design effect for wards of 20", deff)
    p1 = float((x > 3).mean())
    es = proportion_effectsize(p1, p1 * 0.8)
    n_prop = NormalIndPower().solve_power(abs(es), power=power, alpha=alpha)
    report.value("per arm to cut long stays by a fifth", int(np.ceil(n_prop)))
    info = n_per_arm.cache_info()
    report.value("distinct effect sizes", info.currsize and len(out))
