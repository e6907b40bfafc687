"""The whole job through the real window, chapter by chapter, on a made-up hospital.

    told = whole_job(Path("out"), passphrase="…", pictures=True)

Leaves `workspace/`, `workspace hospital/`, `bundle/` and, with pictures, `screens/light` and `screens/dark`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desktop.app import App, application
from desktop.tour import beginning, ending, troubles
from desktop.tour.album import Album
from desktop.tour.trip import Trip

SIZE = (1280, 800)
Chapter = Callable[[Trip], None]


def whole_job(out: Path, *, passphrase: str, pictures: bool, after: Chapter | None = None) -> list[str]:
    """One sentence for each chapter on what it showed; raises when one did not. `after` is called after each."""
    app = application(["preceptor"])
    desk = App(app, out / "workspace")
    desk.window.resize(*SIZE)
    trip = Trip(desk.window, passphrase, Album(out / "screens", desk.window) if pictures else None)
    try:
        for chapter in chapters(out):
            chapter(trip)
            if after is not None:
                after(trip)
    finally:
        desk.stop()
    return trip.proved


def chapters(out: Path) -> tuple[Chapter, ...]:
    """In the order in which a reviewer meets them."""
    return (
        beginning.first_start,
        lambda trip: beginning.name_a_patient(trip, *_a_patient(out)),
        beginning.ask,
        beginning.comment,
        ending.review,
        ending.sign,
        ending.refuse,
        ending.run,
        lambda trip: ending.export(trip, out),
        lambda trip: ending.bundle(trip, out),
        ending.around,
        troubles.second_desk,
        troubles.close_while_busy,
    )


def _a_patient(out: Path) -> tuple[str, str]:
    """Name and record number of somebody in the made-up hospital."""
    from resources.demo.canaries import sample_patient
    from sandbox.keystore import open_keystore
    from sandbox.workspace import Workspace

    workspace = Workspace.open(out / "workspace")
    source = workspace.source("ehr")
    return sample_patient(Path(source.location), open_keystore(workspace).get("login/ehr"))
