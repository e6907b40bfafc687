"""Which counts of a table must be hidden: pure arithmetic over a grid of whole numbers.

Primary: counts from 1 to `minimum` - 1 (the CMS cell-size rule for 11). Complementary: where one count is part of
another, the difference is a cell too. Secondary: along every line whose total is known, what is hidden must not be
one cell alone, nor add up to less than the minimum, or subtraction gives it away.
"""

from __future__ import annotations

from dataclasses import dataclass

Cell = tuple[int, int]  # row, column
Line = tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """Counts by row and column; `total_rows` are rows of totals; zero stands for an empty cell."""

    counts: tuple[tuple[int, ...], ...]
    total_rows: frozenset[int]
    minimum: int

    @property
    def columns(self) -> int:
        return len(self.counts[0]) if self.counts else 0

    def small(self, value: int) -> bool:
        return 0 < value < self.minimum

    def at(self, cell: Cell) -> int:
        return self.counts[cell[0]][cell[1]]


def hidden_cells(grid: Grid, *, totals_known: bool) -> frozenset[Cell]:
    """The cells to hide, primary and secondary."""
    hidden = _primary(grid) | _parts(grid)
    lines = _lines(grid, totals_known)
    changed = True
    while changed:
        more = {cell for line in lines for cell in _secondary(grid, line, hidden)}
        changed = bool(more - hidden)
        hidden |= more
    return frozenset(hidden)


def _primary(grid: Grid) -> set[Cell]:
    return {(row, column) for row, counts in enumerate(grid.counts) for column, n in enumerate(counts) if grid.small(n)}


def _parts(grid: Grid) -> set[Cell]:
    """Where one column is part of another in every row, a small rest betrays those who are not in the part."""
    pairs = [
        (part, whole)
        for part in range(grid.columns)
        for whole in range(grid.columns)
        if part != whole and all(counts[part] <= counts[whole] for counts in grid.counts)
    ]
    return {
        (row, part)
        for part, whole in pairs
        for row, counts in enumerate(grid.counts)
        if counts[part] and grid.small(counts[whole] - counts[part])
    }


def _lines(grid: Grid, totals_known: bool) -> list[Line]:
    """Cells that add up to something a reader has or may have: columns, and rows where one column is the sum."""
    inner = [row for row in range(len(grid.counts)) if row not in grid.total_rows]
    lines: list[Line] = []
    if totals_known or grid.total_rows:
        lines += [tuple((row, column) for row in inner) for column in range(grid.columns)]
    total_column = _total_column(grid)
    if total_column is not None:
        others = [column for column in range(grid.columns) if column != total_column]
        lines += [tuple((row, column) for column in others) for row in range(len(grid.counts))]
    return lines


def _total_column(grid: Grid) -> int | None:
    """The column that is the sum of two or more others in every row."""
    if grid.columns < 3 or not grid.counts:
        return None
    for column in range(grid.columns):
        if all(counts[column] * 2 == sum(counts) for counts in grid.counts):
            return column
    return None


def _secondary(grid: Grid, line: Line, hidden: set[Cell]) -> set[Cell]:
    """What else must go in this line: the smallest cells, until a subtraction tells nothing."""
    gone = [cell for cell in line if cell in hidden]
    left = sorted((cell for cell in line if cell not in hidden), key=lambda cell: (grid.at(cell) == 0, grid.at(cell)))
    chosen: set[Cell] = set()
    while gone and left and (len(gone) == 1 or sum(map(grid.at, gone)) < grid.minimum):
        chosen.add(left[0])
        gone.append(left.pop(0))
    return chosen
