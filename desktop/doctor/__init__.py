"""The Doctor screen: whether isolation holds on this computer, and the evidence for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.desk import Desk
    from desktop.screen import Screen

SHORTCUTS: tuple[tuple[str, str], ...] = (("Tab", "From the findings to each way out that was tried"),)


def build(desk: Desk) -> Screen:
    from desktop.doctor.view import DoctorScreen

    return DoctorScreen(desk)
