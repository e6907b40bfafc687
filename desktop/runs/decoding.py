"""Figures decoded off the GUI thread, under a limit on their size. A picture that is none is none, never an error.

decoder = Decoder(parent)
decoder.decoded.connect(self._on_decoded)      # the picture, and one that is no larger than asked; null: none
decoder.decode(png, QSize(1200, 900), whole=False)

Qt's reader lets other Python threads go on while it decodes and scales; `QImage.scaled` and `fromData` do not
(measured: 130 ms and 1.3 s for 14 million pixels), so those are not used here.
"""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QBuffer, QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

PIXELS = 40_000_000  # what a run may report; decoded, each is four bytes


class Decoder(QObject):
    """One picture after the other, in a thread of its own; the one that is quick to show comes first."""

    decoded = Signal(QImage, QImage)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "figures")
        self.destroyed.connect(self._pool.shutdown)

    def decode(self, png: bytes, most: QSize, whole: bool) -> None:
        """`decoded` comes with a picture within `most`; when `whole`, once more with every pixel as well."""
        self._pool.submit(self._work, png, most, whole)

    def _work(self, png: bytes, most: QSize, whole: bool) -> None:
        within = picture(png, most)
        with contextlib.suppress(RuntimeError):  # the window is gone already; nobody hears
            self.decoded.emit(QImage(), within)
            if whole and not within.isNull():
                self.decoded.emit(picture(png), within)


def picture(png: bytes, most: QSize | None = None) -> QImage:
    """The image, in proportion within `most` and never enlarged; null when it is no PNG or has too many pixels."""
    data = QByteArray(png)
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, b"png")
    reader.setAutoDetectImageFormat(False)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > PIXELS:
        return QImage()
    if most is not None and (size.width() > most.width() or size.height() > most.height()):
        reader.setScaledSize(size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
