"""Evidence as plain text for a terminal, and for the record.

    for line in evidence_lines(evidence): …          # as text
    for line in review_lines(evidence): …            # with a tone each, for who can show colour

Everything here may come from a model or a program, so what a terminal would obey (escape sequences,
direction marks, invisible letters) is written out as its code instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from sandbox.checks.facts import Flag
from sandbox.checks.grant import grant_text
from sandbox.visible import visible

from .diff import DiffRow, hunks
from .evidence import Evidence
from .seen import Trial

MARKS = {"same": " ", "removed": "-", "added": "+"}
SEVERITY = {"refuse": "REFUSED", "warn": "look at", "note": "note"}
Tone = Literal["", "title", "added", "removed", "refuse", "warn", "note"]


class Line(NamedTuple):
    """One line: `tone` says what it is, never more than its words say; `wrap` whether it may be broken."""

    text: str
    tone: Tone = ""
    wrap: bool = True


def review_lines(evidence: Evidence, *, whole: bool = False) -> list[Line]:
    """All of it in the order in which a reviewer decides: what it may read, what was noticed, what changed, how it
    did, and last what its author claims. `whole` shows the unchanged lines of the program as well."""
    return [
        *_heading(evidence),
        *_section("What it may read", _plain(_grant_lines(evidence))),
        *_section("Flags", _flag_lines(evidence.flags)),
        *_section(_changes_title(evidence), _diff(evidence.diff, whole=whole or not evidence.against)),
        *_section("Made-up patients", _plain(_made_up_lines(evidence))),
        *_section("Trials", _trials(evidence)),
        *_section("Parameters", _plain(f"{name} = {_json(value)}" for name, value in evidence.parameters.items())),
        *_section("Codes", _plain(_code_lines(evidence))),
        *_section(
            "What its author claims (nothing of it was checked)",
            _plain(f"{topic}: {text}" for topic, text in evidence.claims.items()),
        ),
    ]


def evidence_lines(evidence: Evidence, *, whole: bool = False) -> list[str]:
    """The same as text alone."""
    return [line.text for line in review_lines(evidence, whole=whole)]


def diff_lines(rows: tuple[DiffRow, ...], *, whole: bool = False) -> list[str]:
    """The difference with line numbers; `whole` shows unchanged lines as well."""
    return [line.text for line in _diff(rows, whole=whole)]


def trial_lines(trial: Trial, before: Trial | None = None) -> Iterator[str]:
    """What a trial showed, on one line when it ended well: attrition, values, tables, figures.

    `before` is the earlier draft's trial on the same synthetic data; what it showed otherwise is added.
    """
    earlier = _shown(before) if before else {}
    ended = "ran to its end" if trial.clean else trial.sentence
    yield f"{_trial_name(trial)}: {'; '.join([ended, *_reported(trial, earlier)])}"
    yield from (f"  {line}" for line in trial.traceback.splitlines())
    for query in trial.queries:
        if query.sentence:
            yield f"  a query was not run: {query.sentence}"


def _reported(trial: Trial, earlier: dict[str, Any]) -> Iterator[str]:
    for step in trial.steps:
        patients = f" of {_count(step.patients, 'patient')}" if step.patients >= 0 else ""
        yield f"{step.label} {_count(step.rows, 'row')}{patients}{_beside(step.label, step.rows, earlier)}"
    for label, value in trial.values.items():
        yield f"{label} = {_json(value)}{_beside(label, value, earlier)}"
    for table in trial.tables:
        yield f"table {table.label} {_count(table.rows, 'row')}"
    for label in trial.figures:
        yield f"figure {label}"


def _trials(evidence: Evidence) -> Iterator[Line]:
    for trial in evidence.trials:
        same = (one for one in evidence.trials_before if (one.seed, one.edge) == (trial.seed, trial.edge))
        first, *rest = trial_lines(trial, next(same, None))
        yield Line(first, "" if trial.clean else "warn")
        yield from (Line(text, wrap=False) for text in rest)


def _made_up_lines(evidence: Evidence) -> Iterator[str]:
    """How many are right; those that are not stand among the flags."""
    found = [one for trial in evidence.trials for one in trial.expectations]
    if not found:
        return
    patients = _count(len({one.patient for one in found}), "made-up patient")
    wrong = sum(not one.ok for one in found)
    if not wrong:
        yield f"{patients}: all {_count(len(found), 'expectation')} right"
    else:
        yield f"{patients}: {wrong} of {_count(len(found), 'expectation')} WRONG, see the flags"


def _shown(trial: Trial) -> dict[str, Any]:
    return {**{step.label: step.rows for step in trial.steps}, **trial.values}


def _beside(label: str, now: object, earlier: dict[str, Any]) -> str:
    """What the same label showed before, when it was something else."""
    return f" (before: {_json(earlier[label])})" if label in earlier and earlier[label] != now else ""


def _heading(evidence: Evidence) -> list[Line]:
    against = f", compared with {evidence.against}" if evidence.against else ", the first version"
    title = f": {visible(evidence.title)}" if evidence.title else ""
    return [
        Line(f"Draft {evidence.number}{title}", "title"),
        Line(f"by the {evidence.author}{against}"),
        Line(f"sha256 {evidence.sha256}", wrap=False),
    ]


def _grant_lines(evidence: Evidence) -> Iterator[str]:
    yield from grant_text(evidence.grant, new=evidence.new_columns if evidence.against else ())
    if evidence.dropped_columns:
        yield f"no longer: {', '.join(evidence.dropped_columns)}"
    yield from evidence.left_out


def _flag_lines(flags: tuple[Flag, ...]) -> Iterator[Line]:
    """Each flag once, also when several trials gave rise to it."""
    for flag in dict.fromkeys(flags):
        place = f"line {flag.line}" if flag.line else "whole program"
        instead = f" Instead: {flag.instead}" if flag.instead else ""
        yield Line(f"{SEVERITY[flag.severity]}, {place}: {flag.reason}{instead}", flag.severity)


def _changes_title(evidence: Evidence) -> str:
    return f"What changed since {evidence.against}" if evidence.against else "Program"


def _diff(rows: tuple[DiffRow, ...], *, whole: bool) -> Iterator[Line]:
    for number, group in enumerate((rows,) if whole else hunks(rows)):
        if number:
            yield Line("  ⋯", wrap=False)
        for row in group:
            text = f"{_number(row.old_line)} {_number(row.new_line)} {MARKS[row.kind]} {visible(row.text)}"
            yield Line(text, "" if row.kind == "same" else row.kind, wrap=False)


def _code_lines(evidence: Evidence) -> Iterator[str]:
    for code in evidence.codes:
        known = f"{code.meaning} ({code.where})" if code.meaning else code.where
        yield f"line {code.line}: {code.text}: {known or 'not in your data dictionary'}"
    for found in evidence.code_sets:
        yield f"line {found.line}: {found.words}"


def _trial_name(trial: Trial) -> str:
    return "edge cases" if trial.edge else f"synthetic data, seed {trial.seed}"


def _plain(texts: Iterable[str]) -> Iterator[Line]:
    return (Line(text) for text in texts)


def _section(title: str, lines: Iterable[Line]) -> list[Line]:
    """The lines under their title, or nothing."""
    found = [line._replace(text=f"  {visible(part)}") for line in lines for part in line.text.splitlines()]
    return [Line(""), Line(title, "title"), *found] if found else []


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing if number == 1 else f'{thing}s'}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _number(line: int) -> str:
    return f"{line:>4}" if line else "    "
