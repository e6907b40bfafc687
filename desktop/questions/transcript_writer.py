"""Writes blocks and streamed text at the end of a document; what is there already is never touched.

Distances are top margins only: the gap to what is above, and the padding of the card that begins or ended there.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument

from desktop.questions.blocks import Block
from desktop.questions.fences import Fences, Piece
from desktop.questions.plain import plain
from desktop.questions.transcript_text import (
    PADDING,
    CardTone,
    Look,
    Run,
    block_format,
    char_format,
    paragraphs,
)
from desktop.theme import Space

_GAP = Space.LARGE  # between blocks
_BETWEEN = ("act", "draft", "note")  # blocks after which the agent need not be named again
_LONGEST = 4000  # letters of one paragraph: laying out costs its whole length each time it grows


class _Place(NamedTuple):
    """What is last in the document, and whether the agent is the one who speaks there."""

    kind: str = ""  # of its block
    is_agents: bool = False
    card: CardTone = ""
    number: int = 0  # cards so far
    one_line: bool = True  # its paragraph has had no line end yet


class _Stream:
    """The agent's words while they come: from where, and how the last of them looked."""

    def __init__(self, start: int, before: _Place) -> None:
        self.fences = Fences()
        self.start = start
        self.before = before
        self.is_code: bool | None = None
        self.line_ends = 0  # those that wait for something to follow


class Writer:
    """`stream` begins the agent's words when something else was last."""

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self.clear()

    def clear(self) -> None:
        self._document.clear()
        self._cursor = QTextCursor(self._document)
        self._looks: dict[Look, QTextCharFormat] = {}
        self._at = _Place()
        self._stream: _Stream | None = None

    def add(self, block: Block) -> None:
        """A block below what is there."""
        self._end_stream()
        parts = list(paragraphs(block))
        if block.kind == "agent" and self._at.is_agents:
            parts = parts[1:]  # its name stands above already
        gap = Space.TIGHT if block.kind == self._at.kind == "act" else _GAP
        self._cursor.beginEditBlock()
        for place, part in enumerate(parts):
            self._begin(block.kind, part.card, gap if place == 0 else Space.TIGHT, joins=place > 0)
            for run in part.runs:
                self._write(run.text, self._run_format(run))
        self._cursor.endEditBlock()

    def stream(self, text: str) -> None:
        """More of the agent's words, below its name."""
        self._cursor.beginEditBlock()
        if self._stream is None:
            self._stream = _Stream(self._document.characterCount() - 1, self._at)
            if not self._at.is_agents:
                self._begin("agent", "", _GAP)
                self._write("Agent", self._look("speaker"))
        for piece in self._stream.fences.feed(text):
            self._piece(self._stream, piece)
        self._cursor.endEditBlock()

    def forget(self) -> None:
        """Take back what was streamed since the last block."""
        if self._stream is not None:
            self._cursor.setPosition(self._stream.start)
            self._cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
            self._cursor.removeSelectedText()
            self._at = self._stream.before
            self._stream = None

    def _end_stream(self) -> None:
        if self._stream is not None:
            for piece in self._stream.fences.end():
                self._piece(self._stream, piece)
            self._stream = None

    def _piece(self, stream: _Stream, piece: Piece) -> None:
        """Text of one kind. Line ends wait until something follows, so that none stands at the end."""
        body = piece.text.rstrip("\n")
        ends = len(piece.text) - len(body)
        if not body:
            stream.line_ends += ends
            return
        if piece.code != stream.is_code:
            body = body.lstrip("\n")
            follows_name = self._at.kind == "agent"
            stream.is_code = piece.code
            self._begin("agent", "code" if piece.code else "", Space.TIGHT if follows_name else _GAP)
        elif stream.line_ends:
            body = "\n" * stream.line_ends + body
        elif self._cursor.block().length() > _LONGEST:
            body = f"\n{body}"
        stream.line_ends = ends
        self._write(plain(body), self._look("code" if piece.code else "body"))

    def _begin(self, kind: str, card: CardTone, gap: int, *, joins: bool = False) -> None:
        """A new paragraph; with `joins` in the card of the one above, if it is one of the same."""
        joined = joins and bool(card) and card == self._at.card and card != "code"
        leaving = PADDING if self._at.card and not joined else 0
        entering = PADDING if card and not joined else 0
        number = self._at.number + (1 if card and not joined else 0)
        is_first = not self._at.kind
        form = block_format(card, number, entering + (0 if is_first else gap + leaving))
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        if is_first:
            self._cursor.setBlockFormat(form)
        else:
            self._cursor.insertBlock(form, QTextCharFormat())
        self._at = _Place(kind, kind == "agent" or (self._at.is_agents and kind in _BETWEEN), card, number)

    def _write(self, text: str, form: QTextCharFormat) -> None:
        """Text at the end; the second line of a paragraph and those after it have no gap above."""
        if "\n" in text and self._at.one_line:
            first, text = text.split("\n", 1)
            self._cursor.insertText(first, form)
            self._cursor.insertBlock(block_format(self._at.card, self._at.number, 0), QTextCharFormat())
            self._at = self._at._replace(one_line=False)
        self._cursor.insertText(text, form)

    def _run_format(self, run: Run) -> QTextCharFormat:
        if not run.draft:
            return self._look(run.look)
        link = QTextCharFormat(self._look(run.look))
        link.setAnchor(True)
        link.setAnchorHref(f"draft:{run.draft}")
        return link

    def _look(self, look: Look) -> QTextCharFormat:
        if look not in self._looks:
            self._looks[look] = char_format(look)
        return self._looks[look]
