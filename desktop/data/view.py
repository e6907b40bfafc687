"""The screen *Data*: sources and tables, columns, and what the agent is told of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from desktop.data.catalog_pane import CatalogPane
from desktop.data.columns_pane import ColumnsPane
from desktop.data.decide_page import DecidePage
from desktop.data.dialogs import DataDialogs
from desktop.data.presenter import DataPresenter, Stage
from desktop.data.sources_pane import SourcesPane
from desktop.data.tables_pane import TablesPane
from desktop.data.told_pane import ToldPane
from desktop.data.working import Doing
from desktop.desk import Desk
from desktop.screen import Screen
from desktop.theme import Space
from desktop.widgets import EmptyState, two_panes
from sandbox.reviewing.orders.starting import SourceStanding

NO_SOURCE = (
    "No source is connected",
    "Connect a DuckDB file, or a folder of Parquet or CSV files. It is opened read-only, and nothing of it leaves "
    "this computer.",
)
LOOKING_DOES = (
    "A process that can reach nothing but this source reads its tables and columns and proposes what an agent may "
    "know. It proposes only; you decide and sign."
)
NO_TABLE = "It was looked at, and no table was found in it. Put data there, then look again (F5)."


class DataScreen(Screen):
    """Implements `presenter.DataView`; the panes implement the parts of it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("Data")
        self.sources, self.tables, self.catalog = SourcesPane(), TablesPane(), CatalogPane()
        self.columns, self.told = ColumnsPane(), ToldPane()
        self.dialogs = DataDialogs(self)
        self.presenter: DataPresenter = DataPresenter(self, desk)
        self._connect(self.presenter)
        self._no_source = EmptyState("data", *NO_SOURCE, "Connect…", self.dialogs.open_connect)
        self._not_looked = EmptyState("search", "", LOOKING_DOES, "Look at it", self.presenter.actions.look)
        self._looking = EmptyState("clock", "", LOOKING_DOES, "Stop", self.presenter.actions.stop)
        self._no_table = EmptyState("table", "", NO_TABLE)
        self._reading = QWidget()  # for the moment before the sources are known; it keeps the keyboard for them
        self._reading.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._reading.setAccessibleName("Reading the sources")
        self._tables = DecidePage(self.columns, self.columns.column, self.told)
        self._pages = QStackedWidget()
        self._lay_out()

    def show_stage(self, stage: Stage, source: SourceStanding | None) -> None:
        pages: dict[Stage, QWidget] = {
            "reading": self._reading,
            "no source": self._no_source,
            "not looked": self._not_looked,
            "looking": self._looking,
            "no table": self._no_table,
            "catalog": self.catalog,
            "tables": self._tables,
        }
        self._show_page(pages[stage])
        self._left.setVisible(stage not in ("reading", "no source"))
        self.tables.setVisible(stage == "tables" or (stage == "catalog" and bool(source and source.tables)))
        self.tables.bar.setVisible(stage == "tables")
        self.tables.find_more.setVisible(source is not None and source.catalog_tables > source.tables)
        name = source.name if source else ""
        self._not_looked.set_text(f"Nobody has looked at {name} yet", LOOKING_DOES)
        self._no_table.set_text(f"{name} has no tables", NO_TABLE)

    def show_working(self, doing: Doing | None, sentence: str) -> None:
        self.sources.show_working(doing, sentence)
        self._looking.set_text(sentence, LOOKING_DOES)

    def open_file(self, path: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(path))

    def tell_good(self, sentence: str, advice: str, action: str, do: Callable[[], None] | None) -> None:
        self.notice.show_notice("good", sentence, advice, action, do)

    def tell_instead(self, sentence: str, advice: str) -> None:
        if self.notice.sentence == sentence:
            self.notice.set_advice(advice)

    def first_focus(self) -> QWidget | None:
        if self._pages.currentWidget() is self._tables:
            return self.columns.table
        if self._pages.currentWidget() is self.catalog:
            return self.catalog.search
        if self._pages.currentWidget() is self._reading:
            return self._reading
        button = getattr(self._pages.currentWidget(), "button", None)
        return button if isinstance(button, QWidget) else None

    def _show_page(self, page: QWidget) -> None:
        """The keyboard goes with the page, unless the reviewer has taken it elsewhere."""
        if page is self._pages.currentWidget():
            return
        focused = QApplication.focusWidget()
        had_it = focused is None or not focused.isVisible() or self._pages.isAncestorOf(focused)
        self._pages.setCurrentWidget(page)
        target = self.first_focus()
        if had_it and target is not None and self.isVisible():
            target.setFocus()

    def _connect(self, presenter: DataPresenter) -> None:
        """What is done in the panes and dialogs goes to the presenter."""
        self.sources.chosen.connect(presenter.sources.choose)
        self.sources.connect_wanted.connect(self.dialogs.open_connect)
        self.sources.look_wanted.connect(presenter.actions.look)
        self.sources.index_wanted.connect(presenter.actions.index)
        self.sources.stop_wanted.connect(presenter.actions.stop)
        self.sources.forget_wanted.connect(presenter.actions.forget_index)
        self.sources.disconnect_wanted.connect(presenter.actions.disconnect)
        self.dialogs.connect_wanted.connect(presenter.actions.connect)
        self.dialogs.sign_wanted.connect(presenter.signing.sign)
        self.tables.chosen.connect(presenter.tables.choose)
        self.tables.columns_wanted.connect(self.columns.table.setFocus)
        self.tables.bar.wanted.connect(presenter.sign)
        self.tables.bar.page_wanted.connect(presenter.page.ask_where)
        self.dialogs.page_wanted.connect(presenter.page.write)
        self.tables.catalog_wanted.connect(self._on_catalog_wanted)
        self.catalog.searched.connect(presenter.catalog.search)
        self.catalog.chosen.connect(presenter.catalog.choose)
        self.catalog.open_wanted.connect(presenter.catalog.open)
        self.catalog.back_wanted.connect(presenter.leave_catalog)
        self.columns.chosen.connect(presenter.deciding.choose)
        self.columns.which_wanted.connect(presenter.deciding.show_which)
        self.columns.search.searched.connect(presenter.deciding.find)
        self.columns.bar.offer_wanted.connect(presenter.deciding.take_offer)
        self.columns.bar.given_wanted.connect(self._on_given_wanted)
        self.columns.bar.undo_wanted.connect(presenter.deciding.take_back)
        self.columns.column.form_wanted.connect(presenter.deciding.derive)
        self.columns.column.told_wanted.connect(self._on_told_wanted)
        self.columns.column.given_wanted.connect(self._on_given_wanted)
        self.told.whole_wanted.connect(presenter.told.show_whole)

    def _on_catalog_wanted(self) -> None:
        self.presenter.find_tables()
        self.catalog.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.catalog.search.selectAll()

    def _on_told_wanted(self, told: str) -> None:
        self.presenter.deciding.decide(told=told)  # type: ignore[arg-type]

    def _on_given_wanted(self, given: str) -> None:
        self.presenter.deciding.decide(given=given)  # type: ignore[arg-type]

    def _lay_out(self) -> None:
        for page in (
            self._reading,
            self._no_source,
            self._not_looked,
            self._looking,
            self._no_table,
            self.catalog,
            self._tables,
        ):
            self._pages.addWidget(page)
        self._left = QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(Space.MEDIUM)
        left.addWidget(self.sources)
        left.addWidget(self.tables, 1)
        left.addStretch(0)
        self.content.addWidget(two_panes(self._left, self._pages, (10, 27), "sources and tables"), 1)
        self.content.addWidget(self.tables.bar)
