"""Trials in the few words that the agent gets back: short JSON, the first run in full, then what differs.

Everything in a trial is synthetic or made up. Tokens are random 64-bit numbers; they are written `<key>`, because
they say nothing and would look like somebody's record number.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from sandbox.review import Trial

LIMIT = 6000
_TOKEN = re.compile(r"(?<![\w.])-?\d{15,20}(?!\w)")
_TRACE_LINES = 12


def trials_text(number: int, trials: tuple[Trial, ...], *, may_submit: bool) -> str:
    """What `run_draft` answers."""
    first, *others = trials
    told: dict[str, Any] = {
        "draft": number,
        "may_submit": may_submit,
        "made_up_patients": [_expectation(one) for trial in trials for one in trial.expectations],
        "runs": [_run(first), *(_brief(trial, first) for trial in others)],
        "lines_never_run": _never_run(trials),
    }
    return short(_TOKEN.sub("<key>", msgspec.json.encode(told).decode()))


def short(text: str) -> str:
    """At most `LIMIT` characters; says how much was cut."""
    if len(text) <= LIMIT:
        return text
    return f"{text[:LIMIT]} … [{len(text) - LIMIT} more characters cut]"


def _run(trial: Trial) -> dict[str, Any]:
    return {
        **_how(trial),
        "queries": [query.sentence or f"{query.rows} rows" for query in trial.queries],
        "steps": {step.label: _step(step.rows, step.patients) for step in trial.steps},
        "values": trial.values,
        "tables": [_table(table) for table in trial.tables],
        "figures": trial.figures,
    }


def _brief(trial: Trial, first: Trial) -> dict[str, Any]:
    steps = {step.label: step.rows for step in trial.steps}
    told = {**_how(trial), "values": trial.values, "steps": steps}
    changed = {table.label: table.rows for table in trial.tables}
    if changed != {table.label: table.rows for table in first.tables}:
        told["table_rows"] = changed
    return told


def _how(trial: Trial) -> dict[str, Any]:
    name = "edge case" if trial.edge else f"seed {trial.seed}"
    if trial.clean:
        return {"run": name, "clean": True}
    trace = "\n".join(trial.traceback.splitlines()[-_TRACE_LINES:])
    return {"run": name, "clean": False, "problem": trial.sentence, "line": trial.line, "traceback": trace}


def _step(rows: int, patients: int) -> str:
    return f"{rows} rows" if patients < 0 else f"{rows} rows, {patients} patients"


def _table(table: Any) -> dict[str, Any]:
    return {
        "label": table.label,
        "rows": table.rows,
        "columns": {
            column.name: f"{column.type}, {column.nulls} null" if column.nulls else column.type
            for column in table.columns
        },
        "first_rows": [list(row) for row in table.head[:4]],
    }


def _expectation(one: Any) -> dict[str, Any]:
    if one.ok:
        return {"patient": one.patient, "label": one.label, "holds": True}
    return {
        "patient": one.patient,
        "label": one.label,
        "holds": False,
        "expected": one.expected,
        "got": one.got,
        "why": one.sentence,
    }


def _never_run(trials: tuple[Trial, ...]) -> list[int]:
    ran = {line for trial in trials for line in trial.lines_run}
    return sorted({line for trial in trials for line in trial.lines_never} - ran)
