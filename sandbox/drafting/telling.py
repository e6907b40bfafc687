"""Trials in the few words that the agent gets back: short JSON, the first run in full, then what differs.

    trials_text(2, trials, may_submit=False)      # every run is in it, and every expectation that does not hold

Everything in a trial is synthetic or made up. Tokens are random 64-bit numbers; they are written `<key>`, because
they say nothing and would look like somebody's record number. Where there is too much to tell, each list and each
text becomes shorter; no run is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from sandbox.review import Expectation, Trial
from sandbox.review.seen import TableSeen

LIMIT = 6000
_LEAST_TOKEN, _MOST_TOKEN = 10**14, 10**20
_TOKEN = re.compile(r"(?<![\w.])-?\d{15,20}(?!\w)")


class Room(NamedTuple):
    """How much is told of each thing: entries of a list, characters of a text, and so on."""

    entries: int
    characters: int
    columns: int
    first_rows: int
    trace_lines: int


_ROOMS = (
    Room(40, 500, 40, 4, 12),
    Room(40, 300, 12, 2, 8),
    Room(40, 160, 0, 0, 4),
    Room(20, 100, 0, 0, 3),
    Room(8, 60, 0, 0, 2),
    Room(2, 24, 0, 0, 1),
)


def trials_text(number: int, trials: tuple[Trial, ...], *, may_submit: bool, patients: tuple[str, ...] = ()) -> str:
    """What `run_draft` answers: in the largest room in which it stays under `LIMIT`.

    `patients` are the names of the made-up patients in order; they are told as "made-up patient 3".
    """
    text = ""
    for room in _ROOMS:
        text = msgspec.json.encode(_Teller(room, patients).all(number, trials, may_submit)).decode()
        if len(text) <= LIMIT:
            break
    return text


def short(text: str) -> str:
    """At most `LIMIT` characters and a word on how many were cut."""
    if len(text) <= LIMIT:
        return text
    return f"{text[:LIMIT]} … [{len(text) - LIMIT} more characters cut]"


class _Teller:
    """Tells trials in one room."""

    def __init__(self, room: Room, patients: tuple[str, ...]) -> None:
        self._room = room
        self._patients = {name: f"made-up patient {number}" for number, name in enumerate(patients, 1)}

    def all(self, number: int, trials: tuple[Trial, ...], may_submit: bool) -> dict[str, Any]:
        first, *others = trials
        expectations = [one for trial in trials for one in trial.expectations]
        told: dict[str, Any] = {
            "draft": number,
            "may_submit": may_submit,
            "made_up_patients": _held(expectations),
            "do_not_hold": self._list(self._failure(one) for one in expectations if not one.ok),
            "runs": [self._run(first), *(self._brief(trial, first) for trial in others)],
            "lines_never_run": self._list(_never_run(trials)),
        }
        return {key: value for key, value in told.items() if value != []}

    def _run(self, trial: Trial) -> dict[str, Any]:
        return {
            **self._how(trial),
            "queries": self._list(self._text(query.sentence) or f"{query.rows} rows" for query in trial.queries),
            "steps": self._dict({step.label: _step(step.rows, step.patients) for step in trial.steps}),
            "values": self._dict(trial.values),
            "tables": self._list(map(self._table, trial.tables)),
            "figures": self._list(map(self._text, trial.figures)),
        }

    def _brief(self, trial: Trial, first: Trial) -> dict[str, Any]:
        steps = self._dict({step.label: step.rows for step in trial.steps})
        told = {**self._how(trial), "values": self._dict(trial.values), "steps": steps}
        changed = {table.label: table.rows for table in trial.tables}
        if changed != {table.label: table.rows for table in first.tables}:
            told["table_rows"] = self._dict(changed)
        return told

    def _how(self, trial: Trial) -> dict[str, Any]:
        name = "edge case" if trial.edge else f"seed {trial.seed}"
        if trial.clean:
            return {"run": name, "clean": True}
        lines = trial.traceback.splitlines()[-self._room.trace_lines :]
        trace = "\n".join(map(self._text, lines))
        problem = self._text(self._numbered(trial.sentence))
        return {"run": name, "clean": False, "problem": problem, "line": trial.line, "traceback": trace}

    def _table(self, table: TableSeen) -> dict[str, Any]:
        told: dict[str, Any] = {"label": self._text(table.label), "rows": table.rows}
        if self._room.columns:
            columns = table.columns[: self._room.columns]
            told["columns"] = {
                self._text(one.name): f"{one.type}, {one.nulls} null" if one.nulls else one.type for one in columns
            }
            more = len(table.columns) - len(columns)
            told |= {"more_columns": more} if more else {}
            told["first_rows"] = [
                [self._text(cell) for cell in row[: len(columns)]] for row in table.head[: self._room.first_rows]
            ]
        return told

    def _failure(self, one: Expectation) -> dict[str, Any]:
        return {
            "patient": self._text(self._patients.get(one.patient, one.patient)),
            "label": self._text(one.label),
            "expected": self._value(one.expected),
            "got": self._value(one.got),
            **({"why": self._text(self._numbered(one.sentence))} if one.sentence else {}),
        }

    def _numbered(self, sentence: str) -> str:
        """The sentence with numbers for the names of made-up patients, as `try_everywhere` writes them."""
        for name, number in self._patients.items():
            sentence = re.sub(rf"(?i)made-up patient {re.escape(repr(name))}", number, sentence)
        return sentence

    def _list(self, items: Iterable[Any]) -> list[Any]:
        told = list(items)
        more = len(told) - self._room.entries
        return [*told[: self._room.entries], f"and {more} more"] if more > 0 else told

    def _dict(self, items: Mapping[str, Any]) -> dict[str, Any]:
        told = {self._text(label): self._value(items[label]) for label in list(items)[: self._room.entries]}
        more = len(items) - self._room.entries
        return told | {"…": f"and {more} more"} if more > 0 else told

    def _value(self, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return "<key>" if _LEAST_TOKEN <= abs(value) < _MOST_TOKEN else value
        return self._text(str(value))

    def _text(self, text: str) -> str:
        text = _TOKEN.sub("<key>", text)
        return text if len(text) <= self._room.characters else f"{text[: self._room.characters]}…"


def _held(expectations: list[Expectation]) -> str:
    """Patients, and what is expected of them."""
    if not expectations:
        return "none was tried"
    patients = {one.patient for one in expectations}
    failing = {one.patient for one in expectations if not one.ok}
    held = sum(one.ok for one in expectations)
    return f"{len(patients - failing)} of {len(patients)} hold ({held} of {len(expectations)} expectations)"


def _step(rows: int, patients: int) -> str:
    return f"{rows} rows" if patients < 0 else f"{rows} rows, {patients} patients"


def _never_run(trials: tuple[Trial, ...]) -> list[str]:
    """Lines that no trial ran, neighbours together: `12-15`, `40`."""
    ran = {line for trial in trials for line in trial.lines_run}
    lines = sorted({line for trial in trials for line in trial.lines_never} - ran)
    if not lines:
        return []
    starts = [lines[0], *(after for before, after in pairwise(lines) if after > before + 1)]
    ends = [*(before for before, after in pairwise(lines) if after > before + 1), lines[-1]]
    return [str(start) if start == end else f"{start}-{end}" for start, end in zip(starts, ends, strict=True)]
