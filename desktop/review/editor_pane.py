"""The editor in the place of the program: a draft of the reviewer's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme import Space
from desktop.widgets import Busy, Button, CodeEdit, Heading, Label

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.review.editing_presenter import EditingPresenter


class EditorPane(QWidget):
    """Implements `EditingView`. `opened` is called with whether it is to be seen instead of the program."""

    def __init__(self, opened: Callable[[bool], None]) -> None:
        super().__init__()
        self._opened = opened
        self._presenter: EditingPresenter | None = None
        self._title = Heading(level=3)
        self._busy = Busy()
        self._text = CodeEdit("Your draft")
        self._save = Button("Save as a new draft", self._on_save, kind="primary", shortcut="Ctrl+S")
        self._again = Button("Begin again", self._on_again, kind="quiet", name="Begin again from the draft")
        self._leave = Button("Back to the review", self._on_leave)
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        row.addWidget(self._title, 1)
        for button in (self._again, self._leave, self._save):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addLayout(row)
        layout.addWidget(Label("The same checks apply to it. Leaving keeps what you changed.", role="muted"))
        layout.addWidget(self._busy)
        layout.addWidget(self._text, 1)
        esc = QShortcut(QKeySequence("Esc"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        esc.activated.connect(self._on_leave)

    def drive(self, presenter: EditingPresenter) -> None:
        self._presenter = presenter

    def show_editor(self, title: str, text: str, is_changed: bool) -> None:
        self._title.setText(title)
        self._text.show_code(text)
        self._opened(True)
        self._text.setFocus()

    def close_editor(self) -> None:
        self._opened(False)

    def editor_text(self) -> str:
        return self._text.text()

    def show_writing(self, sentence: str) -> None:
        self._text.setReadOnly(bool(sentence))
        for button in (self._save, self._again, self._leave):
            button.setEnabled(not sentence)
        if sentence:
            self._busy.start(sentence)
        else:
            self._busy.stop()

    def _on_save(self) -> None:
        assert self._presenter is not None
        self._presenter.save()

    def _on_leave(self) -> None:
        assert self._presenter is not None
        if self._leave.isEnabled():
            self._presenter.leave()

    def _on_again(self) -> None:
        """The draft's text again; undo brings back what was there."""
        assert self._presenter is not None
        cursor = self._text.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(self._presenter.original())
        self._text.setFocus()
