"""A figure, pixel for pixel or smaller: never enlarged, so never blurred."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme import colours
from desktop.widgets import announce

NONE = "This figure can't be shown."


class FigureView(QWidget):
    """With `fits` it is made smaller where there is no room; else it has the size of its pixels.

    `whole` has every pixel; `within` is the same picture, small enough to be made smaller while the window waits.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._fits = True
        self._whole = self._within = QImage()
        self._words = ""
        self._made = QPixmap()
        self.setAccessibleName(f"Figure: {name}")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_images(self, whole: QImage, within: QImage) -> None:
        """`whole` may be null where only the smaller one is shown."""
        self._whole, self._within = within if whole.isNull() else whole, within
        self._words = NONE if within.isNull() else ""
        if self._words:
            announce(self, self._words)
        self.set_fits(self._fits)

    def show_words(self, words: str) -> None:
        """Instead of the picture: that it is being read, or why it is not there."""
        self._whole = self._within = QImage()
        self._words = words
        self.update()

    def set_fits(self, fits: bool) -> None:
        self._fits = fits
        self._made = QPixmap()
        self.setMinimumSize(QSize(0, 0) if fits else self._natural())
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return self._fits

    def heightForWidth(self, width: int) -> int:
        return self._shown(width).height()

    def sizeHint(self) -> QSize:
        return self._natural()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._whole.isNull():
            painter.setPen(colours().muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._words)
            return
        size = self._shown(self.width())
        if self._fits and size.height() > self.height():
            size = size.scaled(size.width(), self.height(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QPoint(max(0, (self.width() - size.width()) // 2), 0)
        painter.drawPixmap(QRect(place, size), self._pixmap(size))

    def _pixmap(self, size: QSize) -> QPixmap:
        """The picture for that many logical pixels, made once."""
        ratio = self.devicePixelRatioF()
        wanted = QSize(round(size.width() * ratio), round(size.height() * ratio))
        if self._made.isNull() or self._made.size() != wanted:
            enough = wanted.width() <= self._within.width()
            self._made = QPixmap.fromImage(_smaller(self._within if enough else self._whole, wanted))
            self._made.setDevicePixelRatio(ratio)
        return self._made

    def _natural(self) -> QSize:
        """One pixel of the picture for one of the screen; room for a sentence while there is no picture."""
        if self._whole.isNull():
            letter = self.fontMetrics()
            return QSize(letter.horizontalAdvance("0") * 40, letter.height() * 8)
        return self._whole.deviceIndependentSize().toSize() / self.devicePixelRatioF()

    def _shown(self, width: int) -> QSize:
        natural = self._natural()
        if not self._fits or natural.width() <= width:
            return natural
        return QSize(width, round(natural.height() * width / natural.width()))


def _smaller(image: QImage, size: QSize) -> QImage:
    if image.size() == size:
        return image
    return image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
