"""What the reviewing session holds between two orders: the workspace, its secrets' store, opened results.

    room = Room(Path("study"))
    room.open()                          # this desk's alone; refused while another desk has it
    workspace, keystore = room.workspace, room.keystore
    room.progress("Checking draft 2", 1, 3)
    room.keep_results(run, results); room.results[run]; room.forget_results()

Handlers run on several threads; what is here may be used from all of them.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.errors import PreceptorError, Refusal, WorkspaceRefused
from sandbox.files import hold_lock
from sandbox.keystore import Keystore, open_keystore
from sandbox.reviewing.orders import Progress
from sandbox.workspace import MARK, Workspace

if TYPE_CHECKING:
    from sandbox.reviewing.opened import Opened
    from sandbox.reviewing.tables import Tables
    from sandbox.reviewing.watching import Watching

LOCK = "desk.lock"


class NotOpen(Refusal):
    """An order came before the workspace was opened or set up."""

    advice = "Set the workspace up first."


class WorkspaceGone(Refusal):
    """The folder of an open workspace was moved, or its drive is not connected any more."""

    advice = "If it is on a drive, connect that again; if it was moved, move it back. What was signed is there."


class Room:
    """One workspace, as one desk works in it."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.results: dict[str, Opened] = {}
        self.demo_model: subprocess.Popen[bytes] | None = None
        self.writing = threading.RLock()  # held by every order that changes things
        self._lock = -1
        self._keystore: Keystore | None = None
        self.locked_times = 0
        self.is_locked = False
        self._pinned_size = -1
        self._at_end: list[Callable[[], object]] = []
        self._making = threading.Lock()
        self._holding = threading.Lock()
        self._order = threading.local()
        self._tables: Tables | None = None
        self._watching: Watching | None = None

    # The workspace.

    @property
    def is_open(self) -> bool:
        """Whether this desk has the workspace: it exists and is locked for us. It may be unfinished."""
        return self._lock >= 0

    @property
    def workspace(self) -> Workspace:
        """The workspace with its settings as they are on the disk now, or `NotOpen`, or `WorkspaceGone`."""
        self.require_open()
        self.require_there()
        return Workspace.open(self.root)

    @property
    def keystore(self) -> Keystore:
        """Where its secrets are; `StoreUnavailable` while the keyring does not answer."""
        self.require_open()
        if self._keystore is None:
            self._keystore = open_keystore(Workspace.open(self.root))
        return self._keystore

    @property
    def tables(self) -> Tables:
        """Proposed and signed tables, read again only when their files changed."""
        from sandbox.reviewing.tables import Tables

        if self._tables is None:
            self._tables = Tables(self)
        return self._tables

    @property
    def watching(self) -> Watching:
        """The checker that looks at texts while they are written; it ends with the session, and when the desk locks."""
        from sandbox.reviewing.watching import Watching

        with self._making:
            if self._watching is None:
                self._watching = Watching()
                self.at_end(self._watching.end)
        return self._watching

    def require_open(self) -> None:
        if not self.is_open:
            raise NotOpen("No workspace is open at this desk.")

    def require_there(self) -> None:
        """Refuse when the folder that this desk opened is not there any more."""
        if self.is_open and not (self.root / MARK).exists():
            raise WorkspaceGone(f"The workspace's folder is gone: {self.root}.")

    def open(self) -> Workspace | None:
        """Take the workspace for this desk; None when there is none yet. Refuses one that another desk has."""
        if not (self.root / MARK).exists():
            return None
        workspace = Workspace.open(self.root)
        if self._lock < 0:
            lock = hold_lock(workspace.root / LOCK)
            if lock is None:
                raise WorkspaceRefused(
                    "This workspace is open in another window of Preceptor.",
                    "Go on in that window, or close it and try again.",
                )
            self._lock = lock
        return workspace

    def settle(self) -> None:
        """Pin the log's newest head in the keyring when the log has grown, so that nothing of it can be rolled back."""
        log = self.root / "audit.log"
        size = log.stat().st_size if self.is_open and log.exists() else -1
        if size == self._pinned_size:
            return
        from sandbox.records import AuditLog, pin_head, pinned_head

        pin_head(self.keystore, AuditLog(log).check(pinned_head(self.keystore)))
        self._pinned_size = size

    # Processes that were started for the desk.

    def at_end(self, do: Callable[[], object]) -> None:
        """Have this called when the session ends: whoever starts a process that outlives its order ends it so."""
        self._at_end.append(do)

    def end_children(self) -> None:
        """End the processes that outlive their orders."""
        for do in self._at_end:
            with contextlib.suppress(OSError, PreceptorError):  # the others must end as well
                do()

    # The order that this thread works on.

    @contextlib.contextmanager
    def telling(self, tell: Callable[[Progress], None], given_at: int | None = None) -> Iterator[None]:
        """While the block runs, progress from this thread goes to `tell`.

        `given_at`: how often the desk had been locked when the order was given, which may have waited since.
        """
        self._order.tell = tell
        self._order.given_at = self.locked_times if given_at is None else given_at
        try:
            yield
        finally:
            del self._order.tell, self._order.given_at

    def progress(self, sentence: str, done: int = 0, of: int = 0) -> None:
        """A sign of life of the order that this thread works on."""
        tell = getattr(self._order, "tell", None)
        if tell is not None:
            tell(Progress(sentence=sentence, done=done, of=of))

    # Opened results.

    def keep_results(self, run: str, results: Opened) -> None:
        """Keep opened results until the desk locks; refused while it is locked, and when it was since they were asked
        for."""
        with self._holding:
            if self.is_locked or getattr(self._order, "given_at", self.locked_times) != self.locked_times:
                raise Refusal("The desk was locked meanwhile, so the results are closed.", "Open them again.")
            self.results[run] = results

    def forget_results(self) -> None:
        """The desk locks: forget every opened result, also those that are just being opened or wait to be, and end
        whoever knows patients."""
        with self._holding:
            self.is_locked = True
            self.locked_times += 1
            self.results.clear()
        if self._watching is not None:
            self._watching.end()
