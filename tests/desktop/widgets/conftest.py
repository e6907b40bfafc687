"""Light colours for every test of a widget."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop import theme

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication) -> Iterator[None]:
    theme.use("light")
    yield
    theme.use("system")
