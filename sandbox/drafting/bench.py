"""The bench: the one drafting worker of a session, warm before it is needed, gone when the turn is over.

    bench.warm_up()                     # starts a worker; its imports run while the model thinks
    with bench.worker() as worker: ...  # that one, or a new one
    bench.clear()                       # from any thread: no worker is alive when it returns

DESIGN section 1: while a real run executes, no drafting worker is alive. A real run can only be started by a
reviewer, so it is enough that none is alive while the agent waits for the reviewer.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from sandbox.review import TrialWorker


class Bench:
    """Used by the tool's thread; cleared by the session's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: TrialWorker | None = None
        self._working: TrialWorker | None = None

    def warm_up(self) -> None:
        with self._lock:
            if self._idle is None:
                self._idle = TrialWorker()

    @contextlib.contextmanager
    def worker(self) -> Iterator[TrialWorker]:
        """A worker for one draft; whoever uses it closes it."""
        with self._lock:
            worker, self._idle = self._idle or TrialWorker(), None
            self._working = worker
        try:
            yield worker
        finally:
            with self._lock:
                self._working = None

    def clear(self) -> None:
        with self._lock:
            if self._idle is not None:
                self._idle.close()
                self._idle = None
            if self._working is not None:
                self._working.kill()
