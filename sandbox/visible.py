"""Text from a model, a program, a file or a stranger, made safe for a terminal or a report.

What a terminal would obey (escape sequences, direction marks) or a reader would not see (zero-width letters) is
written out as its code instead.
"""

from __future__ import annotations

import unicodedata

_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def visible(text: str) -> str:
    """One line in which every character that is not plainly visible is written as `\\uXXXX`."""
    if text.isprintable():  # nothing of those, and a hundred times faster
        return text
    return "".join(letter if _is_plain(letter) else f"\\u{ord(letter):04x}" for letter in text)


def visible_lines(text: str) -> str:
    """The same for a text of several lines; its line ends stay."""
    return "\n".join(visible(line) for line in text.split("\n"))


def _is_plain(letter: str) -> bool:
    return letter == "\t" or unicodedata.category(letter) not in _HIDDEN
