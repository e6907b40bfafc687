"""The screen *Review*: a draft beside the evidence that no model wrote; comment, change, try, sign.

    screen = build(desk)
    screen.presenter.arrive({"question": "q-20260102-1a2b3c", "draft": "2"})

`sheet`, `aligning`, `seen_lines`, `exhibits`, `remarks` and `patient_form` are plain data and know no widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.desk import Desk
    from desktop.screen import Screen

SHORTCUTS: tuple[tuple[str, str], ...] = (
    ("F8, Shift+F8", "Next or previous flag or comment in the program"),
    ("F7, Shift+F7", "Next or previous change"),
    ("C", "Comment on the lines chosen in the program (Shift and arrows choose)"),
    ("Ctrl+Enter", "Send the comments"),
    ("Alt+G", "Only what changed, or all of the program"),
    ("Ctrl+E", "Edit as a new draft; Ctrl+S saves it, Esc leaves it for later"),
    ("Alt+M", "What it may read"),
    ("Alt+F", "Flags"),
    ("Alt+O", "Codes"),
    ("Alt+Y", "What it did on synthetic data"),
    ("Alt+P", "Made-up patients"),
    ("Alt+T", "Parameters"),
    ("Alt+W", "What the agent says"),
)


def build(desk: Desk) -> Screen:
    """The screen, ready to be arrived at."""
    from desktop.review.view import ReviewScreen

    return ReviewScreen(desk)
