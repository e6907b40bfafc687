"""Questions: ask, follow the conversation, see what was sent.

screen = build(desk)
screen.presenter.arrive({"question": "q-20260102-1a2b3c"})
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.desk import Desk
    from desktop.screen import Screen

SHORTCUTS: tuple[tuple[str, str], ...] = (
    ("Ctrl+N", "Begin a new question"),
    ("Ctrl+F", "Filter the questions"),
    ("Ctrl+Enter", "Send what was written"),
    ("Ctrl+.", "Stop the agent"),
    ("Ctrl+Shift+S", "Show what was sent, or the conversation"),
    ("F8 / Shift+F8", "In what was sent: to what is new in the request"),
)


def build(desk: Desk) -> Screen:
    """The screen, with its presenter."""
    from desktop.questions.view import QuestionsScreen

    return QuestionsScreen(desk)
