"""What may run, and what ran."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.runs.facts import ReadyItem, RunItem
from desktop.runs.item_list import Item, ItemList
from desktop.theme import Space
from desktop.widgets import Heading


class ListPane(QWidget):
    """Two lists; choosing in one leaves the other without a choice."""

    def __init__(self, choose_approval: Callable[[str], None], choose_run: Callable[[str], None]) -> None:
        super().__init__()
        self._ready = ItemList("Ready to run", "Nothing is ready. Sign a draft in Review; then it stands here.", True)
        self._runs = ItemList("Runs", "Nothing was run yet.", False)
        self._ready.chosen.connect(choose_approval)
        self._runs.chosen.connect(choose_run)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, Space.SMALL, 0)
        layout.setSpacing(Space.SMALL)
        layout.addWidget(Heading("Ready to run", 3))
        layout.addWidget(self._ready, 2)
        layout.addSpacing(Space.SMALL)
        layout.addWidget(Heading("Runs", 3))
        layout.addWidget(self._runs, 3)

    def show_lists(self, ready: tuple[ReadyItem, ...], runs: tuple[RunItem, ...]) -> None:
        self._ready.show_items(
            tuple(Item(row.id, row.title, row.purpose, row.left, "play", "plain", row.until) for row in ready)
        )
        self._runs.show_items(
            tuple(Item(row.id, row.title, "", row.outcome, row.icon, row.tone, row.when) for row in runs)
        )

    def mark(self, approval: str, run: str) -> None:
        self._ready.mark(approval)
        self._runs.mark(run)

    def first_focus(self) -> QWidget:
        return self._ready if self._ready.items() else self._runs

    def focus_what_is_marked(self) -> None:
        (self._runs if self._runs.marked() else self.first_focus()).setFocus()
