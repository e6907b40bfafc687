"""The program: its changes, two versions side by side, or the program alone; an editor in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from desktop.review.flow import FlowRow, beside
from desktop.review.program_presenter import Mode, ProgramPresenter, RowMark
from desktop.review.program_text import ProgramText
from desktop.review.sheet import Sheet
from desktop.theme import Space, icon
from desktop.widgets import Button, Segments, two_panes

if TYPE_CHECKING:
    from desktop.review.remarks_presenter import RemarksPresenter

MODES: tuple[tuple[str, str], ...] = (("changes", "Changes"), ("sides", "Side by side"), ("program", "Program"))


class ProgramPane(QWidget):
    """Implements `ProgramView`. `drive` gives it the presenters once they are there."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Program")
        self._presenter: ProgramPresenter | None = None
        self._remarks: RemarksPresenter | None = None
        self._modes = Segments("How the program is shown", MODES)
        self._only = QCheckBox("Only chan&ges")
        self._one = ProgramText("Program with its changes", wraps=True)
        self._old = ProgramText("The version compared with", wraps=False)
        self._new = ProgramText("This draft", wraps=False)
        self._sides = two_panes(self._old, self._new, (1, 1), "program-sides")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._one)
        self._pages.addWidget(self._sides)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addWidget(self._make_head())
        layout.addWidget(self._pages, 1)
        self._connect()

    def drive(self, presenter: ProgramPresenter, remarks: RemarksPresenter) -> None:
        self._presenter, self._remarks = presenter, remarks

    def show_mode(self, mode: Mode, has_other: bool, is_folded: bool) -> None:
        self._modes.set_value(mode)
        for key in ("changes", "sides"):
            self._modes.set_option(key, enabled=has_other)
        self._only.setVisible(mode == "changes")
        self._only.setChecked(is_folded)
        for button in (self._before, self._next):
            button.setVisible(mode != "program")

    def show_sheets(self, sheets: tuple[Sheet, ...], marks: tuple[RowMark, ...], top: int) -> None:
        if len(sheets) == 2:
            self._pages.setCurrentWidget(self._sides)
            self._old.show_sheet(sheets[0], "old")
            self._new.show_sheet(sheets[1], "new")
        else:
            self._pages.setCurrentWidget(self._one)
            has_both = any(row.old_line != row.new_line for row in sheets[0].rows)
            self._one.show_sheet(sheets[0], "both" if has_both else "new")
        self.show_marks(marks)
        self.text.show_from(top)

    def show_marks(self, marks: tuple[RowMark, ...]) -> None:
        self.text.show_marks(marks)

    def go_to_row(self, row: int) -> None:
        self.text.go_to(row)
        self.text.setFocus()

    @property
    def text(self) -> ProgramText:
        """The text with the draft that is shown."""
        return self._new if self._pages.currentWidget() is self._sides else self._one

    def _make_head(self) -> FlowRow:
        self._before = _step_button("up", "Previous change", "Shift+F7")
        self._next = _step_button("down", "Next change", "F7")
        self._before.clicked.connect(self._on_before)
        self._next.clicked.connect(self._on_next)
        self._comment = Button("Comment", self._on_comment, icon="edit", name="Comment on the chosen lines")
        self._comment.setToolTip("Comment on the chosen lines (C)")
        return FlowRow(self._modes, self._only, push=(beside(self._before, self._next, self._comment),))

    def _connect(self) -> None:
        self._modes.changed.connect(self._on_mode)
        self._only.toggled.connect(self._on_only)
        for text in (self._one, self._old, self._new):
            text.read.connect(self._on_read)
        for one, other in ((self._old, self._new), (self._new, self._old)):
            one.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
            one.horizontalScrollBar().valueChanged.connect(other.horizontalScrollBar().setValue)
        for text in (self._one, self._new):
            key = QShortcut(QKeySequence("C"), text, context=Qt.ShortcutContext.WidgetShortcut)
            key.activated.connect(self._on_comment)

    def _on_mode(self, mode: Mode) -> None:
        assert self._presenter is not None
        self._presenter.set_mode(mode)

    def _on_only(self, is_folded: bool) -> None:
        if self._presenter is not None:
            self._presenter.set_folded(is_folded)

    def _on_read(self, sheet: Sheet, first: int, last: int, letters: int) -> None:
        if self._presenter is not None:
            self._presenter.on_screen(sheet, first, last, letters)

    def _on_before(self) -> None:
        self._step(-1)

    def _on_next(self) -> None:
        self._step(1)

    def _step(self, step: int) -> None:
        assert self._presenter is not None
        self._presenter.go_to_change(self.text.textCursor().blockNumber() + 1, step)

    def _on_comment(self) -> None:
        assert self._remarks is not None
        self._remarks.begin(*self.text.selected_lines())


def _step_button(picture: str, name: str, key: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(picture, "accent"))
    button.setAccessibleName(name)
    button.setShortcut(QKeySequence(key))
    button.setToolTip(f"{name} ({key})")
    return button
