"""A figure of results: read and decoded when it comes into sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPaintEvent

from desktop.desk import Failed
from desktop.runs.decoding import Decoder
from desktop.runs.figure_view import FigureView
from desktop.widgets import Button, Card
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.runs import Figure, Result

ReadPicture = Callable[[str, Callable[[Figure], None], Failed], None]
PREVIEW = QSize(1600, 1200)  # logical pixels; larger ones are made smaller where nobody waits for it
READING = "Reading the figure …"


class ResultFigure(FigureView):
    """Asks for its picture when it is painted for the first time; `whole`: with every pixel of it."""

    def __init__(self, result: Result, read: ReadPicture, failed: Failed, whole: bool = False) -> None:
        super().__init__(result.label)
        self._label, self._read, self._failed, self._every_pixel = result.label, read, failed, whole
        self._asked = False
        self._decoder = Decoder(self)
        self._decoder.decoded.connect(self._on_decoded)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._asked:
            self._asked = True
            self.show_words(READING)
            self._read(self._label, self._on_figure, self._on_refused)

    def _on_figure(self, figure: Figure) -> None:
        self._decoder.decode(figure.png, PREVIEW * self.devicePixelRatioF(), self._every_pixel)

    def _on_decoded(self, whole: QImage, within: QImage) -> None:
        self.show_images(whole, within)

    def _on_refused(self, problem: PreceptorError) -> None:
        self.show_words(problem.sentence)
        self._failed(problem)


class FigureCard(Card):
    """A figure among other results, no wider than there is room."""

    def __init__(self, result: Result, figure: ResultFigure, buttons: Sequence[Button]) -> None:
        super().__init__(result.label)
        for button in buttons:
            self.head.addWidget(button)
        self.figure = figure
        self.body.addWidget(figure)
