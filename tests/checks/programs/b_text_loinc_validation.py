# ruff: noqa  kept as it was written
"""Check LOINC codes (mod-10 check digit) and format a plain-text summary with str methods and templates."""

import re
import unicodedata
from collections import OrderedDict
from string import Template
from textwrap import dedent, indent

import pandas as pd

PARAMETERS = {"names": ["2160-0=Creatinine [Mass/volume] in Serum", "4548-4=Hæmoglobin A1c"], "width": 28}

SUMMARY = Template(
    dedent("""\
    $name
    $rule
    results:  $n
    missing:  $missing
    range:    $low – $high
""")
)


def check_digit_ok(code):
    m = re.fullmatch(r"(\d{1,7})-(\d)", code)
    if m is None:
        return False
    digits = [int(c) for c in m[1]][::-1]
    total = sum(sum(divmod(d * 2, 10)) if i % 2 == 0 else d for i, d in enumerate(digits))
    return (10 - total % 10) % 10 == int(m[2])


def ascii_fold(s):
    s = s.replace("æ", "ae").replace("ß", "ss").replace("ø", "o")
    return unicodedata.normalize("NFKD", s).encode("ascii", "ignore").decode("ascii")


def slug(s):
    return re.sub(r"[^a-z0-9]+", "_", ascii_fold(s).casefold()).strip("_")


def abbreviate(s, width):
    s = re.sub(r"\s*\[[^\]]*\]", "", s)
    s = re.sub(r"\b(in|of|the)\b\s*", "", s, flags=re.I)
    return s if len(s) <= width else s[: width - 1].rstrip() + "…"


def main(data, report, names, width):
    names = OrderedDict(item.split("=", 1) for item in names)
    codes = data.sql(
        "SELECT loinc, count(*) AS n, count(value) AS have, min(value) AS lo, max(value) AS hi FROM ehr.labs GROUP BY loinc ORDER BY loinc"
    )
    codes["valid"] = codes["loinc"].apply(check_digit_ok)
    codes["name"] = codes["loinc"].map(names).fillna("unknown")
    codes["short"] = [abbreviate(n, width) for n in codes["name"]]
    codes["slug"] = codes["name"].map(slug)
    report.table("Codes", codes[["loinc", "valid", "short", "slug", "n"]])
    assert not check_digit_ok("2160-1") and check_digit_ok("718-7")
    for r in codes.to_dict("records"):
        body = SUMMARY.safe_substitute(
            name=r["short"].upper().center(width),
            rule="=" * width,
            n=str(r["n"]).rjust(6),
            missing=f"{r['n'] - r['have']:>6d}",
            low="%.1f" % r["lo"],
            high="{hi:.1f}".format(**r),
        )
        report.text(indent(body, "  ", lambda line: not line.startswith("=")))
    words = re.findall(r"\w+", " ".join(names.values()).lower())
    report.value("distinct words", len(set(words)))
    report.value("sentence", f"{', '.join(codes['short'][:-1])} and {codes['short'].iloc[-1]}".capitalize())
    left, sep, right = codes["loinc"].iloc[0].partition("-")
    report.value("zero-padded", left.zfill(7) + sep + right)
    report.value("translated", codes["slug"].iloc[0].translate(str.maketrans("aeiou", "12345")))
