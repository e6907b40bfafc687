"""What the agent is told, to the byte: of the open table, or the whole text that it starts from."""

from __future__ import annotations

from typing import Protocol

from desktop.data.told_lines import LinesChanged, compare_told
from desktop.desk import Desk, Failed, Latest, Ticket
from sandbox.reviewing.orders.data import AgentText, ReadAgentText, TableShown

# They go on from the title, "The agent is told".
WHOLE = "When a question begins, this; the rest it finds by search, table by table."
NOTHING = "Nothing: no table is signed yet."
HEADS = {
    "signed": "Exactly this; it is signed.",
    "not signed": "Nothing of it yet. Once you sign it, exactly this:",
    "changed": "What you signed before. Once you sign it again, exactly this:",
}

SOON = 0.03  # seconds after a decision, so that the text is not shown twice for quick ones
AT_REST = 0.3  # the same for a long text, which takes as long to be laid out as a key takes to repeat
LONG = 20_000  # characters


class ToldView(Protocol):
    """The exact text."""

    def show_told(self, head: str, text: str, changed: LinesChanged, newest: int) -> None:
        """`newest`: the line that was decided just now; 0: none."""


class ToldText:
    """Decides which text is shown, and which of its lines have changed since the table was opened."""

    def __init__(self, view: ToldView, desk: Desk, failed: Failed) -> None:
        self._view = view
        self._desk = desk
        self._failed = failed
        self._reads = Latest(desk.asks)
        self._shown: TableShown | None = None
        self._opened: TableShown | None = None
        self._on_screen: TableShown | None = None
        self._due: Ticket | None = None
        self._whole = False

    def table(self, shown: TableShown | None, opened: TableShown | None) -> None:
        """The open table as it is now and as it was opened; None: no table is open."""
        self._shown, self._opened = shown, opened
        if self._due is not None:
            self._due.drop()
            self._due = None
        if shown is None or self._on_screen is None or shown is opened:
            self._on_screen = None
            self._show_table()
        else:
            rests = AT_REST if len(shown.agent_text) > LONG else SOON
            self._due = self._desk.clock.after(rests, self._show_table)

    def show_whole(self, whole: bool) -> None:
        """The text of all signed tables, or that of the open one."""
        self._whole = whole
        if whole:
            self._reads.ask(ReadAgentText(), self._on_whole, self._failed)
        else:
            self._reads.drop()
            self._show_table()

    def signed(self) -> None:
        """What is signed has changed."""
        if self._whole:
            self.show_whole(True)

    def _show_table(self) -> None:
        if self._whole:
            return
        before, self._on_screen = self._on_screen, self._shown
        if self._shown is None or self._opened is None:
            self._view.show_told("", "", LinesChanged(), 0)
            return
        text = self._shown.agent_text
        just_now = compare_told(before.agent_text, text).new if before is not None else ()
        changed = compare_told(self._opened.agent_text, text)
        self._view.show_told(HEADS[self._shown.state], text, changed, just_now[0] if just_now else 0)

    def _on_whole(self, answer: AgentText) -> None:
        self._view.show_told(WHOLE if answer.text.strip() else NOTHING, answer.text, LinesChanged(), 0)
