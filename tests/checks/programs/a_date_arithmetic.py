# ruff: noqa  kept as it was written
# fmt: off
"""Weekend effect and public holidays: date arithmetic with the standard library only, no pandas dates."""
import calendar
from datetime import date, datetime, time, timedelta

import pandas as pd

PARAMETERS = {"holidays": ["2022-01-01", "2022-12-25", "2022-12-26", "2023-01-01"], "fiscal_start": 4}

ONE_DAY = timedelta(days=1)


def easter(year: int) -> date:
    """Anonymous Gregorian computus."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l) // 451
    month, day = divmod(h + l - 7 * m + 114, 31)
    return date(year, month, day + 1)


def day_type(d: date, off: set) -> str:
    if d in off:
        return "holiday"
    return "weekend" if d.weekday() in (calendar.SATURDAY, calendar.SUNDAY) else "working day"


def fiscal_year(d: date, start: int) -> str:
    first = d.year if d.month >= start else d.year - 1
    return f"{first}/{(first + 1) % 100:02d}"


def main(data, report, holidays, fiscal_start):
    rows = data.sql("SELECT admit_dt, disch_dt FROM ehr.encounters WHERE disch_dt IS NOT NULL")
    off = {datetime.strptime(h, "%Y-%m-%d").date() for h in holidays}
    for y in (2022, 2023):
        off |= {easter(y) - 2 * ONE_DAY, easter(y) + ONE_DAY}

    counts, midnights, years = {}, {}, {}
    for admit, disch in rows.itertuples(index=False, name=None):
        a, b = admit.to_pydatetime(), disch.to_pydatetime()
        kind = day_type(a.date(), off)
        counts[kind] = counts.get(kind, 0) + 1
        midnights.setdefault(kind, []).append((b.date() - a.date()).days)
        fy = fiscal_year(a.date(), fiscal_start)
        years[fy] = years.get(fy, 0) + 1

    table = [{"day": k, "admissions": n, "mean midnights": round(sum(midnights[k]) / n, 2)} for k, n in sorted(counts.items())]
    report.table("Type of day", pd.DataFrame(table))
    report.table("Fiscal year", pd.DataFrame(sorted(years.items()), columns=["year", "admissions"]))
    last = calendar.monthrange(2022, 2)[1]
    noon = datetime.combine(date(2022, 2, last), time(12, 0))
    in_house = sum(a <= noon < b for a, b in zip(rows.admit_dt, rows.disch_dt))
    report.value(f"in house at {noon:%d %b %Y %H:%M}", in_house)
