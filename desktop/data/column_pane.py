"""The chosen column: what is told and given of it, what else may be, and why it was proposed so."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from desktop.data.column_rows import Offered
from desktop.data.deciding import Chosen
from desktop.data.wording import (
    FORMS,
    GIVEN_CHOICES,
    TOLD_CHOICES,
    class_words,
    given_sentence,
    told_sentence,
)
from desktop.theme import Space
from desktop.widgets import Button, Card, Label, scrolled
from desktop.words import plural
from sandbox.reviewing.orders.data import FormsShown
from sandbox.visible import visible


class ColumnPane(Card):
    """`told_wanted`, `given_wanted` and `form_wanted` come with what was chosen."""

    told_wanted = Signal(str)
    given_wanted = Signal(str)
    form_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__("Column")
        self.layout().setContentsMargins(Space.MEDIUM, Space.SMALL, Space.MEDIUM, Space.SMALL)  # type: ignore[union-attr]
        self._told_words, self._given_words = Label(), Label()
        self._why, self._description = Label(role="muted"), Label()
        self._told, self._told_menu = _choice("Told", "Choose what is told (T)")
        self._given, self._given_menu = _choice("Given", "Choose what programs are given (G)")
        self._forms, self._forms_menu = _choice("Derive", "Choose what is derived from it (D)")
        self._forms_menu.triggered.connect(self._on_form)
        self._told_menu.triggered.connect(self._on_told)
        self._given_menu.triggered.connect(self._on_given)
        self._lay_out()
        self.show_chosen(None)
        self.show_forms(None)

    def show_chosen(self, chosen: Chosen | None) -> None:
        for widget in (self._inside, self._told, self._given):
            widget.setVisible(chosen is not None)
        if chosen is None:
            self.set_title("No column is chosen")
            self._fill(Offered())
            return
        column, several = chosen.column, chosen.count > 1
        kind = class_words(column, chosen.undecided)
        if several:
            self.set_title(f"{plural(chosen.count, 'column')} chosen", f"Explained: {visible(column.name)}, {kind}.")
        else:
            self.set_title(visible(column.name), kind)
        self._told_words.setText(f"Told: {told_sentence(column)}")
        self._given_words.setText(f"Given: {given_sentence(column)}")
        self._description.setText(visible(column.description))
        self._description.setVisible(bool(column.description))
        self._why.setText(_why(chosen))
        self._fill(chosen.offered)

    def open_told(self, where: QPoint) -> None:
        if self._told_menu.actions():
            self._told_menu.popup(where)

    def open_given(self, where: QPoint) -> None:
        if self._given_menu.actions():
            self._given_menu.popup(where)

    def show_forms(self, forms: FormsShown | None) -> None:
        """What may be derived from the column; what counts from another date is below a word of its own."""
        self._forms_menu.clear()
        menus: dict[str, QMenu] = {}
        for form in forms.open if forms else ():
            name, _, anchor = form.partition(":")
            menu = self._forms_menu
            if anchor:
                if name not in menus:
                    menus[name] = self._forms_menu.addMenu(FORMS[name])
                    menus[name].setAccessibleName(FORMS[name].replace("&", ""))
                menu = menus[name]
            action = menu.addAction(visible(anchor).replace("&", "&&") if anchor else FORMS[name])
            action.setData(form)
            action.setCheckable(True)
            action.setChecked(forms is not None and form == forms.chosen)
        self._forms.setVisible(bool(self._forms_menu.actions()))

    def open_forms(self, where: QPoint) -> None:
        if self._forms_menu.actions():
            self._forms_menu.popup(where)

    def _fill(self, offered: Offered) -> None:
        _fill_menu(self._told_menu, [(one, TOLD_CHOICES[one]) for one in offered.told])
        _fill_menu(self._given_menu, [(one, GIVEN_CHOICES[one]) for one in offered.given])

    def _on_told(self, action: QAction) -> None:
        self.told_wanted.emit(action.data())

    def _on_given(self, action: QAction) -> None:
        self.given_wanted.emit(action.data())

    def _on_form(self, action: QAction) -> None:
        self.form_wanted.emit(action.data())

    def _lay_out(self) -> None:
        self._inside = QWidget()
        words, buttons = QVBoxLayout(self._inside), QHBoxLayout()
        words.setContentsMargins(0, 0, Space.TIGHT, 0)
        words.setSpacing(Space.SMALL)
        buttons.setSpacing(Space.SMALL)
        buttons.addWidget(self._told)
        buttons.addWidget(self._given)
        buttons.addWidget(self._forms)
        buttons.addStretch(1)
        for label in (self._description, self._told_words, self._given_words, self._why):
            words.addWidget(label)
        words.addStretch(1)
        self.body.addLayout(buttons)
        self.body.addWidget(scrolled(self._inside), 1)


def _choice(text: str, name: str) -> tuple[Button, QMenu]:
    button = Button(text, name=name)
    button.setToolTip(name)
    menu = QMenu(button)
    menu.setAccessibleName(name)
    button.setMenu(menu)
    return button, menu


def _fill_menu(menu: QMenu, choices: Sequence[tuple[str, str]]) -> None:
    menu.clear()
    for key, text in choices:
        menu.addAction(text).setData(key)


def _why(chosen: Chosen) -> str:
    """The evidence, line by line, and the paragraph behind it."""
    column = chosen.column
    reasons = [f"Because {visible(reason)}." for reason in column.evidence]
    if column.rule:
        reasons.append(f"See {visible(column.rule)}.")
    if column.physical:
        reasons.append(f"In the database: {visible(column.physical)}.")
    if column.null_share:
        reasons.append(f"Empty in about {column.null_share:.0%} of the rows.")
    return "\n".join(reasons)
