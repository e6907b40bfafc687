# ruff: noqa  kept as it was written
"""A state machine over visits: home -> ward -> follow-up -> home, to count complete and broken-off care episodes."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

import pandas as pd

PARAMETERS = {"follow_up_days": 150, "relapse_days": 200}


class State(str, Enum):
    HOME = "home"
    WARD = "ward"
    FOLLOW_UP = "follow-up"
    LOST = "lost"


class Event(NamedTuple):
    at: datetime
    kind: str


TRANSITIONS = {
    (State.HOME, "IP"): State.WARD,
    (State.HOME, "OP"): State.HOME,
    (State.WARD, "IP"): State.WARD,
    (State.WARD, "OP"): State.FOLLOW_UP,
    (State.FOLLOW_UP, "OP"): State.HOME,
    (State.FOLLOW_UP, "IP"): State.WARD,
    (State.LOST, "IP"): State.WARD,
    (State.LOST, "OP"): State.HOME,
}


@dataclass
class Machine:
    limit: timedelta
    state: State = State.HOME
    since: datetime | None = None
    history: list = field(default_factory=list)

    def feed(self, event):
        if (
            self.since is not None
            and self.state in (State.WARD, State.FOLLOW_UP)
            and event.at - self.since > self.limit
        ):
            self._move(State.LOST, self.since + self.limit)
        match (self.state, event.kind):
            case (_, "timeout"):
                self._move(State.LOST, event.at)
            case (s, k) if (s, k) in TRANSITIONS:
                self._move(TRANSITIONS[s, k], event.at)
            case other:
                raise KeyError(f"no transition for {other!r}")
        return self

    def _move(self, new, at):
        self.history.append((self.state, new))
        self.state, self.since = new, at


def main(data, report, follow_up_days, relapse_days):
    df = data.sql("SELECT pat_id, admit_dt, enc_class FROM ehr.encounters ORDER BY pat_id, admit_dt")
    moves, ends = Counter(), Counter()
    for _, g in df.groupby("pat_id", sort=False):
        m = Machine(timedelta(days=follow_up_days))
        for at, kind in zip(
            g["admit_dt"].dt.to_pydatetime() if hasattr(g["admit_dt"].dt, "to_pydatetime") else g["admit_dt"],
            g["enc_class"],
        ):
            m.feed(Event(at, kind))
        moves.update(m.history)
        ends[m.state] += 1
    report.table(
        "Transitions",
        pd.DataFrame(
            [(a.value, b.value, n) for (a, b), n in sorted(moves.items(), key=lambda kv: -kv[1])],
            columns=["from", "to", "n"],
        ),
    )
    report.table(
        "State at the end",
        pd.DataFrame({"state": [s.value for s in State], "patients": [ends.get(s, 0) for s in State]}),
    )
    lost = sum(n for (a, b), n in moves.items() if b is State.LOST)
    report.value("episodes lost to follow-up", lost)
    report.text(
        f"{lost} episodes had no follow-up within {follow_up_days} days; {ends[State.HOME]} patients ended at home."
    )
