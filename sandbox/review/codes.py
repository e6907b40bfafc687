"""Every code in a program, with its meaning where the signed dictionary has one.

    for code in codes_in(program, dictionary): code.line, code.text, code.meaning

A wrong code is the quietest error a clinical program can have: it runs, and counts something else. The text
is only scanned, not parsed, because nobody has vouched for it yet. Quoted words of SQL and of Python are both
found; what looks like a code and is in no list is named too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from sandbox.checks.facts import Fact
from sandbox.dictionary.model import Dictionary, ReferenceRows
from sandbox.dictionary.reference_index import ReferenceIndex

_QUOTED = re.compile(r"(?<![\w\"'])(['\"])(?P<text>[^'\"\n\\]{1,60})\1(?![\"'])")
_LOOKS_LIKE_A_CODE = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9.\-]{2,11}", re.ASCII)
_LOOKS_LIKE_A_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?|\d{1,2}[:.]\d{2}|[\d.\-]{1,4}")
_NUMBER = re.compile(r"(?<![\w.])\d{1,15}(?:\.\d{1,9})?(?![\w.])")
CODE_COLUMN = re.compile(r"(^|_)(code|cd|id|concept_id|dx|icd|loinc|cpt|ndc)($|_)")


class CodeFound(Fact, frozen=True, kw_only=True):
    """A quoted value at a line. `where` is the table or column that knows it; both empty: nobody does."""

    line: int
    text: str
    meaning: str = ""
    where: str = ""


def codes_in(
    program: str, dictionary: Dictionary, files: Mapping[str, ReferenceIndex] | None = None
) -> tuple[CodeFound, ...]:
    """Codes of the program in order: those with a meaning, those in a value list, and unknown look-alikes.

    `files` are the reference tables that are too large for the dictionary, by table.
    """
    found = dict.fromkeys(_quoted(program))
    meanings = _meanings(dictionary)
    for table, index in (files or {}).items():
        sought = {text for _, text in found} - set(meanings)
        meanings = _meanings_in(table, index, sought) | meanings
    listed = _listed(dictionary)
    return tuple(code for line, text in found if (code := _look_up(line, text, meanings, listed)))


def literals_in(program: str, parameters: dict[str, object]) -> tuple[str | int | float, ...]:
    """What the program compares with: quoted words, numbers, and its parameters, for planting synthetic rows."""
    given = [one for value in parameters.values() for one in (value if isinstance(value, list) else [value])]
    plain = [one for one in given if isinstance(one, str | int | float) and not isinstance(one, bool)]
    quoted = [text for _, text in _quoted(program)]
    numbers = [float(text) if "." in text else int(text) for text in _NUMBER.findall(program)]
    return tuple(dict.fromkeys([*plain, *quoted, *numbers]))


def _quoted(program: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(program.split("\n"), start=1):
        for match in _QUOTED.finditer(line):
            yield number, match["text"]


def _look_up(
    line: int, text: str, meanings: dict[str, tuple[str, str]], listed: dict[str, list[str]]
) -> CodeFound | None:
    if text in meanings:
        meaning, where = meanings[text]
        return CodeFound(line=line, text=text, meaning=meaning, where=where)
    if text in listed:
        return CodeFound(line=line, text=text, where=", ".join(listed[text][:3]))
    if _LOOKS_LIKE_A_CODE.fullmatch(text) and not _LOOKS_LIKE_A_DATE.fullmatch(text):
        return CodeFound(line=line, text=text)
    return None


def _meanings(dictionary: Dictionary) -> dict[str, tuple[str, str]]:
    """By code: its meaning and the reference table. The first table wins where two know a code."""
    found: dict[str, tuple[str, str]] = {}
    for reference in dictionary.references:
        code, meaning = _code_and_meaning(reference)
        for row in reference.rows:
            found.setdefault(row[code], (row[meaning], reference.table))
    return found


def _meanings_in(table: str, index: ReferenceIndex, sought: set[str]) -> dict[str, tuple[str, str]]:
    meaning = index.file.columns.index(index.file.meaning) if index.file.meaning else -1
    return {code: (row[meaning] if meaning >= 0 else "", table) for code, row in index.rows_of(sought).items()}


def _code_and_meaning(reference: ReferenceRows) -> tuple[int, int]:
    """Positions of the code and of its meaning: the column named like one, and the one with the longest texts."""
    columns = [column.lower() for column in reference.columns]
    code = next((n for n, name in enumerate(columns) if CODE_COLUMN.search(name)), 0)
    others = [n for n in range(len(columns)) if n != code] or [code]
    sample = reference.rows[:200]
    return code, max(others, key=lambda n: sum(len(row[n]) for row in sample))


def _listed(dictionary: Dictionary) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for table in dictionary.tables:
        for column in table.columns:
            for value in column.values:
                found[value].append(f"{table.full_name}.{column.name}")
    return found
