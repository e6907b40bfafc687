"""A desk without a window, but with the real reviewing session and real children, to test what a screen leads to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fakes import FakeDesk

from desktop.processes import Processes
from sandbox.reviewing.orders.starting import Open, ReadStanding, Standing


class RealDesk(FakeDesk):
    """`open` reads where things stand; `close` ends every child, as closing the window does."""

    def __init__(self, root: Path) -> None:
        super().__init__(Standing(root=str(root), exists=False, finished=False))
        self.processes = Processes(root, self.failures.append)
        self.asks = self.processes.asks  # type: ignore[assignment]
        self.sessions = self.processes  # type: ignore[assignment]

    def open(self, then: Callable[[], None]) -> None:
        self.processes.asks.ask(Open(), lambda standing: self._stands(standing, then))

    def refresh(self, then: Callable[[], None] | None = None) -> None:
        self.refreshed += 1
        self.processes.asks.ask(ReadStanding(), lambda standing: self._stands(standing, then))

    def close(self) -> None:
        self.processes.close()

    def _stands(self, standing: Standing, then: Callable[[], None] | None) -> None:
        self.standing = standing
        if then is not None:
            then()
