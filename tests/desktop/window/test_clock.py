"""What is due later comes, also when nobody keeps it: the idle lock and every watch rest on that."""

from __future__ import annotations

import gc

from pytestqt.qtbot import QtBot

from desktop.clock import QtClock


def test_a_call_that_nobody_keeps_comes_all_the_same(qtbot: QtBot) -> None:
    clock, came = QtClock(), []
    clock.after(0.02, lambda: came.append("once"))
    gc.collect()
    qtbot.waitUntil(lambda: came == ["once"], timeout=5_000)


def test_a_chain_of_calls_goes_on(qtbot: QtBot) -> None:
    clock, came = QtClock(), []

    def again() -> None:
        came.append("again")
        gc.collect()
        clock.after(0.01, again)

    again()
    qtbot.waitUntil(lambda: len(came) > 5, timeout=30_000)


def test_a_dropped_call_never_comes_and_may_be_dropped_twice(qtbot: QtBot) -> None:
    clock, came = QtClock(), []
    due = clock.after(0.01, lambda: came.append("came"))
    due.drop()
    due.drop()
    qtbot.wait(60)
    assert came == []
