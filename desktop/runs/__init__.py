"""The screen *Runs*: what may run, the run that goes on, and results.

screen = build(desk)
screen.presenter.arrive({"approval": "a-…"})     # or {"run": "r-…"}: shown at once
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.desk import Desk
    from desktop.screen import Screen

SHORTCUTS: tuple[tuple[str, str], ...] = (
    ("Ctrl+Enter", "Run the chosen program"),
    ("Enter", "Show the chosen run"),
    ("Esc", "From a whole table or figure back to the results"),
)


def build(desk: Desk) -> Screen:
    from desktop.runs.view import RunsScreen

    return RunsScreen(desk)
