"""A document as a PDF on A4, made off screen: no window and no display are needed.

pdf = pdf_of("<h1>…</h1>", "What is told and given")
"""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)

from desktop.theme.paper import paper_muted, paper_palette

MARGIN_MM = 16.0
DOTS_PER_INCH = 1200
FOOT_POINTS = 7.0


def pdf_of(html: str, title: str) -> bytes:
    """The pages of the document, numbered. Its text stays text, and nothing is loaded from anywhere."""
    application = QGuiApplication.instance() or _off_screen()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = _writer(buffer, title)
    document = _laid_out(html, writer)
    painter = QPainter(writer)
    for number in range(document.pageCount()):
        if number:
            writer.newPage()
        _draw_page(painter, document, number)
        _draw_foot(painter, writer, f"{title}  ·  {number + 1} of {document.pageCount()}")
    painter.end()
    del application
    return bytes(buffer.data().data())


def main(arguments: list[str]) -> int:
    """A process of its own that puts the document of its standard input on paper, for who must not wait for it."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    html = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(pdf_of(html, arguments[0]))
    return 0


def _writer(buffer: QBuffer, title: str) -> QPdfWriter:
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("Preceptor")
    writer.setResolution(DOTS_PER_INCH)
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))
    return writer


def _laid_out(html: str, writer: QPdfWriter) -> QTextDocument:
    """The document in pages as high as the paper, less the margins and the line at the foot."""
    document = QTextDocument()
    document.setUseDesignMetrics(True)
    document.documentLayout().setPaintDevice(writer)
    document.setDocumentMargin(0)
    document.setHtml(html)
    document.setPageSize(QSizeF(writer.width(), writer.height() - _foot_height()))
    return document


def _draw_page(painter: QPainter, document: QTextDocument, number: int) -> None:
    size = document.pageSize()
    visible = QRectF(0, number * size.height(), size.width(), size.height())
    painter.save()
    painter.translate(0, -visible.top())
    painter.setClipRect(visible)
    context = QAbstractTextDocumentLayout.PaintContext()
    context.clip = visible
    context.palette = paper_palette()
    document.documentLayout().draw(painter, context)
    painter.restore()


def _draw_foot(painter: QPainter, writer: QPdfWriter, words: str) -> None:
    font = QFont()
    font.setPointSizeF(FOOT_POINTS)
    painter.setFont(font)
    painter.setPen(paper_muted())
    area = QRectF(0, writer.height() - _foot_height(), writer.width(), _foot_height())
    painter.drawText(area, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom), words)


def _foot_height() -> float:
    return 2.5 * FOOT_POINTS / 72 * DOTS_PER_INCH


def _off_screen() -> QGuiApplication:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication([])
