"""A table of results: its head, and windows of its rows as they come into sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop.desk import Failed
from desktop.runs.facts import shape
from desktop.widgets import Button, Card, PagedTable
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.runs import ReadRows, Result, Rows

ReadTable = Callable[[ReadRows, Callable[[Rows], None], Failed], None]
PREVIEW = 10  # rows of a table among other results


class ResultTable(PagedTable):
    """One table of one run, sorted by the session. Copying tells `copy` that it was wanted."""

    def __init__(self, run: str, result: Result, read: ReadTable, failed: Failed, copy: Callable[[], None]) -> None:
        self._run, self._result, self._read_rows = run, result, read
        self._failed, self._copy = failed, copy
        self._sort_by, self._descending = "", False
        self._seen = PREVIEW
        names = [column.name for column in result.columns]
        numeric = [column.numeric for column in result.columns]
        super().__init__(f"Table: {result.label}", names, result.rows, self._ask, numeric=numeric, sortable=True)
        self.sort_asked.connect(self._on_sort_asked)

    def copy_wanted(self) -> None:
        self._copy()

    def show_only(self, rows: int) -> None:
        """Be as high as so many rows, from now on, with a scroll bar below them where one is needed."""
        self._seen = rows
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerItem)
        self.horizontalScrollBar().rangeChanged.connect(self._fit_height)
        self._fit_height()

    def _fit_height(self) -> None:
        head, bar = self.horizontalHeader().sizeHint().height(), self.horizontalScrollBar()
        rows = self._seen * self.verticalHeader().defaultSectionSize()
        below = bar.sizeHint().height() if bar.maximum() > 0 else 0
        self.setFixedHeight(head + rows + below + 2 * self.frameWidth())

    def _ask(self, first: int, count: int, column: int, columns: int) -> None:
        order = ReadRows(
            run=self._run,
            label=self._result.label,
            first=first,
            count=count,
            column=column,
            columns=columns,
            sort_by=self._sort_by,
            descending=self._descending,
        )
        self._read_rows(order, lambda rows: self._on_rows(order, rows), self._on_refused)

    def _on_rows(self, order: ReadRows, rows: Rows) -> None:
        """A window in an order that is not asked for any more is dropped."""
        if (order.sort_by, order.descending) == (self._sort_by, self._descending):
            self.arrived(order.first, order.column, rows.cells)

    def _on_refused(self, problem: PreceptorError) -> None:
        self.refused()
        self._failed(problem)

    def _on_sort_asked(self, column: int, descending: bool) -> None:
        self._sort_by, self._descending = self._result.columns[column].name, descending
        self.forget()


class TableCard(Card):
    """A table among other results: its first rows; the whole of it opens on its own."""

    def __init__(self, result: Result, table: ResultTable, buttons: Sequence[Button]) -> None:
        super().__init__(result.label, shape(result))
        for button in buttons:
            self.head.addWidget(button)
        self.table = table
        table.show_only(max(2, min(PREVIEW, result.rows)))
        self.body.addWidget(table)
