"""Evidence as plain text for a terminal, and for the record.

    for line in evidence_lines(evidence): …

Everything here may come from a model or a program, so what a terminal would obey (escape sequences,
direction marks, invisible letters) is written out as its code instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sandbox.checks.grant import grant_text
from sandbox.visible import visible

from .diff import DiffRow, hunks
from .evidence import Evidence
from .seen import Trial

MARKS = {"same": " ", "removed": "-", "added": "+"}
SEVERITY = {"refuse": "REFUSED", "warn": "look at", "note": "note"}


def evidence_lines(evidence: Evidence) -> list[str]:
    """The whole of it in the order in which a reviewer reads: what, what it may read, flags, effects, claims."""
    return [
        *_heading(evidence),
        *_section("What it may read", _grant_lines(evidence)),
        *_section("Flags", _flag_lines(evidence)),
        *_section("Parameters", (f"{name} = {_json(value)}" for name, value in evidence.parameters.items())),
        *_section("Codes", _code_lines(evidence)),
        *(line for trial in evidence.trials for line in _section(_trial_name(trial), _trial_beside(trial, evidence))),
        *_section("What its author claims", (f"{topic}: {text}" for topic, text in evidence.claims.items())),
    ]


def diff_lines(rows: tuple[DiffRow, ...], *, whole: bool = False) -> list[str]:
    """The difference with line numbers; `whole` shows unchanged lines as well."""
    groups = (rows,) if whole else hunks(rows)
    lines: list[str] = []
    for group in groups:
        lines += ["  ⋯"] if lines else []
        lines += [
            f"{_number(row.old_line)} {_number(row.new_line)} {MARKS[row.kind]} {visible(row.text)}" for row in group
        ]
    return lines


def trial_lines(trial: Trial, before: Trial | None = None) -> Iterator[str]:
    """What a trial showed: how it ended, attrition, values, tables, and the made-up patients.

    `before` is the earlier draft's trial on the same synthetic data; what it showed otherwise is added.
    """
    earlier = _shown(before) if before else {}
    yield "ran to its end" if trial.clean else trial.sentence
    yield from trial.traceback.splitlines()
    for step in trial.steps:
        patients = f", {step.patients:,} patients" if step.patients >= 0 else ""
        yield f"step {step.label}: {step.rows:,} rows{patients}{_beside(step.label, step.rows, earlier)}"
    for label, value in trial.values.items():
        yield f"{label} = {_json(value)}{_beside(label, value, earlier)}"
    for table in trial.tables:
        yield f"table {table.label}: {table.rows:,} rows of {', '.join(column.name for column in table.columns)}"
    for label in trial.figures:
        yield f"figure {label}"
    for query in trial.queries:
        if query.sentence:
            yield f"a query was not run: {query.sentence}"
    for one in trial.expectations:
        says = "right" if one.ok else f"WRONG, got {_json(one.got)} {one.sentence}".rstrip()
        yield f"{one.patient}: {one.label} should be {_json(one.expected)}: {says}"


def _trial_beside(trial: Trial, evidence: Evidence) -> Iterator[str]:
    same = (one for one in evidence.trials_before if (one.seed, one.edge) == (trial.seed, trial.edge))
    return trial_lines(trial, next(same, None))


def _shown(trial: Trial) -> dict[str, Any]:
    return {**{step.label: step.rows for step in trial.steps}, **trial.values}


def _beside(label: str, now: object, earlier: dict[str, Any]) -> str:
    """What the same label showed before, when it was something else."""
    return f"  (before: {_json(earlier[label])})" if label in earlier and earlier[label] != now else ""


def _heading(evidence: Evidence) -> list[str]:
    against = f", compared with {evidence.against}" if evidence.against else ", the first version"
    title = f": {visible(evidence.title)}" if evidence.title else ""
    return [
        f"Draft {evidence.number}{title}",
        f"by the {evidence.author}{against}",
        f"sha256 {evidence.sha256}",
    ]


def _grant_lines(evidence: Evidence) -> Iterator[str]:
    yield from grant_text(evidence.grant, new=evidence.new_columns if evidence.against else ())
    if evidence.dropped_columns:
        yield f"no longer: {', '.join(evidence.dropped_columns)}"


def _flag_lines(evidence: Evidence) -> Iterator[str]:
    for flag in evidence.flags:
        place = f"line {flag.line}" if flag.line else "whole program"
        instead = f" Instead: {flag.instead}" if flag.instead else ""
        yield f"{SEVERITY[flag.severity]}, {place}: {flag.reason}{instead}"


def _code_lines(evidence: Evidence) -> Iterator[str]:
    for code in evidence.codes:
        known = f"{code.meaning} ({code.where})" if code.meaning else code.where
        yield f"line {code.line}: {code.text}: {known or 'not in your data dictionary'}"


def _trial_name(trial: Trial) -> str:
    return f"Trial on {'edge cases' if trial.edge else 'synthetic data'}, seed {trial.seed}"


def _section(title: str, lines: Any) -> list[str]:
    found = [f"  {visible(line)}" for text in lines for line in text.splitlines()]
    return ["", title, *found] if found else []


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _number(line: int) -> str:
    return f"{line:>4}" if line else "    "
