"""Small numbers leave no desk: counts of few people are hidden, and whatever would give them away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.errors import ExportRefused

from ._cells import Grid, hidden_cells
from ._columns import Kind, column_kinds, rules

if TYPE_CHECKING:
    import pyarrow as pa

HIDDEN = "[hidden]"


def suppress(
    table: pa.Table, minimum: int = 11, *, counts: tuple[str, ...] | None = None, totals_known: bool = True
) -> tuple[pa.Table, str]:
    """Return the table with what must not be seen replaced by `HIDDEN`, and a sentence that says what was done.

    1. A table with a key, or without a count, is refused: nobody can check it.
    2. Counts from 1 to `minimum` - 1 are hidden, and further ones until no total gives them away.
       `totals_known`: readers may know the totals from elsewhere, which is the careful reading.
    3. Shares and measures go with a hidden count of their row, or when they give a small count away.
    4. One person's value (a minimum, a maximum) is always hidden.

    Without `counts` every column of whole numbers is a count unless its name says otherwise (rules/exports.toml).
    """
    kinds = column_kinds(table, counts)
    _check_aggregate(table, kinds)  # (1)
    columns: dict[str, list[Any]] = {name: table[name].to_pylist() for name in table.column_names}
    counted = [name for name in columns if kinds[name] == "count"]
    grid = _grid(columns, kinds, counted, table.num_rows, minimum)
    cells = hidden_cells(grid, totals_known=totals_known)  # (2)
    hide = {(row, counted[column]) for row, column in cells}
    small_rows = {row for row, _ in cells}
    for name, kind in kinds.items():
        for row in range(table.num_rows):
            betrays = kind == "share" and _betrays(columns[name], row, grid)
            if kind == "extreme" or (kind in ("share", "measure") and (row in small_rows or betrays)):  # (3) (4)
                hide.add((row, name))
    return _with_hidden(table, columns, hide), _sentence(len(hide), table.num_rows * len(columns), minimum)


def _check_aggregate(table: pa.Table, kinds: dict[str, Kind]) -> None:
    keys = sorted(name for name, kind in kinds.items() if kind == "key")
    if keys:
        raise ExportRefused(f"The table has a row for each person or event (column {keys[0]}), so it is no aggregate.")
    if "count" not in kinds.values():
        raise ExportRefused("The table has no column of counts, so nobody can tell how many people stand behind a row.")
    if len(set(table.column_names)) != table.num_columns:
        raise ExportRefused("Two columns of the table have the same name.", "Give each column a name of its own.")


def _grid(columns: dict[str, list[Any]], kinds: dict[str, Kind], counted: list[str], size: int, minimum: int) -> Grid:
    labels = [name for name, kind in kinds.items() if kind == "group"]
    totals = (row for row in range(size) if any(_is_total(columns[name][row]) for name in labels))
    counts = tuple(tuple(_count(columns[name][row]) for name in counted) for row in range(size))
    return Grid(counts=counts, total_rows=frozenset(totals), minimum=minimum)


def _is_total(value: Any) -> bool:
    return isinstance(value, str) and rules().is_total(value)


def _count(value: Any) -> int:
    """A count as a whole number, up: 10.4 people are hidden as 11 would not be."""
    if value is None or value != value:
        return 0
    if value < 0:
        raise ExportRefused("A column of counts holds a negative number.", "Name the columns of counts yourself.")
    return int(value)


def _betrays(shares: list[Any], row: int, grid: Grid) -> bool:
    """Whether a share, times a count of its row, is a small number of people or leaves one."""
    share = shares[row]
    if share is None or share != share:
        return False
    scale = 100.0 if max((abs(value) for value in shares if value is not None), default=0) > 1 else 1.0
    people = [float(share) / scale * whole for whole in grid.counts[row]]
    rests = [whole - part for whole, part in zip(grid.counts[row], people, strict=True)]
    return any(0.5 <= number < grid.minimum - 0.5 for number in (*people, *rests))


def _with_hidden(table: pa.Table, columns: dict[str, list[Any]], hide: set[tuple[int, str]]) -> pa.Table:
    """Columns in which something is hidden become text; the others stay as they are."""
    import pyarrow as pa

    hidden_in = {name for _, name in hide}
    arrays = [
        pa.array(
            [HIDDEN if (row, name) in hide else _text(value) for row, value in enumerate(columns[name])], pa.string()
        )
        if name in hidden_in
        else table[name]
        for name in table.column_names
    ]
    return pa.table(arrays, names=table.column_names)


def _text(value: Any) -> str | None:
    if value is None or value != value:
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _sentence(hidden: int, cells: int, minimum: int) -> str:
    if not hidden:
        return f"No cell had to be hidden: every count is 0 or at least {minimum}."
    return (
        f"{hidden} of {cells} cells are hidden: counts from 1 to {minimum - 1}, further cells that would give them "
        "away, and numbers computed from them."
    )
