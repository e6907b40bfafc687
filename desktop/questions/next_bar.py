"""What waits for the reviewer, above the composer: a draft to review, an answer to give, a turn to go on with."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.questions.blocks import Next
from desktop.questions.plain import plain
from desktop.theme import Space
from desktop.widgets import Button, Label, announce

MOST_OPTIONS = 8
_LONGEST_OPTION = 300


class NextBar(QFrame):
    """Hidden while nothing waits."""

    review_wanted = Signal(int)
    run_wanted = Signal()
    go_on_wanted = Signal()
    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("next")
        self.setProperty("card", True)
        self._following = Next()
        self._sentence = Label(role="strong")
        self._buttons = QWidget()
        self._row = QHBoxLayout()
        self._row.setSpacing(Space.MEDIUM)
        self._row.addWidget(self._sentence, 1)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(Space.LARGE, Space.SMALL, Space.SMALL, Space.SMALL)
        self.body.setSpacing(Space.SMALL)
        self.body.addLayout(self._row)
        self.body.addWidget(self._buttons)
        self._action = Button("", self._on_action, kind="primary")
        self._row.addWidget(self._action)
        self.hide()

    def show_next(self, following: Next) -> None:
        self._following = following
        self._sentence.setText(plain(following.sentence))
        action = {"review": f"Review draft {following.draft}", "go on": "Go on", "run": "Go to Runs"}
        words = action.get(following.kind, "")
        self._action.setText(words)
        self._action.setAccessibleName(words)
        self._action.setVisible(bool(words))
        self._show_options(following.options)
        self.setVisible(following.kind != "nothing")
        announce(self, following.sentence)

    def _show_options(self, options: tuple[str, ...]) -> None:
        self.body.removeWidget(self._buttons)
        self._buttons.hide()
        self._buttons.deleteLater()
        self._buttons = QWidget()
        column = QGridLayout(self._buttons)
        column.setContentsMargins(0, 0, 0, 0)
        column.setVerticalSpacing(Space.TIGHT)
        column.setHorizontalSpacing(Space.MEDIUM)
        column.setColumnStretch(1, 1)
        for place, option in enumerate(options[:MOST_OPTIONS]):
            words = _short(plain(" ".join(option.split())))
            choose = Button(
                f"Answer {place + 1}", partial(self.chosen.emit, option), name=f"Answer {place + 1}: {words}"
            )
            column.addWidget(choose, place, 0)
            column.addWidget(Label(words), place, 1)
        self._buttons.setVisible(bool(options))
        self.body.addWidget(self._buttons)

    def _on_action(self) -> None:
        match self._following.kind:
            case "review":
                self.review_wanted.emit(self._following.draft)
            case "go on":
                self.go_on_wanted.emit()
            case "run":
                self.run_wanted.emit()


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST_OPTION else f"{words[: _LONGEST_OPTION - 1]}…"
