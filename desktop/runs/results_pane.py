"""The results of a run, in the program's order, one under the other; a table or figure can be opened whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.review.flow import FlowRow
from desktop.runs.emptying import empty
from desktop.runs.facts import Action, Block
from desktop.runs.figure_pane import FigureCard, ReadPicture, ResultFigure
from desktop.runs.results_presenter import LinesRan, ResultsPage
from desktop.runs.steps_table import show_steps, steps_table
from desktop.runs.table_pane import ReadTable, ResultTable, TableCard
from desktop.runs.tiles import Tiles
from desktop.runs.whole_pane import WholePane
from desktop.theme import Space
from desktop.widgets import Busy, Button, Card, Chip, Heading, Label, scrolled
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.runs import Result, ResultKind

AT_ONCE = 1  # block that is made before the window is drawn again: a huge table takes 50 to 100 ms
MOST = 60  # blocks that are made without being asked for


class ResultsPane(QWidget):
    """Shows a `ResultsPage`. What it needs of the presenter is set once, by `connect_to`."""

    def __init__(self, act: Callable[[Action], None], failed: Callable[[PreceptorError], None]) -> None:
        super().__init__()
        self._act, self._failed = act, failed
        self._page: ResultsPage | None = None
        self._left: list[Block] = []
        self._title, self._sentence = Heading("", 2), Label(role="muted")
        self._chip, self._why = Chip("For your screen only", "info"), Label(role="muted")
        self._buttons = QVBoxLayout()
        self._busy = Busy()
        self._flow = QWidget()
        self._cards = QVBoxLayout(self._flow)
        self._cards.setContentsMargins(0, 0, Space.SMALL, Space.LARGE)
        self._cards.setSpacing(Space.LARGE)
        self._cards.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._whole = WholePane(self._show_flow)
        self._stack = QStackedWidget()
        self._stack.addWidget(scrolled(self._flow))
        self._stack.addWidget(self._whole)
        self._head = self._make_head()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.MEDIUM)
        layout.addWidget(self._head)
        layout.addWidget(self._busy)
        layout.addWidget(self._stack, 1)
        self._copying = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        self._copying.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def connect_to(
        self,
        rows: ReadTable,
        picture: ReadPicture,
        export: Callable[[ResultKind, str], None],
        copy: Callable[[], None],
        review: Callable[[int], None],
    ) -> None:
        """How to read windows and figures, to begin an export, to open a line; whom to tell that copying was tried."""
        self._rows, self._picture, self._export, self._copy, self._review = rows, picture, export, copy, review
        self._copying.activated.connect(copy)

    def show_opening(self, sentence: str) -> None:
        self._busy.start(sentence)

    def show_results(self, page: ResultsPage) -> None:
        """The head at once, the blocks a few at a time; showing the same results again changes the head only."""
        self._busy.stop()
        self._show_head(page)
        if self._page is not None and self._page.run == page.run:
            return
        self._page = page
        self._left = list(page.blocks)
        self._make_some(MOST)

    def clear(self) -> None:
        """Forget every result."""
        self._page, self._left = None, []
        self._head.hide()
        self._busy.stop()
        self._whole.clear()
        self._stack.setCurrentIndex(0)
        empty(self._cards)

    def _make_head(self) -> QWidget:
        head = QWidget()
        layout = QVBoxLayout(head)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.TIGHT)
        only = QHBoxLayout()
        only.setSpacing(Space.SMALL)
        only.addWidget(self._chip)
        only.addWidget(self._why, 1)
        layout.addWidget(self._title)
        layout.addWidget(self._sentence)
        layout.addLayout(only)
        layout.addSpacing(Space.TIGHT)
        layout.addLayout(self._buttons)
        head.hide()
        return head

    def _show_head(self, page: ResultsPage) -> None:
        self._title.setText(page.title)
        self._sentence.setText(page.sentence)
        self._why.setText(page.export_refused)
        for widget in (self._chip, self._why):
            widget.setVisible(bool(page.export_refused))
        empty(self._buttons)
        icons = {"run": "play", "records": "records"}
        made = [Button(text, partial(self._act, action), icon=icons[action]) for action, text in page.actions]
        self._buttons.addWidget(FlowRow(*made))
        self._head.show()

    def _make_some(self, most: int) -> None:
        """A few blocks now, more when the window was drawn, a button for those after `most`."""
        page = self._page
        if page is None:
            return
        for block in self._left[: min(AT_ONCE, most)]:
            self._cards.addWidget(self._made(page, block))
        made = min(AT_ONCE, most, len(self._left))
        self._left = self._left[made:]
        if self._left and most > made:
            QTimer.singleShot(0, self, partial(self._make_some, most - made))
        elif self._left:
            self._more = Button(f"Show {min(MOST, len(self._left))} more of {len(self._left)} results", self._on_more)
            self._cards.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            self._add_last(page)

    def _add_last(self, page: ResultsPage) -> None:
        """What is told of the program, below what it reported."""
        if page.steps:
            self._cards.addWidget(self._steps(page))
        if page.lines is not None:
            self._cards.addWidget(self._lines(page.lines))

    def _on_more(self) -> None:
        self._cards.removeWidget(self._more)
        self._more.deleteLater()
        self._make_some(MOST)

    def _made(self, page: ResultsPage, block: Block) -> QWidget:
        first = block.results[0]
        if block.kind == "value":
            tiles = Tiles("Values")
            tiles.set_values(tuple((one.label, one.text) for one in block.results))
            return tiles
        if block.kind == "text":
            card = Card(first.label)
            card.body.addWidget(Label(first.text))
            return card
        if block.kind == "table":
            return TableCard(first, self._table(page, first), self._card_buttons(page, first))
        figure = ResultFigure(first, self._picture, self._failed)
        return FigureCard(first, figure, self._card_buttons(page, first))

    def _table(self, page: ResultsPage, result: Result) -> ResultTable:
        return ResultTable(page.run, result, self._rows, self._failed, self._copy)

    def _card_buttons(self, page: ResultsPage, result: Result) -> list[Button]:
        whole = Button(f"Whole {result.kind}", partial(self._show_whole, page, result), kind="quiet")
        whole.setAccessibleName(f"Whole {result.kind}: {result.label}")
        return [whole, self._export_button(page, result)]

    def _export_button(self, page: ResultsPage, result: Result) -> Button:
        name = f"Export the {result.kind} {result.label}"
        export = Button("Export…", partial(self._export, result.kind, result.label), icon="export", name=name)
        export.setEnabled(not page.export_refused)
        export.setToolTip(page.export_refused)
        return export

    def _show_whole(self, page: ResultsPage, result: Result) -> None:
        export = self._export_button(page, result)
        if result.kind == "table":
            self._whole.show_table(result, self._table(page, result), export)
        else:
            self._whole.show_figure(result, ResultFigure(result, self._picture, self._failed, whole=True), export)
        self._stack.setCurrentWidget(self._whole)

    def _show_flow(self) -> None:
        self._whole.clear()
        self._stack.setCurrentIndex(0)

    def _lines(self, lines: LinesRan) -> Card:
        card = Card("Lines that ran", lines.sentence)
        if lines.never:
            names = [(one, f"{one.name} did not run: open in Review") for one in lines.never]
            made = [Button(one.name, partial(self._review, one.line), kind="quiet", name=name) for one, name in names]
            card.body.addWidget(FlowRow(Label("These did not:", role="muted"), *made))
        return card

    def _steps(self, page: ResultsPage) -> Card:
        card = Card("Step by step", "How many rows and patients were left after each step.")
        table = steps_table("")
        show_steps(table, page.steps)
        rows = min(len(page.steps), 12)
        table.setFixedHeight(table.horizontalHeader().sizeHint().height() + (rows + 1) * table.rowHeight(0))
        card.body.addWidget(table)
        return card
