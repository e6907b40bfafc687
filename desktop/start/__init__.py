"""The first start: from nothing to a workspace with something to ask about, in under two minutes.

    if is_needed(desk.standing):
        page = build(desk, on_finished=window.show_screens)

It goes on where it was left: which step is next comes from the standing alone (`steps.next_step`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.start.steps import is_needed

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.desk import Desk

__all__ = ["build", "is_needed"]


def build(desk: Desk, on_finished: Callable[[], None]) -> QWidget:
    from desktop.start.view import StartPage

    return StartPage(desk, on_finished)
