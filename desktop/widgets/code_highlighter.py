"""Colours a document in slices of a few milliseconds, so that no text however long holds the window up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument, QTextLayout

from desktop.theme import colours, theme

from .code_spans import Language, Line, lines_of

_SLICE = 0.012  # seconds
_PAUSE_MS = 150  # after typing
_AT_ONCE = 100  # lines that are coloured by themselves until the whole is read again
_KINDS = ("keyword", "name", "string", "number", "comment", "builtin")


class Highlighter(QSyntaxHighlighter):
    """`read` lexes the document once. A line that is typed in is coloured by itself at once, and the whole is read
    again after a pause."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._language: Language = "text"
        self._lines: list[Line] = []
        self._coming: Iterator[Line | None] = iter(())
        self._painted = 0
        self._alone = 0
        self._formats = _formats()
        self._slices = _timer(self, self._on_slice)
        self._pause = _timer(self, self._start)
        theme().changed.connect(self._on_colours_changed)

    def read(self, language: Language) -> None:
        """Colour the document as it is now, from its first line."""
        self._language = language
        self._start()

    def read_lines(self, lines: Iterator[Line | None]) -> None:
        """Colour the document by these lines, which were read elsewhere; None is a pause."""
        self._pause.stop()
        self._coming = lines
        self._lines, self._painted, self._alone = [], 0, 0
        self._slices.start(0)

    def typed(self) -> None:
        """The document was changed by hand: read it again after a pause."""
        self._slices.stop()
        self._pause.start(_PAUSE_MS)

    @property
    def is_done(self) -> bool:
        return not self._slices.isActive() and not self._pause.isActive()

    def highlightBlock(self, text: str) -> None:
        """Qt calls it for lines that were just changed."""
        if not self._pause.isActive() or self._alone >= _AT_ONCE:
            return
        self._alone += 1
        line = next((line for line in lines_of(text, self._language) if line is not None), ())
        for start, length, kind in line:
            self.setFormat(start, length, self._formats[kind])

    def _start(self) -> None:
        text = self.document().toRawText().replace("\u2029", "\n")
        self.read_lines(lines_of(text, self._language))

    def _on_slice(self) -> None:
        """Lex and paint lines until the time is up; then let the window breathe."""
        until, first = time.monotonic() + _SLICE, self._painted
        has_more = True
        while has_more and time.monotonic() < until:
            has_more = self._painted < len(self._lines) or self._lex_next()
            if has_more and self._painted < len(self._lines):
                self._paint_next()
        self._show(first)
        if has_more:
            self._slices.start(0)

    def _lex_next(self) -> bool:
        """Whether there was something left to lex."""
        for line in self._coming:
            if line is not None:
                self._lines.append(line)
            return True
        return False

    def _paint_next(self) -> None:
        block = self.document().findBlockByNumber(self._painted)
        block.layout().setFormats([self._range(*span) for span in self._lines[self._painted]])
        self._painted += 1

    def _range(self, start: int, length: int, kind: str) -> QTextLayout.FormatRange:
        found = QTextLayout.FormatRange()
        found.start, found.length, found.format = start, length, self._formats[kind]
        return found

    def _show(self, first: int) -> None:
        """Have the lines from the first on laid out again; colours are no change of the text, so nothing is said."""
        if self._painted > first:
            start, last = (self.document().findBlockByNumber(n) for n in (first, self._painted - 1))
            with QSignalBlocker(self.document()):
                self.document().markContentsDirty(start.position(), last.position() + last.length() - start.position())

    def _on_colours_changed(self) -> None:
        self._formats = _formats()
        self._painted = 0
        self._slices.start(0)


def _timer(highlighter: Highlighter, do: Callable[[], None]) -> QTimer:
    timer = QTimer(highlighter)
    timer.setSingleShot(True)
    timer.timeout.connect(do)
    return timer


def _formats() -> dict[str, QTextCharFormat]:
    return {kind: _format(kind) for kind in _KINDS}


def _format(kind: str) -> QTextCharFormat:
    found = QTextCharFormat()
    found.setForeground(getattr(colours(), f"code_{kind}"))
    if kind == "keyword":
        found.setFontWeight(QFont.Weight.DemiBold)
    if kind == "comment":
        found.setFontItalic(True)
    return found
