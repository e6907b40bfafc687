"""Programs for `bench_jails.py`: what clinicians' programs do with one table of stays, and the table."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

STAYS = 400_000
_READ = '    stays = data.sql("SELECT * FROM ehr.stays")\n'
_HEAD = "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd\nimport statsmodels.api as sm\n\n\n"

PROGRAMS = {
    "nothing": "def main(data, report):\n    return\n",
    "readmissions within 30 days": _HEAD
    + "def main(data, report):\n"
    + _READ
    + """    stays = stays.sort_values(["patient", "admitted"])
    stays["before"] = stays.groupby("patient").discharged.shift()
    stays["gap"] = (stays.admitted - stays.before).dt.days
    back = stays[stays.gap.between(0, 30)]
    report.step("back within 30 days", len(back))
    report.value("share", len(back) / len(stays))
    report.table("by class", back.groupby("kind").agg(n=("gap", "size"), mean=("gap", "mean")))
""",
    "by month and class, with a figure": _HEAD
    + "def main(data, report):\n"
    + _READ
    + """    stays["month"] = stays.admitted.dt.to_period("M").dt.to_timestamp()
    stays["days"] = (stays.discharged - stays.admitted).dt.days
    monthly = stays.pivot_table(index="month", columns="kind", values="days", aggfunc=["mean", "size"])
    flat = monthly["mean"].reset_index()
    report.table("days", flat)
    figure, axes = plt.subplots()
    for kind in monthly["size"].columns:
        axes.plot(monthly.index, monthly["size"][kind], label=kind)
    axes.legend()
    report.figure("stays", figure)
""",
    "a regression": _HEAD
    + "def main(data, report):\n"
    + _READ
    + """    days = (stays.discharged - stays.admitted).dt.days
    design = pd.get_dummies(stays.kind, drop_first=True, dtype=float)
    design["charge"] = np.log1p(stays.charge)
    fit = sm.OLS(days, sm.add_constant(design)).fit()
    report.value("r squared", float(fit.rsquared))
    report.table("estimates", fit.params.rename("estimate").reset_index())
""",
    "text and joins": _HEAD
    + "def main(data, report):\n"
    + _READ
    + """    stays["group"] = np.where(stays.kind.str.startswith("H"), "home", stays.kind.str.lower())
    first = stays.drop_duplicates("patient")[["patient", "admitted", "group"]]
    joined = stays.merge(first, on="patient", how="left", suffixes=("", "_first"))
    same = joined.group == joined.group_first
    report.value("same as at first", float(same.mean()))
    report.table("moves", joined[~same].groupby(["group_first", "group"]).size().reset_index(name="n"))
""",
}


def stays() -> pa.Table:
    """Six columns: two whole numbers, one with fractions, one text, two days."""
    made = np.random.default_rng(1)
    kinds = np.array(["INPATIENT", "OUTPATIENT", "EMERGENCY", "HOME VISIT", "HOSPICE"])
    admitted = made.integers(16_000, 19_000, STAYS).astype("int32")
    return pa.table(
        {
            "patient": made.integers(1, STAYS // 8, STAYS),
            "stay": np.arange(STAYS),
            "charge": made.gamma(2.0, 900.0, STAYS),
            "kind": pa.array(kinds[made.integers(0, len(kinds), STAYS)]),
            "admitted": pa.array(admitted, pa.int32()).cast(pa.date32()),
            "discharged": pa.array(admitted + made.integers(0, 30, STAYS).astype("int32"), pa.int32()).cast(
                pa.date32()
            ),
        }
    )
