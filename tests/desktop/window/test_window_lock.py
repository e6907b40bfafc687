"""What the lock takes away stays away until somebody unlocks it; a computer that sleeps is idle."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from fakes import STANDING
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.clock import QtClock
from desktop.window import Window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    window = Window(tmp_path / "study")
    qtbot.addWidget(window)
    window.standing = msgspec.structs.replace(STANDING, root=str(window.root))
    window.show()
    yield window
    window.close_at_once()


def test_a_first_start_that_ends_behind_the_lock_does_not_open_it(window: Window) -> None:
    window._start_page = QWidget()
    window._pages.addWidget(window._start_page)
    window.lock()
    window._leave_first_start()
    assert window._pages.currentWidget() is window._lock_page and not window.is_at_work


def test_the_time_that_a_computer_sleeps_counts_as_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(time, "CLOCK_BOOTTIME"):
        pytest.skip("only Linux tells both times")
    slept = {time.CLOCK_BOOTTIME: 36_000.0, time.CLOCK_MONOTONIC: 60.0}
    monkeypatch.setattr(time, "clock_gettime", lambda which: slept[which])
    assert QtClock().now() == 36_000.0
