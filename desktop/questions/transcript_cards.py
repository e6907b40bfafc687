"""The rounded cards behind paragraphs of a transcript that belong together."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QTextBlock

from desktop.questions.transcript_text import CARD, CARD_TONE, PADDING
from desktop.theme import CARD_RADIUS, Space, colours


def cards_between(first: QTextBlock, bottom: float, width: int) -> Iterator[tuple[QRectF, str]]:
    """The cards that reach into what is shown: from that paragraph's own down to `bottom`."""
    block = _first_of_card(first)
    while block.isValid():
        top = _rect(block).top()
        if top > bottom:
            return
        number = block.blockFormat().intProperty(CARD)
        if not number:
            block = block.next()
            continue
        tone, last = block.blockFormat().stringProperty(CARD_TONE), block
        while last.next().isValid() and last.next().blockFormat().intProperty(CARD) == number:
            last = last.next()
        whole = QRectF(Space.LARGE, top, width - 2 * Space.LARGE, _rect(last).bottom() - top)
        yield whole.adjusted(0, -PADDING, 0, PADDING), tone
        block = last.next()


def paint_card(painter: QPainter, rect: QRectF, tone: str) -> None:
    fill, line = _colours(tone)
    painter.setBrush(fill)
    painter.setPen(QPen(line, 1))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS, CARD_RADIUS)


def _colours(tone: str) -> tuple[QColor, QColor]:
    now = colours()
    if tone in ("info", "warn"):
        return now.tone(tone).tint, now.tone(tone).line
    if tone == "draft":
        return now.surface, now.line
    return now.raised, now.raised


def _first_of_card(block: QTextBlock) -> QTextBlock:
    number = block.blockFormat().intProperty(CARD)
    while number and block.previous().isValid() and block.previous().blockFormat().intProperty(CARD) == number:
        block = block.previous()
    return block


def _rect(block: QTextBlock) -> QRectF:
    return block.document().documentLayout().blockBoundingRect(block)
