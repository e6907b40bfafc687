"""One table or figure with all the room there is, and the way back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.runs.facts import shape
from desktop.runs.figure_pane import ResultFigure
from desktop.runs.table_pane import ResultTable
from desktop.theme import Space
from desktop.widgets import Button, Heading, Label, Segments, scrolled
from sandbox.reviewing.orders.runs import Result


class WholePane(QWidget):
    """`back` is called when the reviewer wants the other results again."""

    def __init__(self, back: Callable[[], None]) -> None:
        super().__init__()
        self._figure: ResultFigure | None = None
        self._content: QWidget | None = None
        self._export: QWidget | None = None
        self._title, self._shape = Heading("", 3), Label(role="muted")
        self._back = Button("Back to the results", back, kind="quiet", icon="left")
        self._zoom = Segments("Size", [("fit", "Fit"), ("whole", "100 %")])
        self._zoom.changed.connect(self._on_zoomed)
        self._head = QHBoxLayout()
        self._head.setSpacing(Space.MEDIUM)
        for widget, stretch in ((self._back, 0), (self._title, 0), (self._shape, 1), (self._zoom, 0)):
            self._head.addWidget(widget, stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addLayout(self._head)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(back)

    def show_table(self, result: Result, table: ResultTable, export: QWidget) -> None:
        self._zoom.hide()
        self._show(result, shape(result), table, export)
        table.setFocus()

    def show_figure(self, result: Result, figure: ResultFigure, export: QWidget) -> None:
        self._zoom.show()
        self._zoom.set_value("fit")
        self._show(result, "", scrolled(figure), export)
        self._figure = figure
        self._zoom.setFocus()

    def clear(self) -> None:
        """Forget what was shown."""
        for widget in (self._content, self._export):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._content = self._export = self._figure = None
        for label in (self._title, self._shape):
            label.setText("")

    def _show(self, result: Result, words: str, content: QWidget, export: QWidget) -> None:
        self.clear()
        self._content, self._export = content, export
        self._title.setText(result.label)
        self._shape.setText(words)
        self._head.addWidget(export)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(content, 1)

    def _on_zoomed(self, zoom: str) -> None:
        if self._figure is not None:
            self._figure.set_fits(zoom == "fit")
