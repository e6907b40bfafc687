# ruff: noqa  kept as it was written
"""Normalise ICD codes (dots, case, spaces, trailing letters), classify by range, report what could not be read."""

import re
from bisect import bisect_right
from string import ascii_uppercase

import pandas as pd

PARAMETERS = {"min_count": 5}

ICD = re.compile(r"^\s*(?P<letter>[A-TV-Z])\s*(?P<num>\d[0-9AB])\.?(?P<sub>[0-9A-Z]{0,4})\s*$", re.IGNORECASE)
CHAPTER_STARTS = [
    "A00",
    "C00",
    "D50",
    "E00",
    "F01",
    "G00",
    "H00",
    "H60",
    "I00",
    "J00",
    "K00",
    "L00",
    "M00",
    "N00",
    "O00",
    "P00",
    "Q00",
    "R00",
    "S00",
    "V00",
    "Z00",
]
ROMAN = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI".split()
NAMES = {
    "IV": "Endocrine",
    "IX": "Circulatory",
    "X": "Respiratory",
}


def normalise(raw):
    if raw is None or raw != raw:
        return None
    if not (m := ICD.match(str(raw).strip().upper().replace(" ", ""))):
        return None
    letter, num, sub = m.group("letter", "num", "sub")
    return f"{letter}{num}" + (f".{sub}" if sub else "")


def chapter(code):
    i = bisect_right(CHAPTER_STARTS, code[:3]) - 1
    return ROMAN[i] if i >= 0 else "?"


def mangle(code):
    """The ways codes arrive from the other systems; used as a self-test."""
    return [code.lower(), code.replace(".", ""), f" {code} ", code[:1] + " " + code[1:]]


def main(data, report, min_count):
    for good in ("I50.21", "j189", "E 11.9", "s72.001a"):
        assert normalise(good), good
    for bad in ("", "U07", "123", None, "I5", float("nan")):
        assert normalise(bad) is None, bad

    df = data.sql(
        "SELECT primary_dx, count(*) AS n FROM ehr.encounters GROUP BY primary_dx ORDER BY n DESC, primary_dx"
    )
    df["code"] = df["primary_dx"].map(normalise)
    unread = df[df["code"].isna()]
    report.value("stays without a readable code", int(unread["n"].sum()))
    df = df.dropna(subset="code")
    assert all(normalise(v) == c for c in df["code"] for v in mangle(c))

    df = df.assign(
        category=df["code"].str.slice(0, 3),
        letter=df["code"].str[0],
        specific=df["code"].str.extract(r"\.(\w+)$", expand=False).str.len().fillna(0).astype(int),
        chapter=df["code"].map(chapter),
    )
    df["chapter name"] = df["chapter"].map(NAMES).fillna("chapter " + df["chapter"])
    assert set(df["letter"]) <= set(ascii_uppercase)
    report.table("By chapter", df.groupby(["chapter", "chapter name"], as_index=False)["n"].sum())
    report.table(
        "By category",
        df.groupby("category")["n"].agg(["sum", "size"]).query("sum >= @min_count").rename(columns={"size": "codes"}),
    )
    meaning = data.sql("SELECT code, meaning FROM ehr.codes")
    meaning["key"] = meaning["code"].str.replace(".", "", regex=False)
    named = df.assign(key=df["code"].str.replace(".", "")).merge(meaning[["key", "meaning"]], how="left")
    report.value("codes without a meaning in the dictionary", int(named["meaning"].isna().sum()))
    top = named.nlargest(3, "n")
    report.text(
        "; ".join(f"{r.code} ({r.meaning if isinstance(r.meaning, str) else 'unnamed'})" for r in top.itertuples())
    )
