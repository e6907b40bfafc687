"""Ends a drafting worker that has more threads than it may have, from outside, where its threads can be counted.

    with ThreadWatch(child, 256) as watch: ...
    watch.over                               # True: it was killed for that

Behind a door nothing can be counted, and nothing is watched; see `ThreadCount`.
"""

from __future__ import annotations

import threading
from types import TracebackType

from sandbox.jail import Child

_EVERY_SECONDS = 0.25


class ThreadWatch:
    """One watch over one child; it has ended before the child's descriptors are closed."""

    def __init__(self, child: Child, most: int) -> None:
        self.over = False
        self._child = child
        self._most = most
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"threads of {child.pid}", daemon=True)

    def __enter__(self) -> ThreadWatch:
        if self._child.counts_threads:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_EVERY_SECONDS):
            if self._child.threads() > self._most:
                self.over = True
                self._child.kill()
                return
