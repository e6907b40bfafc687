"""Weekly admissions as a control chart with three-sigma limits."""

import math
from datetime import date, datetime, timedelta

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

PARAMETERS = {"since": "2022-01-01"}
plt.rcParams["font.size"] = 9
plt.rcParams.update({"axes.grid": True, "figure.dpi": 100})


def main(data, report, since):
    first: date = datetime.strptime(since, "%Y-%m-%d").date()
    daily = data.sql(
        """SELECT CAST(admit_dt AS DATE) AS day, count(*) AS n FROM ehr.encounters
           WHERE admit_dt >= CAST(:since AS DATE) GROUP BY 1 ORDER BY 1""",
        since=since,
    )
    daily["day"] = pd.to_datetime(daily["day"])
    weekly = daily.set_index("day")["n"].resample("W").sum()
    mean = float(weekly.mean())
    sigma = math.sqrt(mean)
    upper, lower = mean + 3 * sigma, max(0.0, mean - 3 * sigma)
    outside = weekly[(weekly > upper) | (weekly < lower)]
    fig, ax = plt.subplots()
    ax.plot(weekly.index, weekly.values)
    for y, style in ((mean, "-"), (upper, "--"), (lower, "--")):
        ax.axhline(y, linestyle=style, color="grey")
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%b %Y"))
    ax.fill_between(weekly.index, lower, upper, alpha=0.1)
    report.figure("Weekly admissions", fig)
    plt.close(fig)
    report.value("weeks outside", int(outside.size))
    report.value("first week", (first + timedelta(days=6)).isoformat())
    report.table("Weeks", weekly.reset_index().assign(day=lambda f: f["day"].dt.strftime("%Y-%m-%d")))
    report.value("largest", int(np.max(weekly)))
