"""Facts and columns that the tests of tables share."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.widgets import Column


@dataclass(frozen=True)
class Run:
    id: str
    title: str
    outcome: str = "finished"
    rows: int = 0


RUNS = (
    Run("run-a", "Readmissions", "finished", 12),
    Run("run-b", "Sepsis bundle", "failed", 900),
    Run("run-c", "Length of stay", "finished", 30),
)
COLUMNS = (
    Column[Run]("Run", lambda run: run.id, mono=True),
    Column[Run]("Program", lambda run: run.title, stretch=True, tip=lambda run: run.title),
    Column[Run](
        "Outcome",
        lambda run: run.outcome,
        tone=lambda run: "bad" if run.outcome == "failed" else "good",
        icon=lambda run: "bad" if run.outcome == "failed" else "good",
    ),
    Column[Run]("Rows", lambda run: f"{run.rows:,}", right=True, sort=lambda run: run.rows),
)


def key(run: Run) -> str:
    return run.id
