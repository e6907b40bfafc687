# ruff: noqa  kept as it was written
# fmt: off
"""Classify each encounter into a pathway with structural pattern matching; count transitions between pathways."""
from collections import Counter

import pandas as pd

PARAMETERS = {"short": 1.0, "long": 3.0}


def pathway(encounter: dict, short: float, long: float) -> str:
    match encounter:
        case {"enc_class": "OP", "disch_dt": None}:
            return "clinic, not seen"
        case {"enc_class": "OP"}:
            return "clinic"
        case {"enc_class": "IP", "primary_dx": str(code), "los": float(days)} if code.startswith("I50") and days >= long:
            return "heart failure, long"
        case {"enc_class": "IP", "primary_dx": str(code)} if code[:3] in ("I50", "I11"):
            return "heart failure"
        case {"enc_class": "IP", "primary_dx": "J18.9" | "J15.9", "los": days} if days < short:
            return "pneumonia, short"
        case {"enc_class": "IP", "primary_dx": "J18.9" | "J15.9"}:
            return "pneumonia"
        case {"enc_class": "IP", "primary_dx": None}:
            return "uncoded"
        case {"enc_class": "IP"}:
            return "other inpatient"
        case _:
            raise ValueError(f"unexpected encounter class {encounter.get('enc_class')!r}")


def band(age):
    match age:
        case int() if age < 18: return "child"
        case 18 | 19 | 20 | 21: return "young adult"
        case n if n >= 80: return "80+"
        case _: return "adult"


def main(data, report, short, long):
    e = data.sql("SELECT pat_id, admit_dt, disch_dt, primary_dx, enc_class, los, age_at_admit FROM ehr.encounters")
    report.step("encounters", e)
    e = e.astype(object).where(e.notna(), None)
    e["pathway"] = [pathway(r, short, long) for r in e.to_dict("records")]
    e["band"] = [band(a) for a in e["age_at_admit"]]

    report.table("Pathways", e.groupby("pathway").size().sort_values(ascending=False).reset_index(name="n"))
    report.table("Pathway by age", pd.crosstab(e["pathway"], e["band"]).reset_index())

    moves = Counter()
    for _, g in e.sort_values("admit_dt").groupby("pat_id"):
        seq = g["pathway"].tolist()
        moves.update(zip(seq, seq[1:]))
    top = [{"from": a, "to": b, "n": n} for (a, b), n in moves.most_common(8)]
    report.table("Transitions", pd.DataFrame(top))
    match len(top):
        case 0:
            report.text("no patient came twice")
        case 1:
            report.text("one kind of transition")
        case n:
            report.text(f"{n} most frequent of {len(moves)} transitions")
