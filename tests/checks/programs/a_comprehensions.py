# ruff: noqa  kept as it was written
# fmt: off
"""Polydiagnosis: everything with comprehensions, sets and dicts, as few frames as possible."""
from collections import Counter
import pandas as pd

PARAMETERS = {"min_support": 3}

def main(data, report, min_support):
    df = data.sql("SELECT pat_id, primary_dx, enc_class, los FROM ehr.encounters")
    rows = [tuple(r) for r in df.to_numpy().tolist()]
    patients = {p for p, *_ in rows}
    dx = {p: {d[:3] for q, d, *_ in rows if q == p and isinstance(d, str)} for p in patients}
    los = {p: [l for q, _, _, l in rows if q == p] for p in patients}
    support = Counter(d for s in dx.values() for d in s)
    pairs = Counter(frozenset((a, b)) for s in dx.values() for a in s for b in s if a < b)
    rules = [
        (a, b, n, round(n / support[a], 2), round(n * len(patients) / (support[a] * support[b]), 2))
        for pair, n in pairs.items() if n >= min_support
        for a, b in [sorted(pair), sorted(pair, reverse=True)]
    ]
    report.value("patients", len(patients))
    report.table("Single diagnoses", pd.DataFrame(sorted(support.items(), key=lambda kv: (-kv[1], kv[0])), columns=["dx", "patients"]))
    report.table("Rules", pd.DataFrame(sorted(rules), columns=["if", "then", "patients", "confidence", "lift"]))
    by_size = {k: [p for p in patients if len(dx[p]) == k] for k in range(max(map(len, dx.values())) + 1)}
    report.table("LOS by number of diagnoses", pd.DataFrame([
        {"diagnoses": k, "patients": len(ps), "mean LOS": round(sum(sum(los[p]) for p in ps) / sum(len(los[p]) for p in ps), 2)}
        for k, ps in by_size.items() if ps
    ]))
    flat = [x for xs in los.values() for x in xs]
    deciles = [sorted(flat)[int(len(flat) * q / 10)] for q in range(10)]
    report.text(" | ".join(f"{i * 10}%: {d:.1f}" for i, d in enumerate(deciles)))
    everything = {c: {"n": len(v), "long": sum(x > 3 for x in v)} for c in sorted({r[2] for r in rows}) for v in [[r[3] for r in rows if r[2] == c]]}
    report.table("By class", pd.DataFrame.from_dict(everything, orient="index").reset_index(names="class"))
