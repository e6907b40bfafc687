# ruff: noqa  kept as it was written
"""Attrition with a chainable cohort object: each criterion leaves a trace that is shown as a flow diagram."""

import pandas as pd
import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

PARAMETERS = {"min_age": 18, "max_age": 89, "min_los": 1.0}


class Cohort:
    __slots__ = ("frame", "trail", "_name")

    def __init__(self, frame, name="cohort", trail=()):
        self.frame = frame
        self._name = name
        self.trail = tuple(trail) or ((name, len(frame), frame["pat_id"].nunique()),)

    def __len__(self):
        return len(self.frame)

    def __iter__(self):
        yield from self.trail

    def __contains__(self, label):
        return any(label == l for l, *_ in self.trail)

    def __getitem__(self, i):
        return self.trail[i]

    def __bool__(self):
        return not self.frame.empty

    def __sub__(self, other):
        kept = self.frame[~self.frame["enc_id"].isin(other.frame["enc_id"])]
        return Cohort(kept, self._name, self.trail + ((f"minus {other._name}", len(kept), kept["pat_id"].nunique()),))

    def __and__(self, other):
        kept = self.frame[self.frame["enc_id"].isin(other.frame["enc_id"])]
        return Cohort(kept, self._name, [*self.trail, (f"and {other._name}", len(kept), kept["pat_id"].nunique())])

    def keep(self, label, test):
        mask = test(self.frame) if callable(test) else self.frame.eval(test)
        kept = self.frame.loc[mask.astype(bool)]
        return type(self)(kept, self._name, (*self.trail, (label, len(kept), kept.pat_id.nunique())))

    @classmethod
    def from_frame(cls, frame, name):
        return cls(frame.drop_duplicates("enc_id"), name)

    @staticmethod
    def nrows(*cohorts):
        return sum(len(c) for c in cohorts)

    @property
    def patients(self):
        return self.frame["pat_id"].nunique()


def draw(cohort):
    steps = list(cohort)
    fig, ax = plt.subplots(figsize=(5, 1.1 * len(steps)))
    ax.set_xlim(0, 1)
    ax.set_ylim(-len(steps) + 0.4, 0.6)
    ax.axis("off")
    for i, (label, rows, pats) in enumerate(steps):
        ax.add_patch(FancyBboxPatch((0.15, -i - 0.25), 0.7, 0.5, boxstyle="round,pad=0.02", fc="#eef3f8", ec="#44617b"))
        ax.text(0.5, -i, f"{label}\n{rows:,} stays, {pats:,} patients", ha="center", va="center", fontsize=8)
        if i:
            ax.annotate(
                "", xy=(0.5, -i + 0.28), xytext=(0.5, -i + 0.72), arrowprops=dict(arrowstyle="-|>", color="#44617b")
            )
    return fig


def main(data, report, min_age, max_age, min_los):
    everyone = Cohort.from_frame(
        data.sql("SELECT pat_id, enc_id, enc_class, primary_dx, age_at_admit, los FROM ehr.encounters"), "all stays"
    )
    clinic = Cohort(everyone.frame.query("enc_class == 'OP'"), "clinic visits")
    c = (
        (everyone - clinic)
        .keep(f"age {min_age} to {max_age}", lambda f: f.age_at_admit.between(min_age, max_age))
        .keep("coded", lambda f: f.primary_dx.notna())
        .keep(f"at least {min_los:g} days", f"los >= {min_los}")
    )
    if not c:
        report.text("Nobody is left.")
        return
    for label, rows, patients in c:
        report.value(f"{label}: stays", rows)
    report.step("final", c.frame)
    report.value("coded" in c and "has the coding criterion" or "no coding criterion", Cohort.nrows(c, clinic))
    report.value("patients in the end", c.patients)
    report.table("Trail", pd.DataFrame(iter(c), columns=["criterion", "stays", "patients"]))
    report.figure("Flow", draw(c))
