"""What was looked at, one line each: an icon, a word, a sentence, and what to do where something is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from desktop.theme import ICON, Space
from desktop.widgets import Card, Label
from desktop.widgets.cards import Picture
from desktop.widgets.emptying import empty
from sandbox.reviewing.orders.settings import Finding

_NAMES = 18  # letters


class FindingsCard(Card):
    def __init__(self) -> None:
        super().__init__("What was looked at")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.SMALL)
        self._grid.setVerticalSpacing(Space.SMALL)
        self._grid.setColumnMinimumWidth(1, self.fontMetrics().averageCharWidth() * _NAMES)
        self._grid.setColumnStretch(2, 1)
        self.body.addLayout(self._grid)

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        empty(self._grid)
        for row, finding in enumerate(findings):
            self._add(row, finding)

    def texts(self) -> list[str]:
        """What a screen reader finds, line by line."""
        return [one.accessibleName() for one in self.findChildren(Label) if not one.isHidden() and one.accessibleName()]

    def _add(self, row: int, finding: Finding) -> None:
        top = Qt.AlignmentFlag.AlignTop
        tone, word = _tone(finding)
        text = "\n".join(filter(None, (finding.sentence, finding.advice)))
        sentence = Label(text)
        sentence.setAccessibleName(f"{finding.name}: {word}. {text}")
        for column, widget in enumerate((Picture(tone, ICON, tone), Label(finding.name, role="strong"))):
            self._grid.addWidget(widget, row, column, top)
            widget.show()
        self._grid.addWidget(sentence, row, 2)
        sentence.show()


def _tone(finding: Finding) -> tuple[str, str]:
    """The icon and its word. Advice without trouble: nothing rests on it, and it is still worth knowing."""
    if not finding.ok:
        return "warn", "needs you"
    return ("info", "could be better") if finding.advice else ("good", "good")
