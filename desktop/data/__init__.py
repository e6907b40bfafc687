"""What an agent may know, decided by a person: sources, their tables, and what is told and given of each column.

    screen = build(desk)

`presenter` decides with `sources`, `working`, `tables`, `catalog`, `deciding`, `forms`, `page` and `signing`;
`wording`, `column_rows`, `column_filter` and `told_lines` are plain functions over facts. Panes and dialogs only show.
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
    ("Ctrl+K", "Find tables in the whole catalog of a large source; Down and Enter open them"),
    ("Ctrl+F", "Find a column by its name, its class or the reasons for it"),
    ("Ctrl+Shift+F", "Find one of the open tables by name"),
    ("Ctrl+Up, Ctrl+Down", "Go to the table before or after"),
    ("Shift+Up, Shift+Down", "Choose several columns or tables at once"),
    ("1, 2, 3", "Tell nothing, the name, or values of the chosen columns; give what may be given; go on"),
    ("4, 5, 6, 7", "Give programs nothing, a token, what is derived, or the values of the chosen columns"),
    ("Ctrl+Z", "Take the last decision on the table back, then the one before it"),
    ("T", "Choose what is told of the chosen columns"),
    ("G", "Choose what programs are given of the chosen columns"),
    ("D", "Choose what is derived from the chosen column"),
    ("U, C", "Show only undecided columns, or only those changed since it was signed; again: all"),
    ("Ctrl+T", "Show the table's text, or the whole text that an agent starts from"),
    ("Ctrl+Enter", "Sign the chosen tables"),
    ("Ctrl+P", "Write all that is told and given, as a page for the privacy office"),
)


def build(desk: Desk) -> Screen:
    """The screen with its presenter."""
    from desktop.data.view import DataScreen

    return DataScreen(desk)
