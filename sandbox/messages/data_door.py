"""What a program in its jail and the broker (or, in a trial, the synthetic engine) say to each other.

The broker reads everything a program sends as hostile input. Tables travel as Arrow IPC streams, figures
as PNG, both as payloads; a large query result is announced by the index of a memory file that the program
inherited read-only when it was started.
"""

from __future__ import annotations

from typing import Any

import msgspec


class _Frame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all frames here."""


# program -> broker


class Warm(_Frame, frozen=True, tag="warm"):
    """Imports are done; the worker waits for its one program. `versions` are of the libraries.

    `installed`: hashes of the policy and the libraries as they were before the first of them was imported.
    """

    versions: dict[str, str]
    installed: dict[str, str] = {}


class Began(_Frame, frozen=True, tag="began"):
    """The first line of the program is about to run. `lines` are those that can: told before it, so not by it."""

    lines: tuple[int, ...] = ()


class QueryAsked(_Frame, frozen=True, tag="query"):
    """Run this query. The payload, if any, is an Arrow stream with one column per cohort key (tokens)."""

    number: int
    sql: str
    parameters: dict[str, Any]
    cohort: tuple[str, ...] = ()


class Stepped(_Frame, frozen=True, tag="step"):
    """`report.step`: rows and, where a patient key is in the frame, distinct patients (else -1)."""

    label: str
    rows: int
    patients: int = -1


class Reported(_Frame, frozen=True, tag="report"):
    """`report.value|table|figure|text`. Value and text are in `text` as JSON, the rest is payload."""

    kind: str
    label: str
    text: str = ""


class Finished(_Frame, frozen=True, tag="finished"):
    """`main` returned. `lines` are the line numbers of the program that ran.

    Not `whole`: a real run before Python 3.12 was watched up to a number of events only.
    """

    lines: tuple[int, ...] = ()
    whole: bool = True


class Broke(_Frame, frozen=True, tag="broke"):
    """`main` raised. Class name out of a fixed registry, innermost line of the program, no text.

    `limit` names what the program went over, out of `messages.failures.LIMITS`.
    """

    exception: str
    line: int
    name: str = ""
    detail: str = ""  # only ever filled in a trial on synthetic data
    lines: tuple[int, ...] = ()
    limit: str = ""


FromProgram = Warm | Began | QueryAsked | Stepped | Reported | Finished | Broke


# broker -> program


class Load(_Frame, frozen=True, tag="load"):
    """The program's text, the payload, will probably be started: compile it, and execute none of it."""


class Start(_Frame, frozen=True, tag="start"):
    """The program's text is the payload. `synthetic` allows tracebacks to be told in full."""

    parameters: dict[str, Any]
    patient_keys: tuple[str, ...] = ()
    synthetic: bool = False


class QueryAnswered(_Frame, frozen=True, tag="rows"):
    """An Arrow stream: in the payload, or in memory file `memory` when that is 0 or more."""

    number: int
    rows: int
    memory: int = -1
    size: int = 0


class QueryDenied(_Frame, frozen=True, tag="denied"):
    """The query was not run; the program gets an exception with this sentence."""

    number: int
    sentence: str


ToProgram = Load | Start | QueryAnswered | QueryDenied
