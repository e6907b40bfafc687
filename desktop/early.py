"""The reviewing session of the first window, started before the window is made.

    early = Early(root)          # its process starts while ours reads Qt's classes and builds the window
    Processes(root, …, early)    # takes it for the first order

Each needs a third of a second; a computer with two cores does both at once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sandbox.reviewing.orders import Answered
from sandbox.sessions import Session, reviewing_command


class Early:
    """A session that nobody hears yet. It says nothing before the first order."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._wake: Callable[[], None] | None = None
        self.session = Session(reviewing_command(root), Answered, self._on_arrived)

    def heard_by(self, wake: Callable[[], None]) -> Session:
        """From now on `wake` is called when something arrived, and now, for what arrived before (its death)."""
        self._wake = wake
        wake()
        return self.session

    def _on_arrived(self) -> None:
        if self._wake is not None:
            self._wake()
