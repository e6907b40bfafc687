"""The opened results of one run, and windows of its tables: nothing is turned into text but what is looked at.

    opened = Opened(results)
    opened.window("By month", first=0, count=200, column=0, columns=30, sort_by="rate", descending=True)

A table stays in Arrow. A column's order is computed when it is first sorted by, and kept.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from sandbox.errors import BadInput
from sandbox.reviewing.cells import one_line, texts_of, type_words, value_text
from sandbox.reviewing.orders.runs import ColumnShown, Result

if TYPE_CHECKING:
    from sandbox.running.results import Results

MOST_ROWS, MOST_COLUMNS = 500, 100
MOST_ORDERS = 8
WINDOW_CHARACTERS = 3_000_000  # an answer is one line of at most 15 MB, a character has up to 4 bytes


class Opened:
    """The results of one run, while the desk is unlocked. May be used from several threads."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self._tables: dict[str, Any] = dict(results.tables)
        self._orders: dict[tuple[str, int, bool], Any] = {}
        self._sorting = threading.Lock()

    def shown(self) -> tuple[Result, ...]:
        """Every result in the program's order, without the contents of tables and figures."""
        return tuple(self._shown(kind, label) for kind, label in self.results.order)

    def window(
        self,
        label: str,
        *,
        first: int,
        count: int,
        column: int = 0,
        columns: int = MOST_COLUMNS,
        sort_by: str = "",
        descending: bool = False,
    ) -> tuple[tuple[str, ...], ...]:
        """Rows `first` and following of a table, in its own order or sorted; fewer at its end.

        A text that is too long for a window is cut with an ellipsis; a window of one cell has it whole.
        """
        table = self._table(label)
        if not (0 <= count <= MOST_ROWS and 0 <= columns <= MOST_COLUMNS) or first < 0 or column < 0:
            raise BadInput(f"At most {MOST_ROWS} rows of {MOST_COLUMNS} columns are read at once.")
        wanted = table.columns[column : column + columns]
        order = self._order(label, sort_by, descending).slice(first, count) if sort_by else None
        taken = [_one_piece(one.slice(first, count) if order is None else one.take(order)) for one in wanted]
        longest = WINDOW_CHARACTERS // max(1, len(taken) * count)
        return tuple(zip(*(texts_of(one, longest) for one in taken), strict=True))

    def figure(self, label: str) -> bytes:
        """A figure's PNG."""
        found = self.results.figures.get(label)
        if found is None:
            raise BadInput(f"There is no figure {label!r} in these results.", "Choose one of the list.")
        return found

    def _shown(self, kind: str, label: str) -> Result:
        if kind == "table":
            table = self._tables[label]
            return Result(kind="table", label=label, columns=_columns(table), rows=table.num_rows)
        if kind == "figure":
            return Result(kind="figure", label=label, bytes=len(self.results.figures[label]))
        if kind == "text":
            return Result(kind="text", label=label, text=value_text(self.results.texts[label]))
        return Result(kind="value", label=label, text=value_text(self.results.values[label]))

    def _table(self, label: str) -> Any:
        if label not in self._tables:
            raise BadInput(f"There is no table {label!r} in these results.", "Choose one of the list.")
        return self._tables[label]

    def _order(self, label: str, sort_by: str, descending: bool) -> Any:
        """The places of a table's rows when sorted by a column: equal rows stay as they were, empty ones come last."""
        import pyarrow.compute as pc

        table = self._table(label)
        names = [column.name for column in _columns(table)]
        if sort_by not in names:
            raise BadInput(f"The table {label!r} has no column {sort_by!r}.", "Choose one of its columns.")
        key = (label, names.index(sort_by), descending)
        with self._sorting:
            if key not in self._orders:
                direction = "descending" if descending else "ascending"
                values = table.columns[key[1]]
                found = pc.sort_indices(values, sort_keys=[("", direction)])
                if len(self._orders) >= MOST_ORDERS:
                    del self._orders[next(iter(self._orders))]
                self._orders[key] = found
            return self._orders[key]


def _columns(table: Any) -> tuple[ColumnShown, ...]:
    words = (type_words(field.type) for field in table.schema)
    return tuple(
        ColumnShown(name=one_line(name), type=word, numeric=numeric)
        for name, (word, numeric) in zip(table.column_names, words, strict=True)
    )


def _one_piece(column: Any) -> Any:
    """A column as one array; without a copy where it is one already."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
