# ruff: noqa  kept as it was written
"""One-page figure of the case mix: age pyramid, box plots, pie of classes, cumulative admissions (GridSpec)."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.gridspec import GridSpec
from matplotlib.ticker import FuncFormatter, PercentFormatter

PARAMETERS = {"title": "Case mix", "palette": ["#264653", "#2a9d8f", "#e9c46a", "#f4a261", "#e76f51"]}


def pyramid(ax, df, colours):
    bins = np.arange(20, 101, 10)
    labels = [f"{a}-{b - 1}" for a, b in zip(bins[:-1], bins[1:])]
    counts = (
        df.groupby([pd.cut(df["age_at_admit"], bins, right=False, labels=labels), "sex"], observed=False)
        .size()
        .unstack(fill_value=0)
    )
    for sign, sex, c in ((-1, "M", colours[0]), (1, "F", colours[1])):
        ax.barh(counts.index, sign * counts[sex], color=c, label=sex, height=0.9)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, pos: f"{abs(v):.0f}"))
    ax.axvline(0, c="w", lw=1)
    ax.legend(loc="lower right", title="Sex")
    return counts


def main(data, report, title, palette):
    plt.style.use("default")
    df = data.sql(
        "SELECT e.enc_id, e.age_at_admit, e.enc_class, e.los, e.admit_dt, left(e.primary_dx, 3) AS dx, p.sex FROM ehr.encounters e JOIN ehr.patients p USING (pat_id)"
    )
    df["dx"] = df["dx"].fillna("none")
    with plt.rc_context({"font.size": 8, "axes.titleweight": "bold", "axes.titlesize": 9}):
        fig = plt.figure(figsize=(10, 7))
        gs = GridSpec(2, 3, figure=fig, hspace=0.35, wspace=0.3)
        ax = fig.add_subplot(gs[:, 0])
        counts = pyramid(ax, df, palette)
        ax.set_title("A  Age and sex", loc="left")

        ax = fig.add_subplot(gs[0, 1])
        order = df.groupby("dx")["los"].median().sort_values().index.tolist()
        bp = ax.boxplot(
            [df.loc[df.dx == d, "los"].dropna() for d in order],
            tick_labels=order,
            patch_artist=True,
            medianprops={"color": "k"},
            showfliers=False,
        )
        for patch, c in zip(bp["boxes"], palette):
            patch.set_facecolor(c)
            patch.set_alpha(0.7)
        ax.set_title("B  Stay by diagnosis", loc="left")

        ax = fig.add_subplot(gs[0, 2])
        share = df["enc_class"].value_counts()
        wedges, texts, auto = ax.pie(
            share, labels=share.index, autopct="%.0f%%", startangle=90, colors=palette[2:], wedgeprops=dict(width=0.4)
        )
        _ = [t.set_color("black") for t in auto]
        ax.set_title("C  Class", loc="left")

        ax = fig.add_subplot(gs[1, 1:])
        for c, (name, g) in zip(palette, df.sort_values("admit_dt").groupby("enc_class")):
            ax.plot(g["admit_dt"], np.linspace(0, 1, len(g)), color=c, drawstyle="steps-post", label=name)
        ax.yaxis.set_major_formatter(PercentFormatter(xmax=1))
        ax.set_title("D  Accrual", loc="left")
        ax.legend()
        fig.suptitle(title, fontsize=12)
    report.figure(title, fig)
    report.table("Age and sex", counts.rename_axis(index="age").reset_index().astype({"age": str}))
    report.value("oldest band, women", int(counts["F"].iloc[-1]))
