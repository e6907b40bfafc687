"""What can be read on the screen now: the visible texts, as somebody in front of it reads them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QTextEdit,
    QWidget,
)

MOST_ROWS = 400


def reads(text: str) -> bool:
    """Whether the text stands anywhere on the screen."""
    return any(text in shown for shown in texts())


def texts() -> Iterator[str]:
    """Every visible text of every window of ours."""
    for top in QApplication.topLevelWidgets():
        if top.isVisible():
            for widget in top.findChildren(QWidget):
                if widget.isVisible():
                    yield from _texts_of(widget)


def _texts_of(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, (QLabel, QAbstractButton, QLineEdit)):
        yield widget.text().replace("&", "")
    elif isinstance(widget, (QPlainTextEdit, QTextEdit)):
        yield widget.toPlainText()
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model = widget.model()
        for row in range(min(model.rowCount(), MOST_ROWS)):
            for column in range(model.columnCount() if isinstance(widget, QTableView) else 1):
                index = model.index(row, column)
                yield str(index.data(Qt.ItemDataRole.DisplayRole) or "")
                yield str(index.data(Qt.ItemDataRole.AccessibleTextRole) or "")  # what a delegate paints beside it
