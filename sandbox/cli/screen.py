"""What a terminal needs: lines as wide as it is, a sign of life while work goes on, and waiting for a person.

wrapped("  · a long sentence …")        # its further lines hang under the first word
with Working(lambda: True): ...          # counts seconds on standard error while nothing else is told
wait_for_enter()                         # "on" or "quit"
"""

from __future__ import annotations

import contextlib
import re
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Literal

import click

NARROWEST, USUAL = 60, 100
PATIENCE = 2.0
_HEAD = re.compile(r"(?P<indent>\s*)(?P<mark>(?:[·!?✓→•-]|\d+\.)\s+)?")


def wrapped(text: str) -> str:
    """Each line broken between words where the terminal ends; a word is never broken."""
    width = max(NARROWEST, shutil.get_terminal_size((USUAL, 24)).columns)
    return "\n".join(_wrapped(line, width) for line in text.split("\n"))


def plural(number: int, one: str, many: str = "") -> str:
    """`1 run`, `2,000 runs`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


class Working:
    """Counts seconds on the last line while nothing else is told. Shown at a terminal only."""

    def __init__(self, may_show: Callable[[], bool]) -> None:
        self._may_show = may_show
        self._lock = threading.Lock()
        self._shown = False
        self._over = threading.Event()
        self._since = time.monotonic()
        self._thread = threading.Thread(target=self._count, daemon=True)

    def __enter__(self) -> Working:
        if sys.stderr.isatty():
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, where: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()
        self.clear()

    def clear(self) -> None:
        """Take the line away, because something else is about to be written."""
        with self._lock:
            if self._shown:
                self._shown = False
                _write_raw("\r\x1b[K")

    def _count(self) -> None:
        while not self._over.wait(1.0):
            seconds = time.monotonic() - self._since
            with self._lock:
                if seconds >= PATIENCE and self._may_show():
                    self._shown = True
                    _write_raw(f"\r\x1b[K  … working, {seconds:.0f} s")


def wait_for_enter() -> Literal["on", "quit"]:
    """Wait for a person. What was typed before the question stood there is no answer to it."""
    forget_typed_ahead()
    words = click.prompt("  Enter goes on, q quits", default="", show_default=False, prompt_suffix=" ", err=True)
    return "quit" if str(words).strip().lower() in ("q", "quit") else "on"


def forget_typed_ahead() -> None:
    """Drop keys that were pressed while nothing was asked."""
    try:
        import termios
    except ImportError:  # no such thing on Windows
        return
    with contextlib.suppress(termios.error, ValueError, OSError):  # standard input is no terminal
        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _wrapped(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    head = _HEAD.match(line)
    assert head is not None
    start = head.group()
    lines = textwrap.wrap(
        line[len(start) :],
        width,
        initial_indent=start,
        subsequent_indent=" " * (len(start) if head["mark"] else len(start) + 2 * bool(start)),
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
        expand_tabs=False,
    )
    return "\n".join(lines) or line


def _write_raw(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
