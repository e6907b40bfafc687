# ruff: noqa  kept as it was written
"""A pipeline of pure functions with pipe and reduce; memoised lookups; singledispatch formatting of results."""

import functools
import itertools
import operator

import numpy as np
import pandas as pd

PARAMETERS = {"quantiles": [0.1, 0.5, 0.9]}


@functools.singledispatch
def fmt(x):
    return str(x)


@fmt.register
def _(x: float):
    return f"{x:.2f}"


@fmt.register(int)
@fmt.register(np.integer)
def _(x):
    return f"{x:,}"


@fmt.register(list)
@fmt.register(tuple)
def _(x):
    return " / ".join(map(fmt, x))


def pipeline(*steps):
    return functools.partial(functools.reduce, lambda value, step: step(value), steps)


def tap(f):
    @functools.wraps(f)
    def inner(frame, *args, **kwargs):
        f(frame, *args, **kwargs)
        return frame

    return inner


def where(column, op, value):
    return lambda frame: frame[op(frame[column], value)]


def derive(**columns):
    return lambda frame: frame.assign(**columns)


def main(data, report, quantiles):
    counted = itertools.count(1)

    @tap
    def step(frame, label):
        report.step(f"{next(counted)}. {label}", frame)

    run = pipeline(
        functools.partial(step, label="all"),
        where("enc_class", operator.eq, "IP"),
        lambda f: step(f, "inpatient"),
        where("age_at_admit", operator.ge, 18),
        where("los", operator.gt, 1),
        lambda f: step(f, label="adult, more than a day"),
        derive(
            decade=lambda f: f["age_at_admit"] // 10 * 10,
            rank=lambda f: f.groupby("enc_class")["los"].rank(method="average", pct=True),
        ),
    )
    out = run(data.sql("SELECT enc_id, enc_class, age_at_admit, los FROM ehr.encounters"))
    table = out.groupby("decade")["los"].quantile(quantiles).unstack().rename(columns="q{:.0%}".format)
    report.table("Quantiles by decade", table.round(2))
    cells = {"n": len(out), "mean": float(out["los"].mean()), "range": [out["los"].min(), out["los"].max()]}
    report.text("; ".join(itertools.starmap("{}: {}".format, ((k, fmt(v)) for k, v in cells.items()))))
    running = list(itertools.accumulate(out["decade"].value_counts().sort_index(), operator.add))
    report.value("running total", running)
    by_parity = {k: sum(g) for k, g in itertools.groupby(sorted(running, key=lambda n: n % 2), key=lambda n: n % 2)}
    report.value("check", sum(by_parity.values()) == sum(running))
    first, second = itertools.islice(itertools.compress(table.columns, [1, 0, 1]), 2)
    report.value("spread", round(float((table[second] - table[first]).mean()), 2))
