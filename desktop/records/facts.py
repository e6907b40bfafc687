"""What the screen *Records* shows, ready to be shown. No Qt in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["muted", "info", "good", "warn", "bad"]
Action = Literal["run", "revoke", "bundle", "review", "results", "approval"]


@dataclass(frozen=True)
class ApprovalItem:
    """One line of the approvals."""

    id: str
    state: str
    icon: str
    tone: Tone
    title: str
    question: str
    draft: str
    kind: str
    purpose: str
    signed: str
    until: str
    runs: str


@dataclass(frozen=True)
class RunLine:
    """One line of the run records."""

    id: str
    outcome: str
    icon: str
    tone: Tone
    title: str
    began: str
    approval: str


@dataclass(frozen=True)
class Button:
    """Something that can be done with a record. `refused` is why not; empty: it can."""

    action: Action
    text: str
    icon: str
    refused: str = ""
    danger: bool = False


@dataclass(frozen=True)
class Details:
    """A record whose signature held, in full."""

    name: str
    title: str
    sentence: str
    lines: tuple[tuple[str, str], ...]
    program: str
    statement: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class LogItem:
    """One entry of the audit log."""

    n: int
    when: str
    event: str
    sentence: str


@dataclass(frozen=True)
class LogPage:
    """The newest entries and whether the log is whole. `more` is how many the button would read; 0: all are shown."""

    sentence: str
    advice: str
    tone: Tone
    icon: str
    shown: str
    root: str
    rows: tuple[LogItem, ...]
    more: int = 0


@dataclass(frozen=True)
class CheckItem:
    """One thing that was checked in a bundle."""

    name: str
    word: str
    icon: str
    tone: Tone
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """What verifying a bundle came to: the words to read first, and every check, failing first."""

    headline: str
    icon: str
    tone: Tone
    sentence: str
    explanation: str
    fingerprint: str
    held: str
    checks: tuple[CheckItem, ...]
