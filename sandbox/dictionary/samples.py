"""What sampled values say about a column, in words that never quote one."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

import msgspec

from .types import family

if TYPE_CHECKING:
    from .classify import Verdict
    from .rules import ColumnFacts, Rules

ENOUGH = 10  # different values, below which a shape proves nothing
LOOKED_AT = 300
FEW = 50
LONGEST_LABEL = 40
NAMES_SHARE = 0.35
SETTLED = 0.84  # a name that says more than this is not overruled by few labels


class Sampled(msgspec.Struct, frozen=True, kw_only=True):
    """Values of one column out of a sample of its table; the shapes are held against `values`, the first few.

    Never leaves the running side.
    """

    rows: int
    present: int
    distinct: int
    values: tuple[str, ...]
    all_values: frozenset[str] = frozenset()


def sampled(values: Sequence[Any]) -> Sampled:
    """Count and keep at most `LOOKED_AT` different values, as text."""
    present = [str(value) for value in values if value is not None and value != ""]
    different = dict.fromkeys(present)
    return Sampled(
        rows=len(values),
        present=len(present),
        distinct=len(different),
        values=tuple(different)[:LOOKED_AT],
        all_values=frozenset(different),
    )


def shape_evidence(rules: Rules, facts: ColumnFacts, verdict: Verdict, sample: Sampled) -> Verdict:
    """The verdict after a look at the sample: a strong shape outranks a weak name, and few labels clear an unknown.

    What is withheld already stays what it is: an e-mail address of staff is no patient's.
    """
    if family(facts.type) not in ("text", "long_text", "other", "number") or not sample.values:
        return verdict
    if verdict.given == "nothing" and verdict.column_class not in ("unknown", "free_text"):
        return verdict
    written = family(facts.type) != "number"
    shaped = _by_shape(rules, facts, sample) if written else None
    if shaped and shaped.confidence > verdict.confidence:
        return shaped
    if written and _are_names(sample) and verdict.confidence < 0.9:
        return _changed(verdict, "direct_identifier", 0.8, "many sampled values begin or end with a given name")
    if (
        _are_labels(sample)
        and verdict.confidence < SETTLED
        and verdict.column_class in ("unknown", "free_text", "plain")
    ):
        reason = f"{sample.distinct} different short values in {sample.present} sampled rows"
        return _changed(verdict, "plain", 0.74, reason)
    return verdict


def _by_shape(rules: Rules, facts: ColumnFacts, sample: Sampled) -> Verdict | None:
    for shape, pattern in rules.shapes:
        if facts.kind in shape.not_about:
            continue
        fitting = sum(bool(pattern.fullmatch(value.strip())) for value in sample.values)
        if len(sample.values) >= ENOUGH and fitting >= shape.share * len(sample.values):
            reason = f"{fitting} of {len(sample.values)} different sampled values look like {shape.name}"
            return _verdict(shape.column_class, shape.weight, reason, shape.cites)
    return None


def _are_labels(sample: Sampled) -> bool:
    """Few, short, often repeated, and without long runs of digits: a category, whatever it means."""
    short = all(len(value) <= LONGEST_LABEL and not re.search(r"\d{5}", value) for value in sample.values)
    return short and sample.distinct <= FEW and sample.present >= 20 * sample.distinct


def are_measured(sample: Sampled) -> bool:
    """Most values are short numbers, as results of a laboratory are, also where they are kept as text."""
    measured = sum(bool(re.fullmatch(r"[<>=~ ]*-?\d{1,4}([.,]\d{1,4})?", value.strip())) for value in sample.values)
    return measured > 0.5 * len(sample.values)


def _are_names(sample: Sampled) -> bool:
    if len(sample.values) < ENOUGH:
        return False
    words = [re.findall(r"[^\W\d_]+", value.lower()) for value in sample.values]
    names = sum(bool({found[0], found[-1]} & given_names()) for found in words if 1 <= len(found) <= 4)
    return names >= NAMES_SHARE * len(sample.values)


def _changed(verdict: Verdict, column_class: Any, weight: float, reason: str) -> Verdict:
    changed = _verdict(column_class, weight, reason, "")
    return msgspec.structs.replace(changed, evidence=(reason, *verdict.evidence))


def _verdict(column_class: Any, weight: float, reason: str, cites: str) -> Verdict:
    from .classify import DEFAULTS, Verdict

    told, given = DEFAULTS[column_class]
    return Verdict(column_class=column_class, told=told, given=given, rule=cites, confidence=weight, evidence=(reason,))


@functools.cache
def given_names() -> frozenset[str]:
    """Given names that are seldom anything else, from the recognisers' word lists."""
    text = (resources.files("resources") / "rules" / "phi_words.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)["first"].split())
