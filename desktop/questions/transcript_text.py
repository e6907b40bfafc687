"""The blocks of a transcript as paragraphs: which look each has, and the looks themselves.

A paragraph's format carries its card (a number and a tone), so that the transcript can paint rounded cards behind
paragraphs that belong together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from PySide6.QtGui import QBrush, QFont, QTextBlockFormat, QTextCharFormat, QTextFormat

from desktop.questions.blocks import Block
from desktop.questions.fences import split
from desktop.questions.plain import plain
from desktop.theme import Space, Type, colours

CARD = QTextFormat.Property.UserProperty.value + 1
CARD_TONE = QTextFormat.Property.UserProperty.value + 2
PADDING = Space.MEDIUM
_LINE_HEIGHT = 122  # percent

Look = Literal["speaker", "body", "code", "act", "act_bad", "strong", "muted", "link", "note", "note_bad"]
CardTone = Literal["", "plain", "info", "warn", "draft", "code"]


class Run(NamedTuple):
    """A stretch of text of one look; `draft` for a link to a draft."""

    text: str
    look: Look
    draft: int = 0


class Paragraph(NamedTuple):
    """One or more lines. `card` "" : on the page itself."""

    runs: tuple[Run, ...]
    card: CardTone = ""


def paragraphs(block: Block) -> Iterator[Paragraph]:
    """A block's paragraphs, top to bottom; those of its card follow each other."""
    text = plain(block.text.rstrip("\n"))
    match block.kind:
        case "agent":
            yield Paragraph((Run("Agent", "speaker"),))
            yield from agent_paragraphs(text)
        case "act":
            yield Paragraph((Run(f"{'·' if block.ok else '!'}  {text}", "act" if block.ok else "act_bad"),))
        case "draft":
            title = (Run(f"Draft {block.draft}", "strong"), Run("      ", "body"))
            link = Run(f"Review draft {block.draft}", "link", block.draft)
            yield Paragraph((*title, link), "draft")
            yield Paragraph((Run(text, "muted" if block.ok else "note_bad"),), "draft")
        case "note":
            yield Paragraph((Run(text, "note"),)) if block.ok else Paragraph((Run(f"!  {text}", "note_bad"),))
        case _:
            yield from _card(block, text)


def agent_paragraphs(text: str) -> Iterator[Paragraph]:
    for piece in split(text):
        yield Paragraph((Run(piece.text.removesuffix("\n"), "code" if piece.code else "body"),), _under(piece.code))


def _card(block: Block, text: str) -> Iterator[Paragraph]:
    titles = {
        "you": "You",
        "asked": "The agent asks",
        "comments": f"You, on draft {block.draft}",
        "failure": "You, on a run that failed",
    }
    card: CardTone = "info" if block.kind == "asked" else "plain"
    yield Paragraph((Run(titles[block.kind], "speaker"),), card)
    yield Paragraph((Run(text, "body"),), card)
    if block.options:
        options = "\n".join(f"{number}.  {plain(option)}" for number, option in enumerate(block.options, 1))
        yield Paragraph((Run(options, "body"),), card)


def _under(code: bool) -> CardTone:
    return "code" if code else ""


def char_format(look: Look) -> QTextCharFormat:
    """How text of that look is written."""
    now, found = colours(), QTextCharFormat()
    font, colour = {
        "speaker": (Type.LABEL.font(), now.muted),
        "body": (Type.BODY.font(), now.text),
        "code": (Type.MONO.font(), now.code_text),
        "act": (Type.SMALL.font(), now.muted),
        "act_bad": (Type.SMALL.font(), now.warn.text),
        "strong": (Type.STRONG.font(), now.text),
        "muted": (Type.BODY.font(), now.muted),
        "link": (Type.BODY.font(), now.accent),
        "note": (Type.SMALL.font(), now.muted),
        "note_bad": (Type.BODY.font(), now.warn.text),
    }[look]
    found.setFont(QFont(font))
    found.setForeground(QBrush(colour))
    if look == "link":
        found.setFontUnderline(True)
    return found


def block_format(card: CardTone, number: int, above: int) -> QTextBlockFormat:
    """A paragraph's distances; inside card `number` it stands in by the card's padding."""
    found = QTextBlockFormat()
    inset = PADDING if card else 0
    found.setLeftMargin(inset)
    found.setRightMargin(inset)
    found.setTopMargin(above)
    found.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    if card:
        found.setProperty(CARD, number)
        found.setProperty(CARD_TONE, card)
    return found
