"""The screen *Records*: approvals, run records, the audit log, and the verification of bundles.

screen = build(desk)
screen.presenter.arrive({"approval": "a-…"})     # or {"run": "r-…"}, {"tab": "log"}, {"path": "/…/bundle"}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.desk import Desk
    from desktop.screen import Screen

SHORTCUTS: tuple[tuple[str, str], ...] = (
    ("Left, Right", "From one kind of record to the next"),
    ("Enter", "Show the chosen record"),
)


def build(desk: Desk) -> Screen:
    from desktop.records.view import RecordsScreen

    return RecordsScreen(desk)
