"""The window's tests run without a screen unless one is asked for (`QT_QPA_PLATFORM=xcb` under Xvfb).
Widgets are dressed as the window dresses them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop import theme

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """In our colours."""
    theme.apply(qapp)
    return qapp


@pytest.fixture
def qtbot(qtbot: QtBot) -> Iterator[QtBot]:
    """pytest-qt holds windows weakly, and paints once more after the test: one that only the test held can then be
    collected while it is being painted, and the process ends. So they are held until they are closed."""
    held: list[QWidget] = []
    add = qtbot.addWidget

    def add_widget(widget: QWidget, **more: Any) -> None:
        held.append(widget)
        theme.dress(widget)
        add(widget, **more)

    qtbot.addWidget = add_widget  # type: ignore[method-assign]
    yield qtbot
    held.clear()
