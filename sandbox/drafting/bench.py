"""The bench: the one drafting worker of a session, warm before it is needed, gone when the turn is over.

    bench.warm_up()                     # starts a worker; its imports run while the model thinks
    with bench.worker() as worker: ...  # that one, or a new one
    bench.clear()                       # from any thread: no worker is alive when it returns

DESIGN section 1: while a real run executes, no drafting worker is alive; `RunLock` sees to it. The bench keeps no
worker while the agent waits for the reviewer, so that a run need not wait for the agent.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from sandbox.review import TrialWorker
from sandbox.run_lock import RunLock, RunUnderWay


class Bench:
    """Used by the tool's thread; cleared by the session's."""

    def __init__(self, run_lock: RunLock) -> None:
        self._lock = threading.Lock()
        self._run_lock = run_lock
        self._idle: TrialWorker | None = None
        self._working: TrialWorker | None = None
        self._cleared = 0

    def warm_up(self) -> None:
        """Start a worker; not while a real run executes, and nobody waits for that here."""
        with self._lock, contextlib.suppress(RunUnderWay):
            if self._idle is None:
                self._idle = TrialWorker(self._run_lock, seconds=0.0)

    @contextlib.contextmanager
    def worker(self) -> Iterator[TrialWorker]:
        """A worker for one draft; whoever uses it closes it. `RunUnderWay` ends the turn: the agent is not told."""
        with self._lock:
            idle, self._idle = self._idle, None
            cleared = self._cleared
        worker = idle or TrialWorker(self._run_lock, stopped=lambda: self._cleared != cleared)
        with self._lock:
            self._working = worker
            if self._cleared != cleared:
                worker.kill()
        try:
            yield worker
        finally:
            with self._lock:
                self._working = None

    def clear(self) -> None:
        with self._lock:
            self._cleared += 1
            if self._idle is not None:
                self._idle.close()
                self._idle = None
            if self._working is not None:
                self._working.kill()
