"""The checker that looks at a text while it is being written: a process of the desk's own, kept warm.

    watching = Watching()
    watching.marks(workspace, "Why was Jane Doe …")     # started on first use
    watching.end()                                      # from any thread

It can recognise a patient and can't speak; here it answers to the reviewer's own screen. It goes by the signed
dictionary, as a new question would, and is started anew when that, or what it recognises, has changed.
"""

from __future__ import annotations

import threading

from sandbox.drafting.inspection import Checker
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.questions import Mark, Marks
from sandbox.start import door_command
from sandbox.workspace import Workspace

Stamp = tuple[tuple[str, int, int], ...]


class Watching:
    """At most one checker. Texts are looked at one after the other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checker: Checker | None = None
        self._stamp: Stamp = ()

    def marks(self, workspace: Workspace, text: str) -> Marks:
        """What is found in the text; `JailRefused` or `GateRefused` when there is nobody to look."""
        with self._lock:
            checker = self._ready(workspace)
            try:
                hits = checker.inspect(text)
            except PreceptorError:
                self._drop()
                raise
            marks = tuple(Mark(start=hit.start, end=hit.end, kind=hit.kind) for hit in hits)
            return Marks(marks=marks, known=checker.known)

    def end(self) -> None:
        """End the process now; a text that is being looked at is refused, the next one gets a new checker."""
        checker = self._checker
        if checker is not None:
            checker.kill()

    def close(self) -> None:
        """End it and tidy up after it, when no text is being looked at any more."""
        with self._lock:
            self._drop()

    def _ready(self, workspace: Workspace) -> Checker:
        stamp = _stamp(workspace)
        if self._checker is not None and (stamp != self._stamp or not self._checker.is_alive):
            self._drop()
        if self._checker is None:
            self._checker, self._stamp = Checker.start(door_command("checker", str(workspace.root))), stamp
            try:
                self._checker.wait_ready()
            except PreceptorError:
                self._drop()
                raise
        return self._checker

    def _drop(self) -> None:
        checker, self._checker = self._checker, None
        if checker is not None:
            checker.stop()


def _stamp(workspace: Workspace) -> Stamp:
    """The files it goes by, as they are now."""
    files = sorted([*workspace.sources.glob("*/known.enc"), *workspace.sources.glob("*/signed/*.json")])
    return tuple((str(file), found.st_mtime_ns, found.st_size) for file in files for found in (file.stat(),))
