"""A form in a dialog: calm, by keyboard, never blocking."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme import Space
from sandbox.errors import PreceptorError

from .buttons import Button
from .cards import Picture
from .form_fields import FormField, Hint, next_empty, offer_secret
from .notices import Notice
from .panes import scrolled
from .progress import Busy
from .snug import TopDown
from .texts import Heading, Label

_WIDTH = 58  # letters
_HIGHEST = 0.85  # of the screen
_NO_LIMIT = (1 << 24) - 1  # Qt's own


class FormDialog(QDialog):
    """`accepted_form` when the primary button was chosen; the dialog stays until `finish`, `reject` or Esc.

    Enter is the primary button while that is enabled; else it goes to the next empty field, or points to what is
    missing (`set_missing`). In a text of several lines it is a new line.
    """

    accepted_form = Signal()

    def __init__(
        self, title: str, parent: QWidget | None = None, *, primary: str = "Sign", icon: str = "", danger: bool = False
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setModal(True)
        self._ready, self._is_busy = True, False
        self._first: QWidget | None = None
        self._focused: QWidget | None = None
        self._busy, self._notice, self._missing = Busy(), Notice(), Hint()
        self._cancel = Button("Cancel", self.reject)
        self._primary = Button(primary, self._on_primary, kind="danger" if danger else "primary", icon=icon)
        self._primary.setDefault(True)
        self._form = QWidget()
        self._fields = TopDown(self._form)
        self._fields.setContentsMargins(0, 0, 0, 0)
        self._fields.body.setSpacing(Space.LARGE)
        self._fields.end()
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.LARGE)
        layout.setSpacing(Space.MEDIUM)
        layout.addLayout(_head(title, icon))
        self._area = scrolled(self._form)
        layout.addWidget(self._area, 1)
        layout.addWidget(self._notice)
        layout.addLayout(self._buttons())
        self.setTabOrder(self._primary, self._cancel)  # what was written is not thrown away by Tab and Enter
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * _WIDTH)

    def add(self, label: str, widget: QWidget, help: str = "") -> None:
        """A field with its name above it and, below, a sentence that helps."""
        field = FormField(label, widget, help)
        field.label.setVisible(bool(label))
        self._fields.body.addWidget(field)
        if self._first is None:
            self._first = widget
            widget.setFocus()

    def add_text(self, sentence: str) -> Label:
        label = Label(sentence)
        self._fields.body.addWidget(label)
        return label

    def set_ready(self, ready: bool) -> None:
        """Whether what was filled in may be accepted."""
        self._ready = ready
        self._primary.setEnabled(ready and not self._is_busy)

    def set_missing(self, sentence: str) -> None:
        """What has to be filled in first, said beside the button; an empty sentence: it is ready."""
        self._missing.say(sentence)
        self._primary.setAccessibleDescription(sentence)
        self.set_ready(not sentence)

    def busy(self, sentence: str | None) -> None:
        """A sentence: work goes on, nothing can be changed; None: go on."""
        self._is_busy = sentence is not None
        if self._is_busy:
            self._focused = self.focusWidget()
        self._form.setEnabled(not self._is_busy)
        self._missing.setVisible(not self._is_busy and bool(self._missing.text))
        self.set_ready(self._ready)
        if sentence is None:
            self._busy.stop()
            if self._focused is not None:
                self._focused.setFocus()
        else:
            self._notice.put_away()
            self._busy.start(sentence)

    def show_problem(self, problem: PreceptorError) -> None:
        """Above the buttons; what was typed stays, a passphrase so that typing replaces it."""
        self.busy(None)
        self._notice.show_problem(problem)
        offer_secret(self._form)
        self._fit()

    def finish(self) -> None:
        self.busy(None)
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif self._primary.isEnabled():
            self._primary.click()
        elif (empty := next_empty(self._form, self.focusWidget())) is not None:
            empty.setFocus()
        else:
            self._missing.stress()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as the form needs at its width, as far as the screen goes; beyond that it scrolls."""
        self._column.activate()
        needed = self._form.heightForWidth(self._area.viewport().width())
        most = round(self.screen().availableGeometry().height() * _HIGHEST)
        self._area.setFixedHeight(0)
        others = self._column.totalHeightForWidth(self.width())  # with the notice, which is not laid out yet
        high = max(0, min(needed, most - others))
        self._area.setMaximumHeight(_NO_LIMIT)
        self._area.setMinimumHeight(high)
        self.resize(self.width(), others + high)
        self._column.activate()
        focused = self.focusWidget()
        if focused is not None and self._form.isAncestorOf(focused):
            self._area.ensureWidgetVisible(focused, 0, Space.LARGE)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        row.addWidget(self._busy, 1)
        row.addWidget(self._missing, 1)
        row.addStretch(0)
        row.addWidget(self._cancel, 0, Qt.AlignmentFlag.AlignRight)
        row.addWidget(self._primary)
        return row

    def _on_primary(self) -> None:
        self._notice.put_away()
        self.accepted_form.emit()


def _head(title: str, icon: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(Space.MEDIUM)
    if icon:
        row.addWidget(Picture(icon, Space.WIDE, "accent"))
    row.addWidget(Heading(title, level=2), 1)
    return row
