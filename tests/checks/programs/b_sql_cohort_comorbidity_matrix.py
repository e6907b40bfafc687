# ruff: noqa  kept as it was written
"""Which diagnoses occur in the same patients? Self-join in SQL, Jaccard in numpy, dendrogram with scipy."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import dendrogram, linkage
from scipy.spatial.distance import squareform

PARAMETERS = {"min_patients": 2}


def main(data, report, min_patients):
    pairs = data.sql(
        """
        WITH dx AS (
            SELECT DISTINCT pat_id, CASE WHEN primary_dx LIKE 'I50%' THEN primary_dx ELSE left(primary_dx, 3) END AS code
            FROM ehr.encounters WHERE primary_dx IS NOT NULL
        ), size AS (
            SELECT code, count(DISTINCT pat_id) AS n FROM dx GROUP BY code HAVING count(DISTINCT pat_id) >= :min_patients
        )
        SELECT a.code AS a, b.code AS b, count(*) AS both_n, any_value(sa.n) AS na, any_value(sb.n) AS nb,
               count(*)::DOUBLE / (any_value(sa.n) + any_value(sb.n) - count(*)) AS jaccard
        FROM dx a
        JOIN dx b ON a.pat_id = b.pat_id
        JOIN size sa ON sa.code = a.code
        JOIN size sb ON sb.code = b.code
        GROUP BY a.code, b.code
        ORDER BY a.code, b.code
        """,
        min_patients=min_patients,
    )
    m = pairs.pivot(index="a", columns="b", values="jaccard").fillna(0.0)
    codes = list(m.index)
    sim = m.loc[codes, codes].to_numpy(copy=True)
    assert np.allclose(sim, sim.T)
    np.fill_diagonal(sim, 1.0)
    dist = squareform(1.0 - sim, checks=False)
    tree = linkage(dist, method="average", optimal_ordering=True)

    fig = Figure(figsize=(8, 4))
    left, right = fig.subplots(1, 2)
    leaves = dendrogram(tree, labels=codes, orientation="left", ax=left, color_threshold=0)["leaves"]
    ordered = sim[np.ix_(leaves, leaves)]
    right.matshow(ordered, cmap="YlGnBu", vmin=0, vmax=1)
    right.set_xticks(range(len(codes)), [codes[i] for i in leaves], rotation=90)
    right.set_yticks(range(len(codes)), [codes[i] for i in leaves])
    for i in range(len(codes)):
        for j in range(i):
            right.annotate(f"{ordered[i, j]:.2f}".lstrip("0"), (j, i), ha="center", va="center", fontsize=7)
    report.figure("Co-occurrence", fig)
    off = pairs[pairs["a"] < pairs["b"]].nlargest(5, "jaccard")
    report.table("Closest pairs", off.assign(jaccard=off["jaccard"].round(3)).reset_index(drop=True))
    report.value("codes", len(codes))
