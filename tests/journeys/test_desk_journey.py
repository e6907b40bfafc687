"""The whole job through the real window, by keys alone, with real sessions, jails, signatures and files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent.parent / "desktop"))

from names import unnamed
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from desktop.app import application, leave
from desktop.tour.eyes import texts
from desktop.tour.journey import chapters, whole_job
from desktop.tour.trip import Trip
from desktop.window import Window
from sandbox.records import AuditLog, verify_bundle
from sandbox.workspace import Workspace

PASSPHRASE = "correct horse battery staple"
OURS = (Window, QDialog, QMenu)


class Flashes(QObject):
    """Windows that were shown and are none of ours: a widget that was shown before it had a parent."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow()
        if shown and not isinstance(watched, OURS) and not watched.windowFlags() & watched.windowType().Popup:
            self.seen.append(f"{type(watched).__name__} {watched.objectName()!r}")
        return False


@pytest.mark.timeout(900)
def test_the_whole_job_through_the_window_by_keys_alone(tmp_path: Path) -> None:
    """First start, a withheld name, a question, a comment and a second draft, signing, a refusal, a run, an export, a
    bundle that verifies; beside the way every screen, the lock, a second desk and closing in the middle. In a process
    of its own, as somebody starts it: windows of other tests would take the keyboard."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, __file__, str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=880)
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found["proved"]) == len(chapters(tmp_path))
    assert found["nameless"] == []
    assert found["flashes"] == []
    assert not [text for text in found["texts"] if "Traceback" in text]
    assert verify_bundle(tmp_path / "bundle").ok
    events = [entry.event for entry in AuditLog(Workspace.open(tmp_path / "workspace").audit_log).entries()]
    for event in ("table.signed", "request.withheld", "approval.signed", "run.ended", "export.made", "bundle.made"):
        assert event in events


def main(folder: Path) -> None:
    """The job; what was found on the way, as the last line."""
    nameless: list[str] = []
    flashes = Flashes()
    application(["preceptor"]).installEventFilter(flashes)

    def look_around(trip: Trip) -> None:
        nameless.extend(unnamed(trip.window))

    proved = whole_job(folder, passphrase=PASSPHRASE, pictures=False, after=look_around)
    found = {"proved": proved, "nameless": nameless, "flashes": flashes.seen, "texts": list(texts())}
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    leave(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
