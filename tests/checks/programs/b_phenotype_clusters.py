# ruff: noqa  kept as it was written
"""Utilisation phenotypes: PCA by SVD, k-means with silhouette by hand, 3-D scatter and radar chart."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.cluster.vq import kmeans2, whiten
from scipy.spatial.distance import cdist, pdist, squareform

PARAMETERS = {"k_max": 4, "seed": 5}

FEATURES = ["visits", "share_ip", "mean_los", "max_los", "n_dx", "labs"]


def silhouette(X, labels):
    D = squareform(pdist(X))
    out = np.zeros(len(X))
    for i in range(len(X)):
        same = (labels == labels[i]) & (np.arange(len(X)) != i)
        if not same.any():
            continue
        a = D[i, same].mean()
        b = min(D[i, labels == c].mean() for c in set(labels.tolist()) - {labels[i]})
        out[i] = (b - a) / max(a, b)
    return out.mean()


def main(data, report, k_max, seed):
    np.random.seed(seed)
    per = data.sql(
        """
        WITH s AS (
            SELECT pat_id, count(*) AS visits, avg((enc_class = 'IP')::INT) AS share_ip, avg(los) AS mean_los, max(los) AS max_los,
                   count(DISTINCT primary_dx) AS n_dx, min(admit_dt) AS first_seen
            FROM ehr.encounters GROUP BY pat_id
        ), l AS (SELECT pat_id, count(value) AS labs FROM ehr.labs GROUP BY pat_id)
        SELECT s.*, coalesce(l.labs, 0) AS labs FROM s LEFT JOIN l ON l.pat_id = s.pat_id ORDER BY first_seen
        """
    )
    X = per[FEATURES].astype(float)
    X = X.loc[:, X.std() > 0]
    Z = ((X - X.mean()) / X.std(ddof=0)).to_numpy()
    U, S, Vt = np.linalg.svd(Z, full_matrices=False)
    explained = S**2 / (S**2).sum()
    for j in range(len(Vt)):  # fix the signs
        if Vt[j, np.abs(Vt[j]).argmax()] < 0:
            Vt[j] *= -1
            U[:, j] *= -1
    scores = U * S
    report.table(
        "Loadings",
        pd.DataFrame(
            Vt[:3].T, index=X.columns, columns=[f"PC{i + 1} ({e:.0%})" for i, e in enumerate(explained[:3])]
        ).round(2),
    )

    best = (-1, None, None)
    for k in range(2, k_max + 1):
        centre, lab = kmeans2(whiten(Z), k, minit="++", seed=seed, iter=30)
        if len(np.unique(lab)) < k:
            continue
        sil = silhouette(Z, lab)
        report.value(f"silhouette k={k}", round(float(sil), 2))
        if sil > best[0]:
            best = (sil, k, lab)
    sil, k, lab = best
    per["cluster"] = pd.Series(lab, index=per.index).map(lambda c: chr(ord("A") + c))
    prof = per.groupby("cluster")[list(X.columns)].mean()
    report.table("Profiles", prof.round(2).assign(n=per["cluster"].value_counts()))
    nearest = cdist(Z, np.vstack([Z[lab == c].mean(0) for c in range(k)])).argmin(1)
    report.value("assigned to the nearest centre", round(float((nearest == lab).mean()), 2))

    fig = plt.figure(figsize=(10, 4))
    ax = fig.add_subplot(1, 2, 1, projection="3d")
    ax.scatter(*scores[:, :3].T, c=lab, cmap="tab10", depthshade=True)
    ax.view_init(elev=20, azim=35)
    ax.set_zlabel("PC3")
    radar = fig.add_subplot(122, polar=True)
    ang = np.linspace(0, 2 * np.pi, prof.shape[1], endpoint=False)
    scaled = (prof - prof.min()) / (prof.max() - prof.min()).replace(0, 1)
    for name, row in scaled.iterrows():
        radar.plot(np.append(ang, ang[0]), np.append(row.values, row.values[0]), label=name)
    radar.set_thetagrids(np.degrees(ang), prof.columns)
    radar.legend(bbox_to_anchor=(1.2, 1.1))
    report.figure("Phenotypes", fig)
