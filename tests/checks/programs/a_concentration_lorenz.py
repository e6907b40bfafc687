# ruff: noqa  kept as it was written
# fmt: off
"""How concentrated are bed days? Lorenz curve, Gini coefficient, share of the top 5 % of patients."""
import json
import bisect
import heapq
import random
import string
from decimal import Decimal, ROUND_HALF_UP
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

PARAMETERS = {"tops": [1, 5, 10, 20, 50], "resamples": 200}


def gini(x):
    x = np.sort(np.asarray(x, dtype=float))
    n = len(x)
    return float((2 * np.arange(1, n + 1) - n - 1) @ x / (n * x.sum()))


def pretty(x, places="0.1"):
    return str(Decimal(str(x)).quantize(Decimal(places), rounding=ROUND_HALF_UP))


def main(data, report, tops, resamples):
    days = data.sql("""
        SELECT p.pat_id, coalesce(sum(e.los), 0) AS days
        FROM ehr.patients p LEFT JOIN ehr.encounters e ON e.pat_id = p.pat_id AND e.enc_class = 'IP'
        GROUP BY p.pat_id
    """)
    report.step("all patients", days)
    x = sorted(float(v) for v in days["days"])
    total = sum(x)

    rows = []
    for top in tops:
        k = max(1, round(Fraction(top, 100) * len(x)))
        rows.append({"top %": top, "patients": k, "share of days %": pretty(100 * sum(heapq.nlargest(k, x)) / total)})
    report.table("Share of bed days", pd.DataFrame(rows))

    random.seed(2022)
    boots = sorted(gini(random.choices(x, k=len(x))) for _ in range(resamples))
    low, high = boots[int(0.025 * resamples)], boots[int(0.975 * resamples) - 1]
    template = string.Template("Gini $g (95% CI $lo to $hi)")
    report.text(template.substitute(g=pretty(gini(x), "0.001"), lo=pretty(low, "0.001"), hi=pretty(high, "0.001")))
    report.value("patients without a bed day", bisect.bisect_right(x, 0.0))
    report.text(json.dumps({"n": len(x), "days": round(total, 1), "max": round(x[-1], 1)}, indent=1, sort_keys=True))

    fig, ax = plt.subplots(figsize=(4, 4))
    ax.plot(np.linspace(0, 1, len(x) + 1), np.insert(np.cumsum(x) / total, 0, 0))
    ax.plot([0, 1], [0, 1], c="k", lw=0.5)
    ax.set_xlabel("share of patients"); ax.set_ylabel("share of bed days")
    report.figure("Lorenz curve", fig)
