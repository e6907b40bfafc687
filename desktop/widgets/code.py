"""Programs and other texts in a fixed-width font, with line numbers, colours and marks.

view = CodeView("Program")
view.show_code(program, "python")
view.set_marks((LineMark(12, "warn", "Reads a column that no approval read before."),))
view.set_tints({12: "added"})            # a diff: rows as lines, and set_gutter for their numbers
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QWidget

from sandbox.visible import visible_lines

from .code_area import INDENT, CodeArea
from .code_spans import Language


class CodeView(CodeArea):
    """Read only; the cursor moves by keyboard all the same. What could not be seen is shown as its code."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setReadOnly(True)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)

    def show_code(self, text: str, language: Language = "python") -> None:
        """Show this text from its top; marks, tints and margin texts of the one before are gone."""
        self._gutter.marks, self._gutter.tints, self._gutter.texts = {}, {}, None
        self.setPlainText(visible_lines(text))
        self._highlighter.read(language)
        self._make_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.line_activated.emit(self.textCursor().blockNumber() + 1)
            return
        super().keyPressEvent(event)


class CodeEdit(CodeArea):
    """Editable: Enter keeps the indentation, Tab and Shift+Tab change it, Ctrl+Tab leaves the field."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setAccessibleDescription("Ctrl+Tab leaves the field.")
        self.document().contentsChange.connect(self._on_contents_changed)

    def show_code(self, text: str, language: Language = "python") -> None:
        """Begin with this text, unchanged."""
        self.setPlainText(text)
        self._highlighter.read(language)

    def text(self) -> str:
        """The text to the letter (`toPlainText` would turn no-break spaces into spaces)."""
        return self.document().toRawText().replace("\u2029", "\n")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and control:
            QWidget.focusNextPrevChild(self, key == Qt.Key.Key_Tab)  # that of a text field refuses
        elif key == Qt.Key.Key_Tab:
            self._indent(+1)
        elif key == Qt.Key.Key_Backtab:
            self._indent(-1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control:
            self._new_line()
        else:
            super().keyPressEvent(event)

    def _indent(self, step: int) -> None:
        cursor = self.textCursor()
        if step > 0 and not cursor.hasSelection():
            cursor.insertText(" " * (INDENT - cursor.positionInBlock() % INDENT))
            return
        first, last = self.selected_lines()
        cursor.beginEditBlock()
        for line in range(first, last + 1):
            start = QTextCursor(self.document().findBlockByNumber(line - 1))
            if step > 0:
                start.insertText(" " * INDENT)
            else:
                text = start.block().text()
                for _space in range(min(INDENT, len(text) - len(text.lstrip(" ")))):
                    start.deleteChar()
        cursor.endEditBlock()

    def _new_line(self) -> None:
        cursor = self.textCursor()
        before = cursor.block().text().encode("utf-16-le")[: cursor.positionInBlock() * 2].decode("utf-16-le", "ignore")
        deeper = INDENT if before.rstrip().endswith(":") else 0
        cursor.insertText("\n" + " " * (len(before) - len(before.lstrip(" ")) + deeper))
        self.ensureCursorVisible()

    def _on_contents_changed(self, _at: int, removed: int, added: int) -> None:
        if removed or added:
            self._highlighter.typed()
