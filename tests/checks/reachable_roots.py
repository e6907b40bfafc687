# ruff: noqa: E501  lists read better without breaks
"""Values of the kinds that programs have: where the reachability audit starts from, beside the list of modules."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import re
import warnings
from functools import cache
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import scipy.stats as stats
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.duration.api import PHReg, SurvfuncRight


@dataclasses.dataclass
class Stay:
    """An own dataclass."""

    age: int = 1


@cache
def values() -> dict[str, Any]:
    """One value of each kind, by what it is called in findings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _plain() | _frames() | _fits() | _figures()


def _plain() -> dict[str, Any]:
    generator = (x for x in ())
    found = re.match("a", "a")
    plain = [
        "",
        b"",
        1,
        1.5,
        1j,
        [],
        (),
        {},
        set(),
        frozenset(),
        range(1),
        slice(1),
        Stay(),
        generator,
        found,
        re.compile("a"),
    ]
    plain += [
        datetime.datetime(2022, 1, 1),
        datetime.timedelta(1),
        datetime.date(2022, 1, 1),
        decimal.Decimal(1),
        {}.items(),
    ]
    return {type(value).__name__: value for value in plain} | {"exception": ValueError("x"), "function": _plain}


def _frames() -> dict[str, Any]:
    frame = pd.DataFrame({"a": [1.0, 2.0, 4.0], "g": ["x", "y", "x"], "d": pd.date_range("2022-01-01", periods=3)})
    dated = frame.set_index("d")
    column = frame["a"]
    return {
        "frame": frame, "series": column, "index": frame.index, "dates": dated.index, "groups": frame.groupby("g"),
        "group series": frame.groupby("g")["a"], "rolling": column.rolling(2), "expanding": column.expanding(),
        "ewm": column.ewm(span=2), "resampled": dated["a"].resample("D"), "str": frame["g"].str, "dt": frame["d"].dt,
        "categories": frame["g"].astype("category"), "cat": frame["g"].astype("category").cat, "loc": frame.loc,
        "iloc": frame.iloc, "at": frame.at, "array": column.array, "strings": frame["g"].array, "timestamp": frame["d"][0],
        "timedelta": frame["d"][1] - frame["d"][0], "period": pd.Period("2022-01"), "interval": pd.Interval(0, 1),
        "multi index": frame.set_index(["g", "d"]).index, "offset": pd.offsets.MonthEnd(), "na": pd.NA, "nat": pd.NaT,
        "ndarray": np.zeros(3), "dtype": np.zeros(3).dtype, "scalar": np.float64(1), "generator": np.random.default_rng(1),
        "bits": np.random.default_rng(1).bit_generator, "record": np.zeros(1, dtype=[("a", int)])[0], "datetime64": np.datetime64("2022"),
        "polynomial": np.poly1d([1, 2]), "masked": np.ma.array([1, 2]), "flat": np.zeros(3).flat, "boolean": pd.array([True, None]),
        "arrow": pd.array([1, 2], dtype="int64[pyarrow]"), "row": next(frame.itertuples()), "plot": frame.plot,
    }  # fmt: skip


def _fits() -> dict[str, Any]:
    data = pd.DataFrame({"y": np.arange(20.0) % 7, "x": np.arange(20.0), "g": list("ab") * 10, "e": [0, 1] * 10})
    exog = sm.add_constant(data[["x"]])
    logit = smf.logit("e ~ y", data=data).fit(disp=0)
    mixed = smf.mixedlm("y ~ x", data, groups=data["g"]).fit()
    ols = smf.ols("y ~ x", data=data).fit()
    return {
        "ols": ols, "ols model": ols.model, "logit": logit, "mixed": mixed, "summary": ols.summary(), "influence": ols.get_influence(),
        "prediction": ols.get_prediction(exog), "glm": sm.GLM(data["e"], exog, family=sm.families.Binomial()).fit(),
        "gee": sm.GEE(data["y"], exog, groups=data["g"]).fit(), "cox": PHReg(data["y"] + 1, data[["x"]], status=data["e"]).fit(),
        "survival": SurvfuncRight(data["y"] + 1, data["e"]), "formula data": ols.model.data, "model spec": getattr(ols.model.data, "model_spec", None),
        "t test": ols.t_test("x = 0"), "norm": stats.norm, "frozen": stats.norm(0, 1), "t result": stats.ttest_ind([1, 2, 3], [2, 3, 4.5]),
        "kde": stats.gaussian_kde([1, 2, 3.0]), "regression": stats.linregress([1, 2, 3], [2, 3, 5]), "ecdf": stats.ecdf([1, 2, 3]),
        "arima": sm.tsa.AutoReg(data["y"], 1).fit(), "table": sm.stats.Table2x2(np.array([[4, 5], [6, 7]])),
    }  # fmt: skip


def _figures() -> dict[str, Any]:
    figure, axes = plt.subplots()
    line = axes.plot([0, 1], label="a")[0]
    found = {
        "figure": figure, "axes": axes, "line": line, "bars": axes.bar([1], [2]), "legend": axes.legend(), "axis": axes.xaxis,
        "text": axes.text(0, 0, "x"), "points": axes.scatter([1], [1]), "image": axes.imshow(np.zeros((2, 2))),
        "spine": axes.spines["top"], "ticks": axes.get_xticklabels()[0], "transform": axes.transData, "map": plt.get_cmap("viridis"),
        "boxes": axes.boxplot([1, 2, 3])["boxes"][0], "errors": axes.errorbar([1], [1], yerr=[1]), "pie": plt.subplots()[1].pie([1])[0][0],
    }  # fmt: skip
    plt.close("all")
    return found
