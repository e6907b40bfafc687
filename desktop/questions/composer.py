"""Where the reviewer writes: grows to six lines, Ctrl+Enter sends, what looks like a patient is underlined."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit

from desktop.questions.plain import qt_place
from desktop.theme import Space, colours, theme
from sandbox.messages.desk import LONGEST_TEXT
from sandbox.reviewing.orders.questions import Mark

FEWEST, MOST = 2, 6  # lines


class Composer(QPlainTextEdit):
    """`typed` with the text after each change of the reviewer's; `send_wanted` on Ctrl+Enter.

    What is pasted stays out when it would be longer than can be told at once (`pasted_too_much` with the letters).
    """

    typed = Signal(str)
    send_wanted = Signal()
    pasted_too_much = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Your question or answer")
        self.setAccessibleDescription("Control and Enter sends; Enter begins a new line.")
        self.setObjectName("composer")
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._marks: tuple[Mark, ...] = ()
        self._is_told = False
        self.textChanged.connect(self._on_text_changed)
        self.document().documentLayout().documentSizeChanged.connect(self.updateGeometry)
        theme().changed.connect(self._underline)

    def text(self) -> str:
        """The text to the letter (`toPlainText` would turn no-break spaces into spaces)."""
        raw = self.document().toRawText().replace("\u2029", "\n")
        return raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def write(self, text: str) -> None:
        """Put this text in, without telling."""
        if text != self.text():
            self._is_told = True
            self.setPlainText(text)
            self._is_told = False
            self.moveCursor(QTextCursor.MoveOperation.End)

    def show_marks(self, marks: tuple[Mark, ...]) -> None:
        self._marks = marks
        self._underline()

    def sizeHint(self) -> QSize:
        lines = min(max(int(self.document().size().height()), FEWEST), MOST)
        frame = 2 * (self.frameWidth() + round(self.document().documentMargin()) + Space.TIGHT)
        return QSize(super().sizeHint().width(), lines * self.fontMetrics().lineSpacing() + frame)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.send_wanted.emit()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Laying out millions of letters would stop the window for seconds."""
        letters = len(source.text()) + self.document().characterCount() - 1 - len(self.textCursor().selectedText())
        if letters > LONGEST_TEXT:
            self.pasted_too_much.emit(letters)
        else:
            super().insertFromMimeData(source)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def _underline(self) -> None:
        text = self.text()
        self.setExtraSelections([self._selection(text, mark) for mark in self._marks if mark.end <= len(text)])

    def _selection(self, text: str, mark: Mark) -> QTextEdit.ExtraSelection:
        found, form = QTextEdit.ExtraSelection(), QTextCharFormat()
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        form.setUnderlineColor(colours().warn.text)
        form.setBackground(colours().warn.tint)
        cursor = QTextCursor(self.document())
        cursor.setPosition(qt_place(text, mark.start))
        cursor.setPosition(qt_place(text, mark.end), QTextCursor.MoveMode.KeepAnchor)
        found.cursor, found.format = cursor, form
        return found

    def _on_text_changed(self) -> None:
        if not self._is_told:
            self.typed.emit(self.text())
