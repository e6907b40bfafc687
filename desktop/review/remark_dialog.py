"""A comment on lines: how much it matters, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop.review.remarks import SEVERITIES, Remark
from desktop.widgets import CodeView, FormDialog, Segments
from desktop.words import missing

if TYPE_CHECKING:
    from desktop.review.remarks_presenter import RemarksPresenter

_QUOTED = 6  # lines of the program that are shown above
_WRITTEN = 5


class RemarkDialog(FormDialog):
    """Ctrl+Enter keeps it; the words go to the agent only with "Send"."""

    def __init__(
        self, parent: QWidget, title: str, quote: str, remark: Remark, note: str, presenter: RemarksPresenter
    ) -> None:
        super().__init__(title, parent, primary="Keep the comment", icon="edit")
        self._presenter = presenter
        self._remark = remark
        lines = CodeView("The lines")
        lines.show_code(quote)
        lines.setLineWrapMode(CodeView.LineWrapMode.WidgetWidth)
        lines.set_gutter(tuple(str(n) for n in range(remark.first, remark.last + 1)))
        lines.setFixedHeight(lines.line_height() * (min(_QUOTED, 2 * (remark.last - remark.first + 1)) + 1) + 4)
        self._severity = Segments("How much it matters", SEVERITIES)
        self._severity.set_value(remark.severity)
        self._text = QPlainTextEdit(remark.text)
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(self._text.fontMetrics().lineSpacing() * _WRITTEN + 12)
        if note:
            self.add_text(note)
        self.add("", lines)
        self.add("How much it matters", self._severity)
        self.add("Comment", self._text, "Describe; don’t name a patient. It is kept here until you send it.")
        key = QShortcut(QKeySequence("Ctrl+Return"), self, context=Qt.ShortcutContext.WindowShortcut)
        key.activated.connect(self._on_keep)
        self._text.textChanged.connect(self._on_changed)
        self.accepted_form.connect(self._on_keep)
        self._on_changed()
        self._text.setFocus()

    def _on_changed(self) -> None:
        self.set_missing(missing("" if self._text.toPlainText().strip() else "what you want to say"))

    def reject(self) -> None:
        self._presenter.put_aside(self._written())
        super().reject()

    def _written(self) -> Remark:
        severity = next(key for key, _ in SEVERITIES if key == self._severity.value())
        return self._remark._replace(text=self._text.toPlainText(), severity=severity)

    def _on_keep(self) -> None:
        if self._presenter.keep_remark(self._written()):
            self.finish()
