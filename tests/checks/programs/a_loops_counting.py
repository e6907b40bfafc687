# ruff: noqa  kept as it was written
# Frequent attenders.  Old fashioned loops because I want to see every step.
import pandas as pd

PARAMETERS = {"from_date": "2022-01-01", "to_date": "2022-12-31", "limit": 3}


def main(data, report, from_date, to_date, limit):
    result = data.sql(
        "SELECT pat_id, enc_class, primary_dx FROM ehr.encounters WHERE admit_dt >= :from_date AND admit_dt <= :to_date",
        from_date=from_date,
        to_date=to_date,
    )
    report.step("encounters in the period", result)

    # count the visits per patient
    visits = {}
    dx_of = {}
    for i in range(0, len(result)):
        pid = result["pat_id"].iloc[i]
        if pid in visits:
            visits[pid] = visits[pid] + 1
        else:
            visits[pid] = 1
        code = result["primary_dx"].iloc[i]
        if pid not in dx_of:
            dx_of[pid] = []
        if not pd.isnull(code):
            dx_of[pid].append(code)

    # histogram
    hist = {}
    for pid in visits:
        n = visits[pid]
        try:
            hist[n] += 1
        except KeyError:
            hist[n] = 1

    numbers = list(hist.keys())
    numbers.sort()
    lines = []
    cumulative = 0
    for n in numbers:
        cumulative += hist[n]
        lines.append([n, hist[n], round(100 * cumulative / len(visits), 1)])
    report.table("Visits per patient", pd.DataFrame(lines, columns=["visits", "patients", "cumulative %"]))

    # who are the frequent ones and what do they come with?
    frequent = []
    for pid, n in visits.items():
        if n >= limit:
            frequent.append(pid)
    reasons = {}
    k = 0
    while k < len(frequent):
        for code in dx_of[frequent[k]]:
            reasons[code] = reasons.get(code, 0) + 1
        k += 1
    report.value("frequent attenders", len(frequent))
    if len(reasons) > 0:
        top = sorted(reasons.items(), key=lambda item: item[1], reverse=True)
        text = ""
        for code, n in top:
            text += "%s: %d; " % (code, n)
        report.text(text.rstrip("; "))
    else:
        report.text("no reasons")
