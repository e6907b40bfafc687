"""What a text may be made of, so that what a reviewer sees is what runs.

Refused: characters that are invisible, that turn the reading direction, that overlay others, or that look
like a Latin letter without being one (see the Trojan Source paper, CVE-2021-42574 and CVE-2021-42694).
Programs and queries go through the same rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Letters that clinicians mix into Latin words ("μmol", "Δcreatinine") and that look like no Latin letter.
_SYMBOLS = frozenset("αβγδεζηθλμξπστφχψωΓΔΘΛΞΠΣΦΨΩªº")
# Whole words of these would pass for Latin ones.
_LOOKALIKES = frozenset(
    "АВЕЅІЈКМНОРСТУХҮԌԚԜЗаеѕіјосрухүһӏԁԛԝпгѵ"  # Cyrillic
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοικνυρϲϳ"  # Greek
    "ՏՍՕԼօսոհցզԱ"  # Armenian
)
_AS_PICTURE = "\ufe0f"
_WORD = re.compile(r"\w+")
_NAMES = {
    "\t": "",
    "\u00a0": "a no-break space",
    "\u00ad": "a soft hyphen",
    "\u200b": "a zero-width space",
    "\ufeff": "a byte order mark",
    "\u2028": "a line separator",
    "\u2029": "a paragraph separator",
    "\x0c": "a form feed",
    "\x00": "a NUL",
}


def doubtful_characters(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield (line, reason, what to write instead) for everything in `text` that is not what it looks like."""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if line.isascii() and line.isprintable():
            continue
        yield from ((number, *finding) for finding in _doubts(line))


def _doubts(line: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for before, character in zip(" " + line, line, strict=False):
        if character == _AS_PICTURE and unicodedata.category(before) == "So":
            continue  # how an emoji is written; the symbol before it is seen either way
        what = _invisible(character)
        if what and character not in seen:
            seen.add(character)
            yield (
                f"The line holds {what}, which a reader can't see.",
                "Delete it, or write it as an escape such as \\u00a0.",
            )
    for word in _WORD.findall(line):
        if not word.isascii() and _mixes(word):
            yield (
                "A word mixes letters of different alphabets that look alike.",
                "Type the word again on one keyboard layout.",
            )


def _invisible(character: str) -> str:
    if character in _NAMES:
        return _NAMES[character]
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") or (category == "Zs" and character != " "):
        return f"the character U+{ord(character):04X}"
    if category in ("Mn", "Me") or "\u115f" <= character <= "\u1160" or character in "\u3164\uffa0":
        return f"the combining mark U+{ord(character):04X}"
    return ""


def _mixes(word: str) -> bool:
    scripts = {_script(letter) for letter in word if letter.isalpha() and letter not in _SYMBOLS}
    if len(scripts) > 1 or scripts & {"FULLWIDTH", "MATHEMATICAL"}:
        return True
    if any(letter.isalpha() and letter not in _SYMBOLS and _is_other_letters(letter) for letter in word):
        return True
    letters = [letter for letter in word if letter.isalpha()]
    return "LATIN" not in scripts and bool(letters) and all(letter in _LOOKALIKES for letter in letters)


def _is_other_letters(letter: str) -> bool:
    """Python reads `ﬁlter` (a ligature) and `ſum` (a long s) as filter and sum."""
    return letter != "µ" and unicodedata.normalize("NFKC", letter) != unicodedata.normalize("NFC", letter)


def _script(letter: str) -> str:
    """The first word of a letter's name: LATIN, GREEK, CYRILLIC, FULLWIDTH, MATHEMATICAL, …"""
    if letter == "µ":
        return "LATIN"
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0]
