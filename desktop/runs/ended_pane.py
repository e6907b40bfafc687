"""How a run ended when there are no results to show: the sentence, what to do, what the agent may be told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.review.flow import FlowRow
from desktop.runs.emptying import empty
from desktop.runs.facts import Action, Ended
from desktop.runs.named_lines import NamedLines
from desktop.theme import BIG_ICON, Space
from desktop.widgets import Button, Card, Heading, Label
from desktop.widgets.buttons import Kind
from desktop.widgets.cards import Picture

Act = Callable[[Action], None]
_ICONS = {"run": "play", "results": "table", "review": "review", "settings": "settings", "records": "records"}


class EndedPane(QWidget):
    """Shows an `Ended`; `act` is called with what was chosen."""

    def __init__(self, act: Act) -> None:
        super().__init__()
        self._act = act
        self._picture = Picture("info", BIG_ICON)
        self._title, self._sentence, self._advice = Heading("", 2), Label(role="strong"), Label()
        self._lines = NamedLines("The run")
        self._report = _ReportCard(partial(act, "report"))
        self._buttons = QVBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(Space.SMALL)
        for widget in (self._title, self._sentence, self._advice):
            words.addWidget(widget)
        head = QHBoxLayout()
        head.setSpacing(Space.LARGE)
        head.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.LARGE)
        layout.addLayout(head)
        layout.addLayout(self._buttons)
        layout.addWidget(self._report)
        layout.addWidget(self._lines)
        layout.addStretch(1)

    def show_ended(self, ended: Ended) -> None:
        self._picture.set_picture(ended.icon, ended.tone)
        self._title.setText(ended.title)
        self._sentence.setText(ended.sentence)
        self._advice.setText(ended.advice)
        self._advice.setVisible(bool(ended.advice))
        self._lines.set_lines(ended.lines)
        self._report.show_report(ended.report, ended.report_refused)
        self._show_buttons(ended.actions)

    def _show_buttons(self, actions: tuple[tuple[Action, str], ...]) -> None:
        empty(self._buttons)
        buttons = []
        for place, (action, text) in enumerate(actions):
            kind: Kind = "plain" if place else "primary"
            buttons.append(Button(text, partial(self._act, action), kind=kind, icon=_ICONS[action]))
        self._buttons.addWidget(FlowRow(*buttons))


class _ReportCard(Card):
    """Every word that the agent would be told, and the button that tells it."""

    def __init__(self, send: Callable[[], None]) -> None:
        super().__init__("The agent can be told this much", "Nothing else of the run leaves. Once per approval.")
        self._lines = NamedLines("The report to the agent")
        self._send = Button("Send this report to the agent", send, icon="send")
        self._refused = Label(role="muted")
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        row.addWidget(self._send)
        row.addWidget(self._refused, 1)
        self.body.addWidget(self._lines)
        self.body.addLayout(row)

    def show_report(self, report: tuple[tuple[str, str], ...], refused: str) -> None:
        self.setVisible(bool(report))
        self._lines.set_lines(report)
        self._send.setEnabled(not refused)
        self._send.setAccessibleDescription(refused)
        self._refused.setText(refused)
