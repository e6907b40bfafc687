# ruff: noqa  kept as it was written
"""Markov chain of visit types: transition matrix, stationary distribution (eigenvector), expected visits, chord-like figure."""

import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from matplotlib.patches import Circle, FancyArrowPatch
from scipy import linalg, stats

PARAMETERS = {"pseudo": 0.5}


def main(data, report, pseudo):
    seq = data.sql(
        """
        SELECT state, coalesce(next_state, 'END') AS next_state, count(*) AS n
        FROM (
            SELECT enc_class || '/' || coalesce(left(primary_dx, 1), '-') AS state,
                   lead(enc_class || '/' || coalesce(left(primary_dx, 1), '-')) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS next_state
            FROM ehr.encounters
        )
        GROUP BY 1, 2 ORDER BY 1, 2
        """
    )
    counts = seq.pivot(index="state", columns="next_state", values="n").fillna(0)
    states = counts.index.to_list()
    counts = counts.reindex(columns=states + ["END"], fill_value=0)
    live = counts[states].to_numpy() + pseudo
    P = live / live.sum(axis=1, keepdims=True)
    report.table("Transition probabilities", pd.DataFrame(P, index=states, columns=states).round(3))

    w, v = linalg.eig(P.T)
    k = int(np.argmin(np.abs(w - 1)))
    pi = np.real(v[:, k])
    pi /= pi.sum()
    assert np.allclose(pi @ P, pi)
    by_power = np.linalg.matrix_power(P, 200)[0]
    assert np.allclose(by_power, pi, atol=1e-6)
    report.table("Stationary", pd.Series(pi, index=states, name="share").round(3).to_frame())

    Q = counts[states].to_numpy() / counts.to_numpy().sum(axis=1, keepdims=True)
    N = np.linalg.inv(np.eye(len(states)) - Q)
    report.value("expected further visits", round(float(N.sum(axis=1).mean()), 2))
    chi2, p, dof, _ = stats.chi2_contingency(live)
    report.value("independence chi2 per df", round(float(chi2 / dof), 2))

    th = np.linspace(0, 2 * np.pi, len(states), endpoint=False)
    xy = np.c_[np.cos(th), np.sin(th)]
    fig, ax = plt.subplots(figsize=(5, 5), subplot_kw=dict(aspect="equal", xlim=(-1.5, 1.5), ylim=(-1.5, 1.5)))
    ax.set_axis_off()
    for i, j in np.argwhere(P > 1.5 / len(states)):
        if i != j:
            ax.add_patch(
                FancyArrowPatch(
                    xy[i],
                    xy[j],
                    connectionstyle="arc3,rad=0.2",
                    arrowstyle="->",
                    mutation_scale=10,
                    lw=4 * P[i, j],
                    alpha=0.5,
                    shrinkA=12,
                    shrinkB=12,
                )
            )
    for (x, y), s, share in zip(xy, states, pi):
        ax.add_patch(Circle((x, y), 0.05 + 0.5 * share, color="#ffd28a", zorder=2))
        ax.text(x * 1.3, y * 1.3, s, ha="center", va="center", fontsize=8)
    report.figure("Transitions", fig)
