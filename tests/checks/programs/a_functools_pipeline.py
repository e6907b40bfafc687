# ruff: noqa  kept as it was written
# fmt: off
"""Casemix index: steps composed with functools.reduce and partial, formatting by singledispatch, weights cached."""
from functools import cached_property, lru_cache, partial, reduce, singledispatch, total_ordering
from operator import add, mul

import numpy as np
import pandas as pd

PARAMETERS = {"base": 1.0, "weights": {"I50": 1.45, "J18": 1.12, "E11": 0.81}}


@singledispatch
def show(x):
    return str(x)


@show.register
def _(x: float):
    return f"{x:.3f}"


@show.register
def _(x: pd.Series):
    return ", ".join(f"{k} {show(float(v))}" for k, v in x.items())


compose = lambda *fs: reduce(lambda f, g: lambda x: g(f(x)), fs)


@lru_cache(maxsize=None)
def age_factor(age):
    return 1.0 if age < 65 else 1.0 + 0.01 * (age - 65)


@total_ordering
class Ward:
    def __init__(self, name, frame):
        self.name, self.frame = name, frame

    @cached_property
    def cmi(self):
        return float(self.frame["weight"].mean())

    def __eq__(self, other):
        return self.cmi == other.cmi

    def __lt__(self, other):
        return self.cmi < other.cmi


def add_weight(frame, table, default):
    return frame.assign(weight=frame["dx"].map(table).fillna(default) * frame["age_at_admit"].map(age_factor))


def main(data, report, base, weights):
    prepare = compose(
        lambda d: d.dropna(subset=["los"]),
        lambda d: d.assign(dx=d["primary_dx"].str.slice(0, 3)),
        partial(add_weight, table=weights, default=base),
    )
    stays = prepare(data.sql("SELECT enc_class, primary_dx, age_at_admit, los FROM ehr.encounters"))
    report.step("weighted encounters", stays)
    wards = sorted((Ward(n, g) for n, g in stays.groupby("enc_class")), reverse=True)
    report.table("Casemix", pd.DataFrame({"class": [w.name for w in wards], "n": [show(len(w.frame)) for w in wards], "CMI": [show(w.cmi) for w in wards]}))
    total = reduce(add, (w.cmi * len(w.frame) for w in wards), 0.0)
    report.value("total weight", show(total))
    report.value("geometric mean weight", show(float(reduce(mul, stays["weight"] ** (1 / len(stays))))))
    report.text("Mean by diagnosis: " + show(stays.groupby("dx")["weight"].mean()))
    report.text(str(age_factor.cache_info().currsize > 0))
