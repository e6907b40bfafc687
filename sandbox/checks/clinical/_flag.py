"""A clinical flag: it warns, it never refuses."""

from __future__ import annotations

from sandbox.checks.facts import Flag

PREFIX = "clinical."


LONGEST = 400  # characters of a sentence; names in a program may be of any length


def warn(rule: str, line: int, reason: str, instead: str) -> Flag:
    """Names and values of the program are in these sentences, so nothing invisible stays in them."""
    return Flag(line=line, severity="warn", rule=PREFIX + rule, reason=_plain(reason), instead=_plain(instead))


def _plain(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
