"""What every screen is: a heading, a notice, content; and when it is arrived at, left and locked."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.desk import Place
from desktop.theme import Space
from desktop.widgets import Heading, Label, Notice
from sandbox.errors import PreceptorError


class Presents(Protocol):
    """A presenter, as its screen drives it."""

    def arrive(self, place: Place) -> None:
        """The screen is shown, perhaps again; read what it shows afresh."""

    def leave(self) -> None:
        """Another screen is shown."""

    def lock(self) -> None:
        """The desk is idle: drop everything of results, and what could show them."""

    def standing_changed(self) -> None:
        """`desk.standing` was read again."""


class Screen(QWidget):
    """The base of the seven screens. Subclasses fill `content` and set `presenter`.

    `name` is one word out of DESIGN.md (it is the screen's title and accessible name).
    """

    presenter: Presents

    def __init__(self, name: str, subtitle: str = "") -> None:
        super().__init__()
        self.setObjectName(f"screen-{name.lower()}")
        self.setAccessibleName(name)
        self._heading = Heading(name)
        self._subtitle = Label(subtitle, role="muted")
        self.notice = Notice()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.PAGE, Space.WIDE, Space.PAGE, Space.WIDE)
        layout.setSpacing(Space.MEDIUM)
        layout.addWidget(self._heading)
        layout.addWidget(self._subtitle)
        layout.addWidget(self.notice)
        self.content = QVBoxLayout()
        self.content.setSpacing(Space.MEDIUM)
        layout.addLayout(self.content, 1)
        self._subtitle.setVisible(bool(subtitle))  # not before it lies in the screen: it would be a window of its own

    def set_title(self, title: str, subtitle: str = "") -> None:
        self._heading.setText(title)
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))

    def show_problem(self, problem: PreceptorError) -> None:
        """The sentence and the next step, above the content; nothing that was typed is lost."""
        self.notice.show_problem(problem)

    def clear_problem(self) -> None:
        self.notice.clear()

    def first_focus(self) -> QWidget | None:
        """Where the keyboard is when the screen is arrived at; None: where it was."""
        return None
