"""The words of the review screen, out of facts: the verdict, where a flag is, what was not seen yet.

They say what is; what may be signed is decided by the engine and arrives as a fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from desktop.review.seen_lines import Missing
from desktop.words import plural, short
from sandbox.reviewing.orders.facts import Evidence, Flag
from sandbox.reviewing.orders.review import DraftRow, DraftShown, KindOffered
from sandbox.visible import visible

SEVERITY = {"refuse": "refused", "warn": "look at", "note": "note"}
TONES = {"refuse": "bad", "warn": "warn", "note": "info"}
GIVEN = {"full": "in full", "token": "as tokens", "derived": "derived (year, age, …)", "nothing": "not at all"}
AUTHORS = {"agent": "the agent", "reviewer": "you"}
_NAMED = 2
Tone = Literal["plain", "info", "good", "warn", "bad"]


class Verdict(NamedTuple):
    """What the reviewer is told first. `may_sign` is the facts' answer; `reason` why not, in words.

    `approval` is one in force, under which the draft can be run.
    """

    tone: Tone
    title: str
    detail: str
    may_sign: bool
    action: str
    reason: str = ""
    approval: str = ""


def verdict(shown: DraftShown) -> Verdict:
    """The verdict on a draft: signed, refused and why, or what is left for a person to weigh."""
    number, approval = shown.evidence.number, shown.approval
    reason, action = refusal(shown), f"Sign draft {number}…"
    if approval and not reason:
        left = open_points(shown)
        weighed = f" What was left to weigh: {sentence(left)}" if left else ""
        detail = f"Approval {approval} is on these exact bytes. You may sign again, for other terms.{weighed}"
        return Verdict("good", f"Draft {number} is signed", detail, True, "Sign again…", approval=approval)
    if reason:
        return Verdict("bad", f"Draft {number} can’t be signed as it is", reason, False, action, reason)
    left = open_points(shown)
    older = "" if shown.newest else f"There is a newer draft than {number}. "
    if left:
        return Verdict("warn", "May be signed, with open points", f"{older}{sentence(left)}", True, action)
    judge = "No check refuses it. Whether it answers the question is for you to say."
    return Verdict("good" if shown.newest else "warn", "May be signed", f"{older}{judge}", True, action)


def refusal(shown: DraftShown) -> str:
    """Why this draft may not be signed; empty when it may."""
    refused = [flag for flag in shown.evidence.flags if flag.severity == "refuse"]
    if refused:
        more = f" And {plural(len(refused) - 1, 'more refusal')}." if len(refused) > 1 else ""
        return f"{place(refused[0].line)}: {stop(visible(refused[0].reason))}{more}"
    offered = [kind for kind in shown.kinds if not kind.refused]
    return "" if offered or not shown.kinds else stop(shown.kinds[0].refused)


def newly_read(shown: DraftShown) -> int:
    """How many columns no signed or compared version read."""
    return sum(len(read.columns if read.first_use else read.new) for read in shown.reads)


def open_points(shown: DraftShown) -> list[str]:
    """What a person has to weigh, counted in words, the heaviest first."""
    evidence, new = shown.evidence, newly_read(shown)
    warnings = sum(flag.severity == "warn" and flag.rule != "expectation" for flag in unique(evidence.flags))
    wrong = sum(not one.ok for trial in evidence.trials for one in trial.expectations)
    unknown = len({code.text for code in evidence.codes if not code.where})
    counted = [
        (wrong, plural(wrong, "expectation") + " of the made-up patients not met"),
        (warnings, plural(warnings, "flag") + " to look at"),
        (len(evidence.never_run), plural(len(evidence.never_run), "line") + " never executed"),
        (unknown, plural(unknown, "code") + " not in your data dictionary"),
        (new, plural(new, "column") + " newly read"),
    ]
    return [words for number, words in counted if number]


def unique(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Each flag once, also when several trials gave rise to it."""
    return tuple(dict.fromkeys(flags))


def place(line: int) -> str:
    return f"Line {line}" if line else "Whole program"


def draft_name(row: DraftRow, last_signed: int = 0) -> str:
    """How a draft is named where one is chosen."""
    signed = ", signed" if row.approval or row.number == last_signed else ""
    handed = ", handed in" if row.submitted and not signed else ""
    return f"Draft {row.number} by {AUTHORS[row.author]}{signed}{handed}"


def not_seen(missing: Sequence[Missing]) -> str:
    """The sentence on what was not on the screen yet; empty when all was."""
    if not missing:
        return ""
    if len(missing) <= _NAMED:
        return f"You have not seen {' and '.join(map(_span, missing))} yet."
    return f"There are {len(missing)} places that you have not seen yet. The first: {_span(missing[0])}."


def _span(one: Missing) -> str:
    if one.removed:
        return f"what was taken out before line {one.first}"
    return f"line {one.first}" if one.first == one.last else f"lines {one.first}–{one.last}"


def what_is_signed(shown: DraftShown) -> str:
    """One short paragraph: exactly what the signature covers."""
    evidence = shown.evidence
    columns = sum(len(read.columns) for read in shown.reads)
    first = [read.table for read in shown.reads if read.first_use]
    sentences = [
        f"You sign draft {evidence.number}, these exact bytes ({short(evidence.sha256)}).",
        f"It reads {plural(columns, 'column')} of {plural(len(shown.reads), 'table')}.",
        f"Read for the first time: {', '.join(first)}." if first else "No table is read for the first time.",
        _patients_words(evidence, len(shown.patients)),
        _flags_words(evidence),
        *_never_run_words(evidence),
    ]
    return " ".join(sentences)


def kind_words(kind: KindOffered) -> str:
    """A kind with its meaning and, where it is not offered, why."""
    return f"{kind.meaning} {stop(kind.refused)}" if kind.refused else kind.meaning


def sentence(points: Sequence[str]) -> str:
    """A list as one sentence."""
    return f"{', '.join(points)}." if points else ""


def stop(text: str) -> str:
    """The text with a full stop, if it has none."""
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


def _patients_words(evidence: Evidence, patients: int) -> str:
    found = [one for trial in evidence.trials for one in trial.expectations]
    wrong = sum(not one.ok for one in found)
    if not patients:
        return "It has no made-up patients."
    words = plural(patients, "made-up patient")
    if not found:
        return f"{words}, not tried."
    if wrong:
        return f"{words}, {wrong} of {plural(len(found), 'expectation')} not met."
    return f"{words}, as expected." if patients == 1 else f"{words}, all as expected."


def _never_run_words(evidence: Evidence) -> list[str]:
    lines = len(evidence.never_run)
    return [f"{plural(lines, 'line')} {'was' if lines == 1 else 'were'} never executed."] if lines else []


def _flags_words(evidence: Evidence) -> str:
    warnings = sum(flag.severity == "warn" for flag in unique(evidence.flags))
    if not warnings:
        return "No flag is open."
    return f"{plural(warnings, 'flag')} to look at {'is' if warnings == 1 else 'are'} open."
