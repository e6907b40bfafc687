"""The exact text that an agent is told, beside the decisions that change it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPlainTextEdit

from desktop.data.told_lines import LinesChanged
from desktop.theme import Space
from desktop.widgets import Card, CodeView, Label, Segments
from desktop.words import plural
from sandbox.visible import visible

GONE_SHOWN = 5


class ToldPane(Card):
    """Implements `ToldView`."""

    whole_wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__("The agent is told")
        self.layout().setContentsMargins(Space.MEDIUM, Space.SMALL, Space.MEDIUM, Space.MEDIUM)  # type: ignore[union-attr]
        self._which = Segments("Text", [("table", "Table"), ("whole", "Start")])
        self._which.changed.connect(self._on_which)
        self._head, self._gone = Label(role="muted"), Label(role="small")
        self.text = CodeView("What the agent is told")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.head.addWidget(self._which)
        self.body.addWidget(self._head)
        self.body.addWidget(self.text, 1)
        self.body.addWidget(self._gone)
        self._shown = ""
        toggle = QShortcut(QKeySequence("Ctrl+T"), self)
        toggle.activated.connect(self._on_toggled)

    def show_told(self, head: str, text: str, changed: LinesChanged, newest: int) -> None:
        """The text stays where it was scrolled to, unless a line of it has just changed."""
        self._head.setText(head)
        if text != self._shown:
            top = self.text.verticalScrollBar().value()
            self.text.show_code(text, "text")
            self.text.set_gutter(("",) * self.text.blockCount())  # lines wrap; their numbers say nothing here
            self._shown = text
            self.text.verticalScrollBar().setValue(top)
        self.text.set_tints(dict.fromkeys(changed.new, "changed"))
        if newest:
            self.text.go_to(newest)
        self._gone.setText(_gone_words(changed.gone))
        self._gone.setVisible(bool(changed.gone))

    def _on_which(self, key: str) -> None:
        self.whole_wanted.emit(key == "whole")

    def _on_toggled(self) -> None:
        whole = self._which.value() != "whole"
        self._which.set_value("whole" if whole else "table")
        self.whole_wanted.emit(whole)


def _gone_words(gone: tuple[str, ...]) -> str:
    """What is not told any more, or not in that form."""
    shown = "\n".join(f"− {visible(line)}" for line in gone[:GONE_SHOWN])
    more = len(gone) - GONE_SHOWN
    return f"Before, it said:\n{shown}" + (f"\nand {plural(more, 'more line')}" if more > 0 else "")
