"""Foreign text made visible, fast enough for a megabyte. No Qt in here.

plain("a\\u200bb")            # "a\\\\u200bb": what can't be seen is written as its code
in_lines(body, 120)          # one long text as lines of at most 120 letters
"""

from __future__ import annotations

from sandbox.visible import visible


def plain(text: str) -> str:
    """The text with its line ends; letters that can't be seen are written as their codes."""
    if text.isprintable():
        return text
    return "\n".join(line if line.isprintable() else visible(line) for line in text.split("\n"))


def in_lines(text: str, width: int) -> str:
    """One long text, broken after every `width` letters, so that an editor can show it; line ends of its own stay."""
    return "\n".join(
        plain(line[start : start + width]) for line in text.split("\n") for start in range(0, len(line) or 1, width)
    )


def qt_place(text: str, place: int) -> int:
    """A place in a text as Qt counts it: letters beyond the basic plane are two."""
    before = text[:place]
    return place if before.isascii() else len(before.encode("utf-16-le", "surrogatepass")) // 2
