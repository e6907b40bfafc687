"""A sentence above the content: what happened, what to do next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout

from desktop.theme import ICON, Space, icon
from sandbox.errors import Fault, PreceptorError

from .announcing import announce
from .buttons import Button
from .cards import Picture
from .snug import Snug
from .texts import Label, ToneName, set_tone

_FRESH_MS = 1200


class Notice(Snug):
    """One notice at a time; hidden when empty; `closed` when the reviewer closed it.

    The same problem after another try is seen to be another one: it is counted, and its border is strong for a second.
    """

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._do: Callable[[], object] | None = None
        self._problem = ("", "")
        self._times = 0
        self._fresh = QTimer(self, singleShot=True, interval=_FRESH_MS)
        self._fresh.timeout.connect(self._on_seen)
        self.setProperty("notice", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("tone", "info")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.MEDIUM, Space.SMALL, Space.SMALL, Space.SMALL)
        layout.setSpacing(Space.SMALL)
        self._picture = Picture("info", ICON + 2, "info")
        self._sentence, self._advice = Label(role="strong"), Label()
        self._again = Label(role="small")
        self._again.setWordWrap(False)
        self._action = Button("", self._on_action, kind="plain")
        self._action.hide()
        words = QVBoxLayout()
        words.setSpacing(Space.HAIR)
        words.addWidget(self._sentence)
        words.addWidget(self._advice)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(words, 1)
        layout.addWidget(self._again, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._action, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._close_button(), 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def show_notice(
        self,
        tone: ToneName,
        sentence: str,
        advice: str = "",
        action: str = "",
        do: Callable[[], object] | None = None,
    ) -> None:
        self._problem, self._times = ("", ""), 0
        self._say(tone, sentence, advice, action, do)

    def show_problem(self, problem: PreceptorError) -> None:
        said = (problem.sentence, problem.advice)
        self._times = self._times + 1 if said == self._problem else 1
        self._problem = said
        self._say("bad" if isinstance(problem, Fault) else "warn", *said)

    def set_advice(self, advice: str) -> None:
        """Without a word to who listens: what it is about has not happened anew."""
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self.setAccessibleName(" ".join(filter(None, (self._sentence.text(), advice, self.again))))

    def put_away(self) -> None:
        """Hidden while it is tried again: the same problem next is another one."""
        self.hide()

    def clear(self) -> None:
        self._do = None
        self._problem, self._times = ("", ""), 0
        self.hide()

    def _say(
        self, tone: ToneName, sentence: str, advice: str, action: str = "", do: Callable[[], object] | None = None
    ) -> None:
        set_tone(self, tone)
        self._picture.set_picture("info" if tone == "plain" else tone, "muted" if tone == "plain" else tone)
        self._sentence.setText(sentence)
        self.set_advice(advice)
        self._do = do
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self._again.setText(f"Again ({self._times})" if self._times > 1 else "")
        self._again.setVisible(self._times > 1)
        self._set_fresh(self._times > 1)
        self.setAccessibleName(" ".join(filter(None, (sentence, advice, self.again))))
        self.show()
        announce(self, self.accessibleName())

    @property
    def sentence(self) -> str:
        """What it says; empty when hidden."""
        return "" if self.isHidden() else self._sentence.text()

    @property
    def advice(self) -> str:
        return "" if self.isHidden() else self._advice.text()

    @property
    def again(self) -> str:
        """How often the same problem came, in words; empty for one that is new."""
        return self._again.text()

    def _set_fresh(self, fresh: bool) -> None:
        self.setProperty("fresh", fresh)
        self.style().unpolish(self)
        self.style().polish(self)
        if fresh:
            self._fresh.start()

    def _on_seen(self) -> None:
        self._set_fresh(False)

    def _close_button(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon("close", "muted"))
        button.setIconSize(QSize(ICON, ICON))
        button.setAccessibleName("Close this notice")
        button.setToolTip("Close")
        button.clicked.connect(self._on_closed)
        return button

    def _on_action(self) -> None:
        if self._do is not None:
            self._do()

    def _on_closed(self) -> None:
        self.clear()
        self.closed.emit()
