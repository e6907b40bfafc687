"""Starting the window.

    status = main(Path("study"))

The window is on the screen before anything of a workspace is read. What it is made of is imported late, so that the
reviewing session can start beside it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desktop.early import Early
from desktop.kept import Kept, kept_path
from sandbox.errors import PreceptorError
from sandbox.workspace import default_root

if TYPE_CHECKING:
    from desktop.window import Window


class App:
    """The application and its one window; another workspace takes the window's place."""

    def __init__(self, app: QApplication, root: Path, early: Early | None = None) -> None:
        from desktop import bugs

        self._app = app
        self.window = self._show(root, early)
        self._catching = bugs.Catching(self._on_bug)

    def _show(self, root: Path, early: Early | None = None) -> Window:
        from desktop.window import Window

        window = Window(root, early)
        window.elsewhere_wanted.connect(self._on_elsewhere)
        window.show()
        window.open_workspace()
        return window

    def _on_elsewhere(self, root: str) -> None:
        before = self.window
        self.window = self._show(Path(root).expanduser())
        before.close()
        before.deleteLater()

    def _on_bug(self, problem: PreceptorError) -> None:
        self.window.fail(problem)

    def stop(self) -> None:
        """End the window while Qt is still whole; what is left to the interpreter's end goes in any order."""
        self._catching.stop()
        self.window.close_at_once()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.processEvents()


def application(arguments: list[str]) -> QApplication:
    """The one QApplication, named and dressed."""
    from desktop import theme
    from desktop.theme.drawings import DRAWINGS

    QCoreApplication.setApplicationName("Preceptor")
    QCoreApplication.setOrganizationName("Preceptor")
    app = QApplication.instance() or QApplication(arguments)
    assert isinstance(app, QApplication)
    app.setApplicationDisplayName("Preceptor")
    app.setDesktopFileName("preceptor")
    theme.apply(app)
    app.setWindowIcon(QIcon(str(DRAWINGS / "preceptor.svg")))
    return app


def main(root: Path | None = None) -> int:
    """Show the window until it is closed; the exit status. Without `root`: the workspace of last time."""
    place = root or root_of_last_time()
    early = Early(place)
    app = application(sys.argv[:1])
    desk = App(app, place, early)
    status = app.exec()
    desk.stop()
    return status


def root_of_last_time() -> Path:
    """The environment's word, the workspace that was open last, or the usual place."""
    last = Kept.read(kept_path()).last_root
    return Path(last) if last and "PRECEPTOR_WORKSPACE" not in os.environ else default_root()


def run() -> None:
    """The entry point of a desktop's menu."""
    raise SystemExit(main())
