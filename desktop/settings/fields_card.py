"""Settings that can be typed: one line each, with what it means below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit

from desktop.settings.fields import NUMBERS, Field, range_words
from desktop.theme import Space
from desktop.widgets import Card
from desktop.widgets.form_fields import FormField, set_read_only

_NUMBER = 18  # letters
_TEXT = 64


class FieldsCard(Card):
    """`typed` comes with the setting's key and the text; `entered` when Enter was pressed."""

    typed = Signal(str, str)
    entered = Signal()

    def __init__(self, title: str, subtitle: str, fields: Sequence[Field], *, columns: int = 1) -> None:
        super().__init__(title, subtitle)
        self.lines: dict[str, QLineEdit] = {}
        self._fields: dict[str, FormField] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.PAGE)
        grid.setVerticalSpacing(Space.LARGE)
        for place, field in enumerate(fields):
            grid.addWidget(self._made(field), place // columns, place % columns, Qt.AlignmentFlag.AlignTop)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        self.body.addLayout(grid)

    def show_typed(self, typed: dict[str, str]) -> None:
        """Show these texts; nobody typed them now."""
        for key, line in self.lines.items():
            if line.text() != typed[key]:
                line.blockSignals(True)
                line.setText(typed[key])
                line.blockSignals(False)

    def show_wrong(self, wrong: dict[str, str]) -> None:
        for key, field in self._fields.items():
            field.say(wrong.get(key, ""), "warn" if key in wrong else "info")

    def set_read_only(self, read_only: bool) -> None:
        for line in self.lines.values():
            set_read_only(line, read_only)

    def _made(self, field: Field) -> FormField:
        line = QLineEdit()
        line.setObjectName(field.key)
        letters, help = _TEXT, field.help
        if field.key in NUMBERS:
            letters, help = _NUMBER, f"{field.help} From {range_words(field.key)}."
            line.setAlignment(Qt.AlignmentFlag.AlignRight)
        line.textEdited.connect(self._on_edited)
        line.returnPressed.connect(self.entered)
        self.lines[field.key] = line
        self._fields[field.key] = FormField(field.label, line, help, field.unit, letters)
        return self._fields[field.key]

    def _on_edited(self, text: str) -> None:
        line = self.sender()
        assert isinstance(line, QLineEdit)
        self.typed.emit(line.objectName(), text)
