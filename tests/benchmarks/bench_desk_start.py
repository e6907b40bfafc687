"""How long from "start" to the window, and to the field one types into? By hand, with a finished workspace:

    xvfb-run -a python tests/benchmarks/bench_desk_start.py WORKSPACE

Against a process that shows an empty QMainWindow, started in turns with it, so that what else the machine does weighs
on both alike. Modules are compiled in a first round that does not count, as an installation compiles them. Without a
display there is no table for one.

    on the screen   the window was painted and the loop has gone round once since
    typed into      a key pressed at the locked desk has arrived in its field
    processor       seconds of computing of the window's own process so far, which other load touches least
"""

from __future__ import annotations

import os
import sys
import time

ROUNDS = 10
SECONDS = 60
DESK, EMPTY = "desk", "empty"


def main(workspace: str) -> None:
    import shutil
    import tempfile
    from pathlib import Path

    platforms = ["xcb"] if "DISPLAY" in os.environ else []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        shutil.copytree(workspace, root)
        for platform in [*platforms, "offscreen"]:
            began = os.getloadavg()
            _started(DESK, platform, root)
            found = [(_started(EMPTY, platform, root), _started(DESK, platform, root)) for _ in range(ROUNDS)]
            _table(platform, began, [one for one, _ in found], [one for _, one in found])


def _started(what: str, platform: str, root: object) -> list[tuple[float, float]]:
    """Seconds from the start of a process to each of its marks, and of computing until then."""
    import subprocess

    beside = {"XDG_CONFIG_HOME": f"{root}-config", "PYTHONPYCACHEPREFIX": f"{root}-compiled"}
    environment = os.environ | {"QT_QPA_PLATFORM": platform} | beside
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, __file__, f"--{what}", str(root)]
    began = time.monotonic()
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=SECONDS)
    marks = [line.split() for line in done.stdout.splitlines()]
    return [(float(when) - began, float(computing)) for when, computing in marks]


Marks = list[list[tuple[float, float]]]


def _table(platform: str, load: tuple[float, ...], empty: Marks, desk: Marks) -> None:
    from statistics import median, quantiles

    plain = [median(marks[0][kind] for marks in empty) for kind in (0, 1)]
    write = sys.stdout.write
    write(f"\n{platform}, {ROUNDS} rounds, load {load[0]:.1f} before and {os.getloadavg()[0]:.1f} after\n\n")
    write("| | median s | quartiles | least | × empty window | processor s | × empty window |\n")
    write("|---|---|---|---|---|---|---|\n")
    rows = {
        "empty window on the screen": [marks[0] for marks in empty],
        "desk on the screen": [marks[0] for marks in desk],
        "desk can be typed into": [marks[1] for marks in desk],
    }
    for name, marks in rows.items():
        seconds, computing = zip(*marks, strict=True)
        low, middle, high = quantiles(seconds, n=4)
        spread = f"{middle:.3f} | {low:.3f} – {high:.3f} | {min(seconds):.3f} | {middle / plain[0]:.2f}"
        write(f"| {name} | {spread} | {median(computing):.3f} | {median(computing) / plain[1]:.2f} |\n")
    each = [one[0][0] / other[0][0] for one, other in zip(desk, empty, strict=True)]
    write(f"\nRatio within a round: median {median(each):.2f}, {min(each):.2f} to {max(each):.2f}\n")


def show_empty() -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Empty(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            QTimer.singleShot(0, self._on_painted)

        def _on_painted(self) -> None:
            _mark()
            app.quit()

    app = QApplication([])
    window = Empty()
    window.resize(1360, 860)
    window.show()
    app.exec()
    del window


def show_desk(root: str) -> None:
    """`desktop.app.main`, with a window that notices when it is painted and when its lock page takes a key."""
    from pathlib import Path

    from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
    from PySide6.QtGui import QKeyEvent, QPaintEvent
    from PySide6.QtWidgets import QLineEdit

    from desktop import app

    class Noticing(app.Window):
        _painted = _typed = False

        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            if not self._painted:
                self._painted = True
                QTimer.singleShot(0, _mark)

        def _hide_everything(self) -> None:
            super()._hide_everything()
            QTimer.singleShot(0, self._on_locked)

        def _on_locked(self) -> None:
            field = self._lock_page.findChild(QLineEdit)
            field.textChanged.connect(self._on_text)
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                key = QKeyEvent(kind, Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, "x")
                QCoreApplication.postEvent(self.focusWidget() or self, key)

        def _on_text(self, _text: str) -> None:
            if not self._typed:
                self._typed = True
                _mark()
                QTimer.singleShot(0, self.close)

    app.Window = Noticing
    app.main(Path(root))


def _mark() -> None:
    sys.stdout.write(f"{time.monotonic()} {time.process_time()}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == f"--{EMPTY}":
        show_empty()
    elif sys.argv[1] == f"--{DESK}":
        show_desk(sys.argv[2])
    else:
        main(sys.argv[1])
