"""A sentence above the content: what happened, what to do next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout

from desktop.theme import ICON, Space, icon
from sandbox.errors import Fault, PreceptorError

from .announcing import announce
from .buttons import Button
from .cards import Picture
from .snug import Snug
from .texts import Label, ToneName, set_tone


class Notice(Snug):
    """One notice at a time; hidden when empty; `closed` when the reviewer closed it."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._do: Callable[[], object] | None = None
        self.setProperty("notice", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("tone", "info")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.MEDIUM, Space.SMALL, Space.SMALL, Space.SMALL)
        layout.setSpacing(Space.SMALL)
        self._picture = Picture("info", ICON + 2, "info")
        self._sentence, self._advice = Label(role="strong"), Label()
        self._action = Button("", self._on_action, kind="plain")
        self._action.hide()
        words = QVBoxLayout()
        words.setSpacing(Space.HAIR)
        words.addWidget(self._sentence)
        words.addWidget(self._advice)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(words, 1)
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
        set_tone(self, tone)
        self._picture.set_picture("info" if tone == "plain" else tone, "muted" if tone == "plain" else tone)
        self._sentence.setText(sentence)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self._do = do
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(f"{sentence} {advice}".strip())
        self.show()
        announce(self, self.accessibleName())

    def show_problem(self, problem: PreceptorError) -> None:
        self.show_notice("bad" if isinstance(problem, Fault) else "warn", problem.sentence, problem.advice)

    def clear(self) -> None:
        self._do = None
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says; empty when hidden."""
        return "" if self.isHidden() else self._sentence.text()

    @property
    def advice(self) -> str:
        return "" if self.isHidden() else self._advice.text()

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
