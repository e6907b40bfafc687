"""Settings on the screen: cards below each other, and what is not saved yet below them all."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.desk import Desk
from desktop.screen import Screen
from desktop.settings.dialogs import KeyDialog, NoKeyDialog, NoPinDialog, PinDialog
from desktop.settings.facts import Facts
from desktop.settings.fields import LIMITS, MODEL, PROJECT
from desktop.settings.fields_card import FieldsCard
from desktop.settings.model_card import ModelCard
from desktop.settings.presenter import ModelFacts, SettingsPresenter, Wrong, store_words
from desktop.settings.save_bar import SaveBar
from desktop.settings.sources_card import SourcesCard
from desktop.settings.who_card import WhoCard
from desktop.theme import Space
from desktop.widgets import Card, FormDialog, scrolled
from sandbox.reviewing.orders.settings import SettingsShown
from sandbox.reviewing.orders.starting import SourceStanding

WIDEST = 150  # letters
_LIMITS_HELP = "What one run may take, how long results stay, and how small a group may be told."


class SettingsScreen(Screen):
    def __init__(self, desk: Desk) -> None:
        super().__init__("Settings")
        self._desk = desk
        self._shown: SettingsShown | None = None
        self._dialogs: list[QDialog] = []
        self.who, self.model = WhoCard(), ModelCard(MODEL)
        self.sources = SourcesCard()
        self.project = FieldsCard("This workspace", "", PROJECT)
        self.limits = FieldsCard("Limits", _LIMITS_HELP, LIMITS, columns=2)
        self.places, self.versions = Facts("Where things are"), Facts("Versions")
        self.bar = SaveBar()
        self._area = scrolled(self._cards())
        self.content.addWidget(self._area, 1)
        self.content.setSpacing(0)
        self.content.addWidget(self.bar)
        self.presenter = self._presenter = SettingsPresenter(self, desk)
        self._connect()

    def show_settings(self, shown: SettingsShown, reviewer: str, typed: dict[str, str]) -> None:
        self._shown = shown
        self.who.show_who(shown, reviewer)
        for card in self._typed_cards():
            card.show_typed(typed)
        secrets = "In a throwaway store in this folder: a demo protects nothing." if shown.store == "throwaway" else ""
        keyring = shown.keyring or "In the operating system's keyring, which answers."
        places = (("Workspace", shown.root), ("Secrets of this computer", secrets or keyring))
        self.places.show_facts(places, mono=("Workspace",))
        self.versions.show_facts(tuple(shown.versions.items()), mono=tuple(shown.versions))

    def show_sources(self, sources: tuple[SourceStanding, ...]) -> None:
        self.sources.show_sources(sources)

    def show_model(self, model: ModelFacts) -> None:
        self.model.show_model(model)

    def show_changes(self, labels: tuple[str, ...], wrong: Wrong, busy: bool) -> None:
        for card in self._typed_cards():
            card.show_wrong(wrong)
        self.bar.show_changes(labels, len(wrong), busy)

    def point_to(self, key: str, sentence: str) -> None:
        """The keyboard is in that field, and the sentence below it."""
        for card in self._typed_cards():
            if key in card.lines:
                card.show_wrong({key: sentence})
                card.lines[key].setFocus()
                card.lines[key].selectAll()
                self._area.ensureWidgetVisible(card.lines[key])

    def close_dialogs(self) -> None:
        for dialog in self._dialogs:
            dialog.reject()

    def first_focus(self) -> QWidget:
        return self.who.fingerprint

    def _typed_cards(self) -> tuple[FieldsCard, ...]:
        return (self.model, self.project, self.limits)

    def _cards(self) -> QWidget:
        places, versions = Card("Where things are"), Card("Versions")
        places.body.addWidget(self.places)
        versions.body.addWidget(self.versions)
        versions.set_title("Versions", "The checks on programs and queries were read against these.")
        inside = QWidget()
        inside.setMaximumWidth(self.fontMetrics().averageCharWidth() * WIDEST)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, Space.MEDIUM, 0)
        column.setSpacing(Space.LARGE)
        for card in (self.who, self.model, self.sources, self.limits, self.project, places, versions):
            column.addWidget(card)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(inside, 1)
        row.addStretch(0)
        return page

    def _connect(self) -> None:
        for card in self._typed_cards():
            card.typed.connect(self._presenter.typed)
            card.entered.connect(self._presenter.save)
        self.who.copy_wanted.connect(self._on_copy)
        self.who.pin_wanted.connect(self._on_pin)
        self.who.no_pin_wanted.connect(self._on_no_pin)
        self.model.key_wanted.connect(self._on_key)
        self.model.no_key_wanted.connect(self._on_no_key)
        self.sources.data_wanted.connect(self._on_data)
        self.bar.saved.connect(self._presenter.save)
        self.bar.discarded.connect(self._presenter.discard)

    def _on_copy(self, text: str, sentence: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._desk.tell(sentence)

    def _on_data(self) -> None:
        self._desk.go("data")

    def _on_pin(self) -> None:
        self._open(PinDialog(self, self._presenter.set_pin))

    def _on_no_pin(self) -> None:
        self._open(NoPinDialog(self, self._presenter.set_pin))

    def _on_key(self) -> None:
        if self._shown is not None:
            store = store_words(self._shown.store)
            self._open(KeyDialog(self, self._shown.model_key_for, store, self._presenter.keep_key))

    def _on_no_key(self) -> None:
        if self._shown is not None:
            self._open(NoKeyDialog(self, self._shown.model_key_for, self._presenter.keep_key))

    def _open(self, dialog: FormDialog) -> None:
        self._dialogs = [dialog]
        dialog.open()
