# ruff: noqa  kept as it was written
# fmt: off
"""A long report in sections: context managers for sections, plotting style and float format; text collected in a buffer."""
import io
from contextlib import contextmanager, ExitStack, suppress

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

PARAMETERS = {"lab_names": {"2160-0": "creatinine", "4548-4": "HbA1c"}}


@contextmanager
def section(report, title):
    out = io.StringIO()
    out.write(title.upper() + "\n" + "-" * len(title) + "\n")
    try:
        yield out
    finally:
        report.text(out.getvalue())


class figure_of:
    """with figure_of(report, label) as ax: ... reports and closes the figure."""

    def __init__(self, report, label, **kw):
        self.report, self.label, self.kw = report, label, kw

    def __enter__(self):
        self.fig, ax = plt.subplots(**self.kw)
        return ax

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.report.figure(self.label, self.fig)
        plt.close(self.fig)
        return False


def main(data, report, lab_names):
    labs = data.sql("SELECT pat_id, loinc, value, taken_at FROM ehr.labs ORDER BY taken_at")
    report.step("lab results", labs)

    with section(report, "Volume") as s, pd.option_context("display.float_format", "{:.1f}".format, "display.width", 120):
        print(labs.groupby("loinc")["value"].describe().rename(index=lab_names).to_string(), file=s)

    with section(report, "Outliers") as s, np.errstate(divide="ignore", invalid="ignore"):
        for loinc, g in labs.groupby("loinc"):
            v = g["value"].dropna().to_numpy()
            mad = np.median(np.abs(v - np.median(v)))
            z = 0.6745 * (v - np.median(v)) / mad
            s.write(f"{lab_names.get(loinc, loinc):<12}{(np.abs(z) > 2).sum():>6d} of {v.size:,}\n")
        with suppress(KeyError):
            s.write(lab_names["9999-9"])

    with ExitStack() as stack:
        stack.enter_context(mpl.rc_context({"font.size": 8, "axes.titlesize": "medium"}))
        axes = {k: stack.enter_context(figure_of(report, name, figsize=(4, 2.5))) for k, name in lab_names.items()}
        for loinc, ax in axes.items():
            v = labs.loc[labs["loinc"] == loinc, "value"].dropna()
            ax.hist(v, bins="auto", density=True)
            ax.set_title(f"{lab_names[loinc]} (n={len(v)})")
