"""Starting the window.

    status = main(Path("study"))

The window is on the screen before anything of a workspace is read.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desktop import bugs, theme
from desktop.kept import Kept, kept_path
from desktop.theme.drawings import DRAWINGS
from desktop.window import Window
from sandbox.errors import PreceptorError
from sandbox.workspace import default_root


class App:
    """The application and its one window; another workspace takes the window's place."""

    def __init__(self, app: QApplication, root: Path) -> None:
        self._app = app
        self._before: list[Window] = []  # kept: a window that is collected takes Qt down with it
        self.window = self._show(root)
        self._catching = bugs.Catching(self._on_bug)

    def _show(self, root: Path) -> Window:
        window = Window(root)
        window.elsewhere_wanted.connect(self._on_elsewhere)
        window.show()
        window.open_workspace()
        return window

    def _on_elsewhere(self, root: str) -> None:
        before = self.window
        self.window = self._show(Path(root).expanduser())
        before.close()
        self._before.append(before)

    def _on_bug(self, problem: PreceptorError) -> None:
        self.window.fail(problem)

    def stop(self) -> None:
        """Close the window and its children. Windows are kept, not deleted: collecting one takes Qt down with it."""
        self._catching.stop()
        self.window.close_at_once()


def application(arguments: list[str]) -> QApplication:
    """The one QApplication, named and dressed."""
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
    app = application(sys.argv[:1])
    desk = App(app, root or root_of_last_time())
    status = app.exec()
    desk.stop()
    return status


def root_of_last_time() -> Path:
    """The environment's word, the workspace that was open last, or the usual place."""
    last = Kept.read(kept_path()).last_root
    return Path(last) if last and "PRECEPTOR_WORKSPACE" not in os.environ else default_root()


def leave(status: int) -> NoReturn:
    """End the process here, once everything is closed and written.

    Python's own end collects what is left of Qt's widgets in no order, and that crashes (PySide6 6.11).
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def run() -> None:
    """The entry point of a desktop's menu."""
    leave(main())
