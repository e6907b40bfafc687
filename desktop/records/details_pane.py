"""One record in full: lines for people, the program that was signed, the statement as it was signed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.records.facts import Action, Details
from desktop.records.facts import Button as RecordButton
from desktop.review.flow import FlowRow
from desktop.runs.emptying import empty
from desktop.runs.named_lines import NamedLines
from desktop.theme import Space
from desktop.widgets import Button, CodeView, Heading, Label, Segments, scrolled
from desktop.widgets.buttons import Kind

Act = Callable[[Action], None]


class DetailsPane(QWidget):
    """Shows `Details`, or a sentence while nothing is chosen; `act` is called with what was chosen."""

    def __init__(self, name: str, nothing: str, act: Act, has_program: bool) -> None:
        super().__init__()
        self._act = act
        self._title, self._sentence = Heading("", 3), Label(role="muted")
        self._nothing = Label(nothing, role="muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = QVBoxLayout()
        self._lines = NamedLines(name, selectable=True)
        self._program, self._statement = CodeView("Program that was signed"), CodeView("Statement as it was signed")
        middle = [("program", "Program")] if has_program else []
        self._what = Segments(f"{name} as", [("lines", "In words"), *middle, ("statement", "As signed")])
        self._what.changed.connect(self._on_turned)
        self._stack = QStackedWidget()
        self._pages = {"lines": scrolled(self._lines), "program": self._program, "statement": self._statement}
        for page in self._pages.values():
            self._stack.addWidget(page)
        self._shown = self._make_shown()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, Space.SMALL, 0, 0)
        layout.addWidget(self._nothing, 1)
        layout.addWidget(self._shown, 1)
        self.show_details(None)

    def show_details(self, details: Details | None) -> None:
        self._nothing.setVisible(details is None)
        self._shown.setVisible(details is not None)
        if details is None:
            return
        self._title.setText(details.title)
        self._sentence.setText(details.sentence)
        self._lines.set_lines(details.lines)
        self._program.show_code(details.program or "The program is not on this disk as it was signed.", "python")
        self._statement.show_code(details.statement, "json")
        self._show_buttons(details)

    def _make_shown(self) -> QWidget:
        shown = QWidget()
        layout = QVBoxLayout(shown)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addWidget(self._title)
        layout.addWidget(self._sentence)
        layout.addLayout(self._buttons)
        layout.addWidget(self._stack, 1)
        return shown

    def _show_buttons(self, details: Details) -> None:
        """What the record is shown as, then what can be done with it, in as many lines as there is room for."""
        self._what.setParent(self)  # it outlives the row it stood in
        empty(self._buttons)
        row = FlowRow(self._what, push=tuple(map(self._button, details.buttons)))
        self._buttons.addWidget(row)
        self._what.show()
        row.show()

    def _button(self, one: RecordButton) -> Button:
        kind: Kind = "danger" if one.danger else "plain"
        button = Button(one.text, partial(self._act, one.action), kind=kind, icon=one.icon)
        button.setEnabled(not one.refused)
        button.setToolTip(one.refused)
        button.setAccessibleDescription(one.refused)
        return button

    def _on_turned(self, what: str) -> None:
        self._stack.setCurrentWidget(self._pages[what])
