"""Which windows of a huge table are wanted, asked for and kept. No Qt.

A page is a window of ROWS x COLUMNS cells. Never more than KEPT pages are kept; the one longest unseen goes first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

ROWS = 200
COLUMNS = 50
KEPT = 20

Cells = tuple[tuple[str, ...], ...]


class Page(NamedTuple):
    """The page at this place of the grid of pages."""

    down: int
    across: int

    @property
    def first(self) -> int:
        return self.down * ROWS

    @property
    def column(self) -> int:
        return self.across * COLUMNS


def page_at(row: int, column: int) -> Page:
    return Page(row // ROWS, column // COLUMNS)


class Pages:
    """The pages of one table."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Page, Cells] = OrderedDict()
        self._asked: set[Page] = set()

    def cell(self, row: int, column: int) -> str | None:
        """The text of the cell; None while its page is not here."""
        page = page_at(row, column)
        cells = self._kept.get(page)
        if cells is None:
            return None
        self._kept.move_to_end(page)
        down, across = row - page.first, column - page.column
        return cells[down][across] if down < len(cells) and across < len(cells[down]) else ""

    def to_ask(self, wanted: Iterable[Page]) -> list[Page]:
        """Those of the wanted pages that are neither here nor on their way; from now on they are."""
        found = [page for page in wanted if page not in self._kept and page not in self._asked]
        self._asked.update(found)
        return found

    def arrived(self, first: int, column: int, cells: Cells) -> Page:
        page = page_at(first, column)
        self._asked.discard(page)
        self._kept[page] = cells
        self._kept.move_to_end(page)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return page

    def refused(self) -> None:
        """What was asked for does not come; it may be asked for again."""
        self._asked.clear()

    def __len__(self) -> int:
        return len(self._kept)
