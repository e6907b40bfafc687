"""Changing a draft by hand: an edit is kept until it is a new draft, whatever screen is shown. No Qt in here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from desktop.desk import Latest
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.review import DraftRow, DraftShown, WriteDraft

if TYPE_CHECKING:
    from desktop.desk import Desk, Failed


class EditingView(Protocol):
    """The editor in place of the program."""

    def show_editor(self, title: str, text: str, is_changed: bool) -> None: ...

    def close_editor(self) -> None: ...

    def editor_text(self) -> str: ...

    def show_writing(self, sentence: str) -> None:
        """An empty sentence: over."""


class FileDialogs(Protocol):
    def open_file(self) -> None:
        """Open the dialog that asks for a file; `bring` is called with its path."""


class EditingPresenter:
    """One edit at a time on the screen; one kept for each draft."""

    def __init__(
        self,
        view: EditingView,
        dialogs: FileDialogs,
        desk: Desk,
        written: Callable[[DraftRow], None],
        failed: Failed,
    ) -> None:
        self._view = view
        self._dialogs = dialogs
        self._failed_to = failed
        self._desk = desk
        self._written = written
        self._writes = Latest(desk.asks)
        self._shown: DraftShown | None = None
        self._edited: DraftShown | None = None
        self._kept: dict[tuple[str, int], str] = {}

    def show(self, shown: DraftShown) -> None:
        """Another draft is shown: an open edit is kept for its own draft, and left."""
        if self._edited is not None and _key(self._edited) != _key(shown):
            self.leave()
        self._shown = shown

    def begin(self) -> None:
        """Edit a copy of the draft, or go on with an edit that was left."""
        shown = self._shown
        if shown is None or self._edited is not None:
            return
        self._edited = shown
        text = self._kept.get(_key(shown), shown.evidence.program)
        title = f"A new draft of yours, from draft {shown.evidence.number}"
        self._view.show_editor(title, text, text != shown.evidence.program)

    def leave(self) -> None:
        """Back to the review; what was changed is kept for the next time."""
        if self._edited is not None:
            self.keep()
            self._edited = None
            self._view.close_editor()

    def keep(self) -> None:
        """Keep what stands in the editor."""
        if self._edited is not None:
            text = self._view.editor_text()
            if text == self._edited.evidence.program:
                self._kept.pop(_key(self._edited), None)
            else:
                self._kept[_key(self._edited)] = text

    def original(self) -> str:
        """The text of the draft that is edited, for beginning again."""
        return self._edited.evidence.program if self._edited else ""

    def save(self) -> None:
        """Write the edit as the next draft; the same checks apply to it."""
        edited = self._edited
        if edited is None:
            return
        self.keep()
        text = self._view.editor_text()
        if text == edited.evidence.program:
            self.leave()
            self._desk.tell("Nothing was changed, so there is no new draft.")
            return
        self._write(WriteDraft(question=edited.question, program=text, basis=edited.evidence.number))

    def ask_file(self) -> None:
        """Ask which file is to be brought."""
        if self._shown is not None:
            self._dialogs.open_file()

    def bring(self, path: str) -> None:
        """Bring a file as the next draft."""
        shown = self._shown
        if shown is not None and path.strip():
            self._write(WriteDraft(question=shown.question, path=path.strip(), basis=shown.evidence.number))

    @property
    def has_kept(self) -> bool:
        """There is an edit of the shown draft to go on with."""
        return self._shown is not None and _key(self._shown) in self._kept

    def _write(self, order: WriteDraft) -> None:
        self._view.show_writing("Writing the new draft and checking it…")
        self._writes.ask(order, self._done, self._failed)

    def _done(self, row: DraftRow) -> None:
        self._view.show_writing("")
        if self._edited is not None:
            self._kept.pop(_key(self._edited), None)
            self._edited = None
            self._view.close_editor()
        self._written(row)

    def _failed(self, problem: PreceptorError) -> None:
        self._view.show_writing("")
        self._failed_to(problem)


def _key(shown: DraftShown) -> tuple[str, int]:
    return shown.question, shown.evidence.number
