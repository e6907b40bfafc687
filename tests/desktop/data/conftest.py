"""The screen Data on a desk of ours; tests decide what it answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from data_view import data_desk
from fakes import FakeDesk
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop.data import build
from desktop.data.view import DataScreen


@pytest.fixture
def desk() -> FakeDesk:
    return data_desk()


@pytest.fixture
def open_screen(qtbot: QtBot, desk: FakeDesk) -> Callable[..., DataScreen]:
    """A function that shows the screen with what the desk answers."""

    def opened(size: tuple[int, int] = (1100, 740)) -> DataScreen:
        screen = build(desk)
        assert isinstance(screen, DataScreen)
        qtbot.addWidget(screen)
        screen.resize(*size)
        show_in_front(qtbot, screen)
        screen.presenter.arrive({})
        desk.asks.answer_all()
        QApplication.processEvents()
        return screen

    return opened
