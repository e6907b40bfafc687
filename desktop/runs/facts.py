"""What the screen *Runs* shows, ready to be shown: words, and which actions there are. No Qt in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from desktop.words import plural
from sandbox.reviewing.orders.runs import Result, ResultKind, StepShown
from sandbox.visible import visible

Tone = Literal["info", "good", "warn", "bad"]
Action = Literal["run", "results", "review", "settings", "report", "records"]
LIVE = "live"  # the id of the run that goes on, in the list


@dataclass(frozen=True)
class RunItem:
    """One line of the list of runs."""

    id: str
    outcome: str
    icon: str
    tone: Tone
    title: str
    when: str


@dataclass(frozen=True)
class ReadyItem:
    """One line of what may run."""

    id: str
    title: str
    purpose: str
    left: str
    until: str


@dataclass(frozen=True)
class Lines:
    """Named facts about something, one under the other, and what can be done with it."""

    title: str
    sentence: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Offer(Lines):
    """An approval that may run. `refused` is why not now; empty: it may."""

    refused: str = ""


@dataclass(frozen=True)
class StepLine:
    """One step of the attrition list; `change` is against the step before."""

    label: str
    rows: str
    patients: str
    change: str


@dataclass(frozen=True)
class Progress:
    """A run that goes on."""

    title: str
    sentence: str
    elapsed: str
    share: float
    read: tuple[tuple[str, str], ...]
    steps: tuple[StepLine, ...]
    began: bool
    may_stop: bool


@dataclass(frozen=True)
class Ended(Lines):
    """A run that is over and has no results to show, or not yet. `report` is all that the agent may be told."""

    tone: Tone = "info"
    icon: str = "info"
    advice: str = ""
    actions: tuple[tuple[Action, str], ...] = ()
    report: tuple[tuple[str, str], ...] = ()
    report_refused: str = ""


@dataclass(frozen=True)
class Block:
    """Results that stand together: values that follow each other, or one text, table or figure."""

    kind: ResultKind
    results: tuple[Result, ...]


def blocks(results: tuple[Result, ...]) -> tuple[Block, ...]:
    """The results in the program's order, values that follow each other as one block."""
    found: list[Block] = []
    for one in results:
        if one.kind == "value" and found and found[-1].kind == "value":
            found[-1] = Block("value", (*found[-1].results, one))
        else:
            found.append(Block(one.kind, (one,)))
    return tuple(found)


def attrition(steps: tuple[StepShown, ...]) -> tuple[StepLine, ...]:
    """The steps with what changed from each to the next: patients where both were counted, else rows."""
    found = []
    before: StepShown | None = None
    for step in steps:
        patients = f"{step.patients:,}" if step.patients >= 0 else "not counted"
        found.append(StepLine(visible(step.label), f"{step.rows:,}", patients, _change(before, step)))
        before = step
    return tuple(found)


def shape(result: Result) -> str:
    """How large a table is, in words."""
    return f"{plural(result.rows, 'row')} × {plural(len(result.columns), 'column')}"


def clock(seconds: float) -> str:
    """0:07, 12:40, 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _change(before: StepShown | None, step: StepShown) -> str:
    if before is None:
        return ""
    counted = before.patients >= 0 and step.patients >= 0
    old, new, noun = (before.patients, step.patients, "patient") if counted else (before.rows, step.rows, "row")
    if old == new:
        return f"same {noun}s"
    part = abs(new - old) / old if old else 0.0
    share = f" ({'under 1%' if part < 0.005 else f'{part:.0%}'})" if old else ""
    return f"{'+' if new > old else '−'}{plural(abs(new - old), noun)}{share}"
