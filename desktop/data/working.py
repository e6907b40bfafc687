"""Looking at a source, opening tables of it, indexing its identifiers: one at a time, each in a session of its own
that can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from desktop.data.wording import elapsed
from desktop.desk import Desk, Line, Ticket
from sandbox.errors import PreceptorError
from sandbox.messages.desk import Indexed, IndexKnown, Look, Looked, Opening
from sandbox.visible import visible

Job = Literal["look", "open", "index"]
_DOING: dict[Job, str] = {
    "look": "Looking at",
    "open": "Opening tables of",
    "index": "Indexing the identifiers of",
}


class Doing(msgspec.Struct, frozen=True, kw_only=True):
    """What is being done to which source."""

    job: Job
    source: str
    tables: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        return f"{_DOING[self.job]} {self.source}"


Outcome = Looked | Indexed | PreceptorError | None  # None: stopped by the reviewer


class SourceWork:
    """Does one job at a time. `ticks` hears a sentence with the time it takes every second; `ended` the outcome."""

    def __init__(
        self, desk: Desk, ticks: Callable[[Doing, str], None], ended: Callable[[Doing, Outcome], None]
    ) -> None:
        self._desk = desk
        self._ticks = ticks
        self._ended = ended
        self._line: Line | None = None
        self._tick: Ticket | None = None
        self._since = 0.0
        self._at = ""
        self.doing: Doing | None = None

    def start(self, job: Job, source: str, tables: tuple[str, ...] = ()) -> None:
        """Begin, unless something is being done already."""
        if self.doing is not None:
            return
        self.doing = Doing(job=job, source=source, tables=tables)
        self._at = ""
        self._since = self._desk.clock.now()
        self._desk.busy("data", f"{self.doing.sentence}…")
        self._line = self._desk.sessions.looking(self._heard)
        self._line.send(IndexKnown(source=source) if job == "index" else Look(source=source, tables=tables))
        self._on_tick()

    def stop(self) -> None:
        """End the session at once; it replaces its file last, so what was there before is untouched."""
        if self._line is not None:
            self._line.kill()
            self._over(None)

    def _heard(self, message: Any) -> None:
        if isinstance(message, PreceptorError):
            self._over(message)
        elif isinstance(message, Opening):
            self._at = f", {message.done + 1:,} of {message.of:,}: {visible(message.table)}" if message.of > 1 else ""
            self._tell()
        elif isinstance(message, (Looked, Indexed)):
            if self._line is not None:
                self._line.end()
            self._over(message)

    def _on_tick(self) -> None:
        if self.doing is not None:
            self._tell()
            self._tick = self._desk.clock.after(1.0, self._on_tick)

    def _tell(self) -> None:
        if self.doing is not None:
            time = elapsed(self._desk.clock.now() - self._since)
            self._ticks(self.doing, f"{self.doing.sentence}{self._at}… {time}")

    def _over(self, outcome: Outcome) -> None:
        doing, self.doing, self._line = self.doing, None, None
        if self._tick is not None:
            self._tick.drop()
            self._tick = None
        self._desk.busy("data", "")
        if doing is not None:
            self._ended(doing, outcome)
