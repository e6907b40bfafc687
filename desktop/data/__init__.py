"""What an agent may know, decided by a person: sources, their tables, and what is told and given of each column.

    screen = build(desk)

`presenter` decides with `sources`, `working`, `tables`, `deciding` and `signing`; `wording`, `column_rows` and
`told_lines` are plain functions over facts. The panes and dialogs only show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.desk import Desk
    from desktop.screen import Screen

__all__ = ["SHORTCUTS", "build"]

SHORTCUTS: tuple[tuple[str, str], ...] = (
    ("F5", "Look at the chosen source, or look again"),
    ("Alt+C", "Connect a source"),
    ("Ctrl+I", "Index the identifiers of the chosen source"),
    ("Ctrl+F", "Find a column by name"),
    ("Ctrl+Shift+F", "Find a table by name"),
    ("Ctrl+Up, Ctrl+Down", "Go to the table before or after"),
    ("Shift+Up, Shift+Down", "Choose several columns or tables at once"),
    ("1, 2, 3", "Tell nothing, the name, or values of the chosen columns; give what may be given; go on"),
    ("T", "Choose what is told of the chosen columns"),
    ("G", "Choose what programs are given of the chosen columns"),
    ("U", "Show undecided columns only, or all"),
    ("Ctrl+T", "Show the table's text, or the whole text that an agent starts from"),
    ("Ctrl+Enter", "Sign the chosen tables"),
)


def build(desk: Desk) -> Screen:
    """The screen with its presenter."""
    from desktop.data.view import DataScreen

    return DataScreen(desk)
