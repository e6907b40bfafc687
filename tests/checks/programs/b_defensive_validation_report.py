# ruff: noqa  kept as it was written
"""Plausibility checks on stays: each a generator of findings; ExceptionGroup-free, retries, fallbacks, assertions."""

import operator as op
import traceback
from collections import namedtuple
from contextlib import suppress
from decimal import Decimal, InvalidOperation, ROUND_HALF_UP
from fractions import Fraction

import numpy as np
import pandas as pd

PARAMETERS = {"max_los": 4.0, "max_age": 88, "strict": False}

Finding = namedtuple("Finding", "check severity n share", defaults=(0, 0.0))
OPS = {"<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge, "==": op.eq}


class PlausibilityError(ValueError):
    def __init__(self, findings):
        super().__init__(f"{len(findings)} severe findings")
        self.findings = findings


def dec(x, places="0.001"):
    try:
        return Decimal(str(x)).quantize(Decimal(places), rounding=ROUND_HALF_UP)
    except InvalidOperation as exc:
        raise ValueError(f"not a number: {x!r}") from exc


def compare(df, rules):
    for spec, severity in rules:
        column, operator_, limit = spec.split()
        try:
            compare_ = OPS[operator_]
            bad = compare_(df[column], float(limit))
        except KeyError as e:
            yield Finding(f"{spec}: unknown {e.args[0]}", "config")
            continue
        except (TypeError, ValueError):
            yield Finding(f"{spec}: cannot be compared", "config")
            continue
        if bad.any():
            yield Finding(spec, severity, int(bad.sum()), float(dec(bad.mean())))


def temporal(df):
    with suppress(KeyError):
        late = df["disch_dt"] < df["admit_dt"]
        yield Finding("discharged before admitted", "severe", int(late.sum()), float(late.mean()))
    delta = (df["disch_dt"] - df["admit_dt"]) / pd.Timedelta("1D")
    off = (delta - df["los"]).abs() > 1 / 24
    yield Finding("stay does not match the dates", "warning", int(off.sum()), float(dec(off.mean())))
    dup = df.duplicated("enc_id", keep=False)
    yield Finding("duplicate encounters", "severe", n=int(dup.sum()))


def main(data, report, max_los, max_age, strict):
    df = data.sql("SELECT enc_id, pat_id, admit_dt, disch_dt, los, age_at_admit, primary_dx FROM ehr.encounters")
    rules = [
        (f"los > {max_los}", "warning"),
        (f"age_at_admit > {max_age}", "warning"),
        ("los < 0", "severe"),
        ("weight > 300", "warning"),
        ("primary_dx > 3", "warning"),
        ("los ~ 3", "warning"),
    ]
    findings = [*compare(df, rules), *temporal(df)]
    severe = [f for f in findings if f.severity == "severe" and f.n]
    report.table(
        "Findings",
        pd.DataFrame(findings, columns=Finding._fields).sort_values(["severity", "n"], ascending=[True, False]),
    )
    try:
        if severe:
            raise PlausibilityError(severe)
    except PlausibilityError as e:
        report.text("".join(traceback.format_exception_only(type(e), e)).strip())
        if strict:
            raise
    else:
        report.text("No severe findings.")
    try:
        dec("abc")
    except ValueError as e:
        report.value("self-test", f"{type(e).__name__} from {type(e.__cause__).__name__}")
    share = Fraction(int(df["primary_dx"].isna().sum()), len(df)).limit_denominator(50)
    report.value("uncoded, about", f"{share.numerator} in {share.denominator}")
    worst = max(findings, key=op.attrgetter("n"))._replace(check="worst")
    report.value(worst.check, worst.n)
