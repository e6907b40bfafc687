"""The sources in one line each; they are changed on the Data screen."""

from __future__ import annotations

from PySide6.QtCore import Signal

from desktop import words
from desktop.settings.facts import Facts
from desktop.widgets import Button, Card, Label
from sandbox.reviewing.orders.starting import SourceStanding


class SourcesCard(Card):
    """`data_wanted` asks for the Data screen."""

    data_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("Sources", "What they hold for an agent and for programs is decided on the Data screen.")
        self.head.addWidget(Button("Open Data", self.data_wanted.emit, icon="data"))
        self._facts = Facts("Sources")
        self._none = Label("No source is connected.", role="muted")
        self.body.addWidget(self._facts)
        self.body.addWidget(self._none)

    def show_sources(self, sources: tuple[SourceStanding, ...]) -> None:
        self._facts.show_facts([(source.name, _line(source)) for source in sources])
        self._facts.setVisible(bool(sources))
        self._none.setVisible(not sources)


def _line(source: SourceStanding) -> str:
    how_far = (
        f"{source.signed:,} of {words.plural(source.tables, 'table')} signed" if source.looked else "not looked at"
    )
    return f"{source.location}\n{how_far}, {'with' if source.login else 'without'} a login"
