"""The page for the privacy office: asked for, written by the engine, opened to be read and printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from desktop.desk import Desk
from desktop.words import plural
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders import Progress
from sandbox.reviewing.orders.data import PageWritten, WritePage

NAME = "what-is-told.pdf"


class PageDialogs(Protocol):
    """The dialog that asks where the page goes."""

    def open_page(self, path: str) -> None: ...

    def page_busy(self, sentence: str) -> None:
        """It is being written; nothing can be changed."""

    def page_refused(self, problem: PreceptorError) -> None:
        """The dialog stays, with what was typed."""

    def page_done(self) -> None: ...


class PrivacyPage:
    """Asks where, has it written, offers to open it. `told` is how the screen says that something was done."""

    def __init__(
        self,
        dialogs: PageDialogs,
        desk: Desk,
        told: Callable[[str, str, str, Callable[[], None] | None], None],
        opens: Callable[[str], None],
    ) -> None:
        self._dialogs = dialogs
        self._desk = desk
        self._told = told
        self._opens = opens

    def ask_where(self) -> None:
        self._dialogs.open_page(str(Path.home() / NAME))

    def write(self, path: str) -> None:
        """Write it to a new file, .pdf or .html."""
        self._dialogs.page_busy("Writing the page…")
        self._desk.busy("page", "Writing the page for the privacy office…")
        self._desk.asks.ask(WritePage(to=path), self._on_written, self._on_refused, self._on_progress)

    def _on_progress(self, progress: Progress) -> None:
        self._dialogs.page_busy(f"{progress.sentence}…")

    def _on_written(self, written: PageWritten) -> None:
        self._desk.busy("page", "")
        self._dialogs.page_done()
        place = Path(written.path)
        sentence = f"All that is told and given of {plural(written.tables, 'signed table')} is in {place.name}."
        self._told(sentence, "Open it to read it, or to print it.", "Open it", lambda: self._opens(written.path))

    def _on_refused(self, problem: PreceptorError) -> None:
        self._desk.busy("page", "")
        self._dialogs.page_refused(problem)
