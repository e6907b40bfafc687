"""The window's tests run without a screen unless one is asked for (`QT_QPA_PLATFORM=xcb` under Xvfb)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def qtbot(qtbot: QtBot) -> Iterator[QtBot]:
    """pytest-qt holds windows weakly, and paints once more after the test: one that only the test held can then be
    collected while it is being painted, and the process ends. So they are held until they are closed."""
    held: list[QWidget] = []
    add = qtbot.addWidget

    def add_widget(widget: QWidget, **more: Any) -> None:
        held.append(widget)
        add(widget, **more)

    qtbot.addWidget = add_widget  # type: ignore[method-assign]
    yield qtbot
    held.clear()
