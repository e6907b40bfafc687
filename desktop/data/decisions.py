"""Decisions on their way to the engine: one after the other, in the order in which they were made."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from desktop.data.column_rows import Wanted
from desktop.desk import Asks, Failed
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.data import Decide, TableShown


class Decisions:
    """Sends one decision at a time, so that the last word on a column is the reviewer's last. `decided` hears the
    table after each; a refused decision is told by `failed`, and the following ones still go."""

    def __init__(self, asks: Asks, decided: Callable[[TableShown], None], failed: Failed) -> None:
        self._asks = asks
        self._decided = decided
        self._failed = failed
        self._queue: list[Decide] = []
        self._then: list[Callable[[], None]] = []

    def add(self, order: Decide) -> None:
        """Send it after those before it; one like the last that still waits goes together with that."""
        if len(self._queue) > 1 and _is_alike(self._queue[-1], order):
            columns = dict.fromkeys((*self._queue[-1].columns, *order.columns))
            self._queue[-1] = msgspec.structs.replace(order, columns=tuple(columns))
            return
        self._queue.append(order)
        if len(self._queue) == 1:
            self._send()

    def waiting(self, source: str, table: str) -> dict[str, Wanted]:
        """What is wanted of columns of a table and not answered yet; the newest counts."""
        found: dict[str, Wanted] = {}
        for order in self._queue:
            if (order.source, order.table) == (source, table):
                for name in order.columns:
                    before = found.get(name, Wanted(None, None))
                    found[name] = Wanted(order.told or before.told, order.given or before.given)
        return found

    def when_settled(self, do: Callable[[], None]) -> None:
        """Call once, as soon as no decision is on its way."""
        if self._queue:
            self._then.append(do)
        else:
            do()

    def _send(self) -> None:
        self._asks.ask(self._queue[0], self._on_decided, self._on_failed)

    def _on_decided(self, shown: TableShown) -> None:
        self._queue.pop(0)
        self._decided(shown)
        self._go_on()

    def _on_failed(self, problem: PreceptorError) -> None:
        self._queue.pop(0)
        self._failed(problem)
        self._go_on()

    def _go_on(self) -> None:
        if self._queue:
            self._send()
            return
        waiting, self._then = self._then, []
        for do in waiting:
            do()


def _is_alike(one: Decide, other: Decide) -> bool:
    """The same decision about the same table."""
    return msgspec.structs.replace(one, columns=()) == msgspec.structs.replace(other, columns=())
