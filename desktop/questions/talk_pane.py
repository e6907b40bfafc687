"""A conversation with its composer: what was said, what goes on, what waits, what is being written."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.questions.blocks import NOTHING, Block, Next
from desktop.questions.composer import Composer
from desktop.questions.next_bar import NextBar
from desktop.questions.transcript import Transcript
from desktop.theme import ICON, Space
from desktop.widgets import Busy, Button, EmptyState, Label, Notice, announce
from desktop.widgets.cards import Picture
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.questions import Mark

WHAT_HAPPENS = (
    "The agent knows the tables that you signed, and no row of them. What you write is checked for patients before it "
    "leaves. The agent writes a program; you review it, and it runs only when you have signed it."
)

ASK = "Ask in your own words. Describe a population, not a person."
ANSWER = "Choose an answer above, or write your own."


class TalkPane(QWidget):
    """The view of `Talk`; says what was done by its signals."""

    send_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.transcript = Transcript()
        self.next_bar = NextBar()
        self._top = QStackedWidget()
        self._new = EmptyState("questions", "What do you want to know?", WHAT_HAPPENS)
        self.composer = Composer()
        self._notice = Notice()
        self._busy = Busy()
        self._hint = Label(role="muted")
        self._marks = Label()
        self._marked = QWidget()
        self._send = Button("Send", self.send_wanted.emit, kind="primary", icon="send", shortcut="")
        self._send.setToolTip("Send (Ctrl+Enter)")
        self._stop = Button("Stop", self.stop_wanted.emit, icon="stop", name="Stop the agent")
        self._stop.setToolTip("Stop the agent (Ctrl+.)")
        self._keys = Label("Ctrl+Enter sends", role="small")
        self.composer.send_wanted.connect(self.send_wanted)
        self.composer.textChanged.connect(self._on_text_changed)
        self._lay()
        self.show_next(NOTHING)
        self._on_text_changed()
        self.show_work("", may_stop=False)
        self.show_hint("")
        self.show_marks((), "")

    def _lay(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        self._top.addWidget(self.transcript)
        self._top.addWidget(self._new)
        layout.addWidget(self._top, 1)
        for widget in (self._notice, self.next_bar, self._busy, self._hint):
            layout.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        row.addWidget(self.composer, 1)
        buttons = QVBoxLayout()
        buttons.setSpacing(Space.TIGHT)
        buttons.addStretch(1)
        for button in (self._send, self._stop):
            buttons.addWidget(button)
        buttons.addWidget(self._keys, 0, Qt.AlignmentFlag.AlignHCenter)
        row.addLayout(buttons)
        layout.addLayout(row)
        marked = QHBoxLayout(self._marked)
        marked.setContentsMargins(0, 0, 0, 0)
        marked.setSpacing(Space.SMALL)
        marked.addWidget(Picture("warn", ICON, "warn"), 0, Qt.AlignmentFlag.AlignTop)
        marked.addWidget(self._marks, 1)
        layout.addWidget(self._marked)

    # What the presenter tells (`TalkView`).

    def show_blocks(self, blocks: tuple[Block, ...]) -> None:
        self._top.setCurrentWidget(self.transcript)
        self.transcript.show_blocks(blocks)

    def show_new(self) -> None:
        self._top.setCurrentWidget(self._new)

    def add_block(self, block: Block) -> None:
        self._top.setCurrentWidget(self.transcript)
        self.transcript.add_block(block)

    def add_text(self, text: str) -> None:
        self.transcript.add_text(text)

    def forget_text(self) -> None:
        self.transcript.forget_text()

    def show_work(self, sentence: str, *, may_stop: bool) -> None:
        works = bool(sentence)
        if works and self._busy.isHidden():
            self._busy.start(sentence)
        elif works:
            self._busy.say(sentence)
        else:
            self._busy.stop()
        had_focus = self._send.hasFocus() or self._stop.hasFocus()
        self._send.setVisible(not works)
        self._keys.setVisible(not works)
        self._stop.setVisible(works)
        self._stop.setEnabled(may_stop)
        if had_focus and not may_stop:
            self.composer.setFocus()

    def show_next(self, following: Next) -> None:
        self.next_bar.show_next(following)
        self.composer.setPlaceholderText(ANSWER if following.kind == "answer" else ASK)

    def write(self, text: str) -> None:
        self.composer.write(text)

    def hold(self, held: bool) -> None:
        self.composer.setReadOnly(held)

    def show_marks(self, marks: tuple[Mark, ...], sentence: str) -> None:
        self.composer.show_marks(marks)
        if sentence != self._marks.text():
            announce(self.composer, sentence)
        self._marks.setText(sentence)
        self._marked.setVisible(bool(sentence))

    def show_hint(self, sentence: str) -> None:
        self._hint.setText(sentence)
        self._hint.setVisible(bool(sentence))

    def show_trouble(self, problem: PreceptorError) -> None:
        self._notice.show_problem(problem)

    def clear_trouble(self) -> None:
        self._notice.clear()

    def _on_text_changed(self) -> None:
        self._send.setEnabled(not self.composer.document().isEmpty())
