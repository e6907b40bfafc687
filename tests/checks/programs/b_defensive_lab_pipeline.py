# ruff: noqa  kept as it was written
"""Lab trends with every step guarded: custom exceptions, try/except/else/finally, fallbacks, and a log in the report."""

import math

import numpy as np
import pandas as pd

PARAMETERS = {"loinc": "2160-0", "start": "2022-01-01", "end": "2022-12-31", "min_n": 10}


class AnalysisError(Exception):
    """Base class."""


class EmptyDataError(AnalysisError):
    def __init__(self, what, n=0):
        self.what, self.n = what, n
        super().__init__(f"{what}: only {n} rows")


class SchemaError(AnalysisError, KeyError):
    pass


LOG = []


def log(level, message, *args):
    LOG.append(f"[{level:<5}] " + (message % args if args else message))


def require_columns(df, *cols):
    missing = [c for c in cols if c not in df.columns]
    if missing:
        raise SchemaError(f"missing columns: {missing}")
    return df


def safe_div(a, b, default=float("nan")):
    try:
        return a / b
    except ZeroDivisionError:
        return default


def to_float(x):
    try:
        out = float(x)
    except (TypeError, ValueError) as err:
        log("WARN", "cannot read %r: %s", x, err)
        return math.nan
    else:
        return out if math.isfinite(out) else math.nan


def slope(df):
    if len(df) < 2:
        raise EmptyDataError("slope", len(df))
    x = (df["taken_at"] - df["taken_at"].iloc[0]).dt.total_seconds().to_numpy() / 86400
    return float(np.polyfit(x, df["value"].to_numpy(dtype=float), 1)[0])


def main(data, report, loinc, start, end, min_n):
    LOG.clear()
    try:
        df = data.sql(
            "SELECT pat_id, taken_at, value FROM ehr.labs WHERE loinc = :loinc AND taken_at BETWEEN :start AND :end ORDER BY taken_at",
            loinc=loinc,
            start=start,
            end=end,
        )
        require_columns(df, "pat_id", "taken_at", "value")
        df["value"] = df["value"].apply(to_float)
        log("INFO", "%d rows, %d missing", len(df), int(df["value"].isna().sum()))
        df = df.dropna()
        if len(df) < min_n:
            raise EmptyDataError("labs", len(df))
        slopes = []
        for pid, g in df.groupby("pat_id"):
            try:
                slopes.append(slope(g))
            except EmptyDataError:
                continue
            except np.linalg.LinAlgError as e:
                log("ERROR", "fit failed: %s", type(e).__name__)
        report.value("patients with a slope", len(slopes))
        report.value("rising, share", round(safe_div(sum(s > 0 for s in slopes), len(slopes)), 3))
        try:
            report.table("No such column", df[["unit"]])
        except KeyError:
            log("INFO", "no units recorded")
    except AnalysisError as e:
        log("FATAL", str(e))
        report.text("Analysis stopped: " + str(e))
        raise
    except Exception:
        log("FATAL", "unexpected")
        raise
    finally:
        report.text("\n".join(LOG))
