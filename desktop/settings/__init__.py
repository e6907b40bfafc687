"""The Settings screen: who the reviewer is, the model, limits, and where things are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.desk import Desk
    from desktop.screen import Screen

SHORTCUTS: tuple[tuple[str, str], ...] = (("Ctrl+S", "Save what was changed"),)


def build(desk: Desk) -> Screen:
    from desktop.settings.view import SettingsScreen

    return SettingsScreen(desk)
