"""Decisions on their way to the engine: one after the other, in the order in which they were made."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from desktop.data.column_rows import Wanted
from desktop.desk import Asks, Failed
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.data import Decide, Derive, TableShown, TakeBack, Undoable

Decision = Decide | Derive | TakeBack


class Decisions:
    """Sends one decision at a time, so that the last word on a column is the reviewer's last. `decided` hears each with
    the table after it; a refused decision is told by `failed`, and the following ones still go, unless they are a part
    of it. `waits` hears how many
    are not kept yet, whenever that changes."""

    def __init__(
        self,
        asks: Asks,
        decided: Callable[[Decision, TableShown], None],
        failed: Failed,
        waits: Callable[[int], None] = lambda number: None,
    ) -> None:
        self._asks = asks
        self._decided = decided
        self._failed = failed
        self._waits = waits
        self._queue: list[Decision] = []
        self._then: list[Callable[[], None]] = []
        self._is_held = self._is_sent = False

    def add(self, order: Decision) -> None:
        """Send it after those before it; one like the last that still waits goes together with that."""
        last = self._queue[-1] if len(self._queue) > self._is_sent else None
        if isinstance(order, Decide) and isinstance(last, Decide) and _is_alike(last, order):
            columns = tuple(dict.fromkeys((*last.columns, *order.columns)))
            self._queue[-1] = msgspec.structs.replace(order, columns=columns)
        else:
            self._queue.append(order)
        self._go_on()

    def hold(self) -> None:
        """Send nothing until `go`: what is decided meanwhile waits."""
        self._is_held = True

    def go(self) -> None:
        self._is_held = False
        self._go_on()

    def waiting(self, source: str, table: str) -> dict[str, Wanted]:
        """What is wanted of columns of a table and not answered yet; the newest counts."""
        found: dict[str, Wanted] = {}
        for order in self._of(source, table):
            if isinstance(order, Derive):
                found[order.column] = Wanted(None, None if order.form == "none" else "derived")
            elif isinstance(order, Decide):
                for name in order.columns:
                    before = found.get(name, Wanted(None, None))
                    found[name] = Wanted(order.told or before.told, order.given or before.given)
        return found

    def undoable(self, shown: TableShown) -> tuple[int, Undoable | None]:
        """How many decisions on the table could be taken back once all have arrived, and the newest of them; None
        where only the engine knows which that is."""
        levels = shown.undo_levels
        made: list[Undoable] = []
        for order in self._of(shown.table.source, shown.table.name):
            if isinstance(order, TakeBack):
                levels -= 1
                made = made[:-1]
            elif isinstance(order, Derive):
                levels += 1
                made.append(Undoable(columns=1, first=order.column, form=order.form))
            elif order.goes_on and made:
                made[-1] = _with(made[-1], order)
            else:
                levels += 1
                made.append(_with(Undoable(columns=0, first=order.columns[0]), order))
        if made:
            return levels, made[-1]
        return levels, shown.undo if levels == shown.undo_levels else None

    def when_settled(self, do: Callable[[], None]) -> None:
        """Call once, as soon as no decision is on its way."""
        if self._queue:
            self._then.append(do)
        else:
            do()

    def _of(self, source: str, table: str) -> list[Decision]:
        return [order for order in self._queue if (order.source, order.table) == (source, table)]

    def _go_on(self) -> None:
        self._waits(len(self._queue))
        if self._queue and not (self._is_sent or self._is_held):
            self._is_sent = True
            self._asks.ask(self._queue[0], self._on_decided, self._on_failed)
        if not self._queue:
            waiting, self._then = self._then, []
            for do in waiting:
                do()

    def _on_decided(self, shown: TableShown) -> None:
        order = self._answered()
        self._decided(order, shown)
        self._go_on()

    def _on_failed(self, problem: PreceptorError) -> None:
        refused = self._answered()
        while self._queue and _goes_on_with(self._queue[0], refused):
            self._queue.pop(0)
        self._failed(problem)
        self._go_on()

    def _answered(self) -> Decision:
        self._is_sent = False
        return self._queue.pop(0)


def _is_alike(one: Decide, other: Decide) -> bool:
    """The same decision about the same table."""
    return msgspec.structs.replace(one, columns=()) == msgspec.structs.replace(other, columns=())


def _goes_on_with(order: Decision, refused: Decision) -> bool:
    """Whether it is the rest of the decision that was refused."""
    same = (order.source, order.table) == (refused.source, refused.table)
    return same and isinstance(order, Decide) and order.goes_on


def _with(undo: Undoable, order: Decide) -> Undoable:
    told = (*undo.told, *((order.told,) if order.told else ()))
    given = (*undo.given, *((order.given,) if order.given else ()))
    return Undoable(
        columns=undo.columns + (0 if undo.form else len(order.columns)),  # a form is chosen for the same column
        first=undo.first,
        told=tuple(dict.fromkeys(told)),
        given=tuple(dict.fromkeys(given)),
        form=undo.form,
    )
