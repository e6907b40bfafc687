"""Reading a list of codes out of a file that somebody sent: CSV, Excel, or a concept set as ATLAS exports it.

    read = read_file(path)
    read.codes          # (("I50.21", "Acute systolic heart failure"), …)
    read.wanted         # only of ATLAS: which concepts take their descendants along, and which are left out

Whatever is in the file, this ends in codes or in one sentence that says what is wrong and where.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from sandbox.dictionary.telling import Recognise, recognise_nothing
from sandbox.errors import BadInput
from sandbox.spreadsheets import read_sheets
from sandbox.visible import visible

from .atlas import Concept, read_concepts

LARGEST = 64 * 1024 * 1024  # bytes
MOST_CODES = 1_000_000
LONGEST_CODE = 100
LONGEST_MEANING = 300
_FORMULA = ("=", "@", "+", "-", "\t", "\r")
_CODE_WORDS = ("code", "codes", "concept_code", "concept_id", "conceptid", "id", "concept id", "concept code")
_MEANING_WORDS = ("meaning", "description", "name", "label", "term", "display", "concept_name", "concept name", "title")
_NO_PERSON = "A code set holds codes and what they mean. Correct that entry, or leave it out."
_KINDS = "A code set is a CSV file, an Excel workbook (.xlsx), or a concept set of ATLAS (.json)."


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """Codes with their meanings in the order of the file, each once; `wanted` where flags are still to be settled."""

    codes: tuple[tuple[str, str], ...] = ()
    wanted: tuple[Concept, ...] = ()
    repeated: int = 0


def read_file(path: Path, recognise: Recognise = recognise_nothing) -> Read:
    """The codes of a file by its ending, or `BadInput`; also where `recognise` finds a person in an entry."""
    kind = path.suffix.lower()
    if kind not in (".csv", ".txt", ".tsv", ".json", ".xlsx"):
        raise BadInput("The file is of no kind that is read here.", _KINDS)
    data = _bytes(path)
    if kind == ".json":
        concepts = read_concepts(data)
        return Read(codes=_checked(((one.id, one.name) for one in concepts), recognise)[0], wanted=concepts)
    if kind == ".xlsx":
        first = next(read_sheets(data, what="list of codes", formulas=False), None)
        return _from_rows(first.rows if first else (), recognise)
    return _from_rows(_lines(_text(data), "\t" if kind == ".tsv" else ","), recognise)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(f"The file is larger than {LARGEST // 2**20} MB, so it is no list of codes.", _KINDS)
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as problem:
        raise BadInput(f"The file can't be read ({type(problem).__name__}).") from problem
    if len(data) > LARGEST:
        raise BadInput(f"The file is larger than {LARGEST // 2**20} MB, so it is no list of codes.", _KINDS)
    return data


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise BadInput("The file is no text in UTF-8.", "Save it as CSV in UTF-8.") from problem
    if "\0" in text:
        raise BadInput("The file is no text: it holds null characters.", "Save it as CSV in UTF-8.")
    return text


def _lines(text: str, separator: str) -> Iterator[list[str]]:
    first = text.partition("\n")[0]
    if separator == "," and ";" in first and "," not in first:
        separator = ";"  # what spreadsheets write where the comma is in numbers
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    except csv.Error as problem:
        raise BadInput("The file can't be read as CSV.", "Save it again as CSV in UTF-8.") from problem


def _from_rows(rows: Iterable[Sequence[str]], recognise: Recognise) -> Read:
    filled = ([cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row))
    first = next(filled, None)
    if first is None:
        raise BadInput("The file is empty.", "Write one code a line, its meaning beside it.")
    code, meaning, headed = _places(first)
    rest = filled if headed else _with_first(first, filled)
    codes, repeated = _checked(((_cell(row, code), _cell(row, meaning)) for row in rest), recognise)
    return Read(codes=codes, repeated=repeated)


def _places(first: list[str]) -> tuple[int, int, bool]:
    """Where the code and its meaning are, and whether the first row says so."""
    names = [cell.lower() for cell in first]
    code = next((names.index(word) for word in _CODE_WORDS if word in names), -1)
    meaning = next((names.index(word) for word in _MEANING_WORDS if word in names), -1)
    if code >= 0:
        return code, meaning, True
    return 0, 1 if len(first) > 1 else -1, False


def _checked(pairs: Iterable[tuple[str, str]], recognise: Recognise) -> tuple[tuple[tuple[str, str], ...], int]:
    found: dict[str, str] = {}
    number = repeated = 0
    for number, (code, meaning) in enumerate(pairs, 1):
        _check(number, code, meaning)
        if recognise(f"code {code}: {meaning}") or recognise(meaning):
            raise BadInput(f"Entry {number} reads like something about a person, so nothing was kept.", _NO_PERSON)
        repeated += code in found
        if len(found) >= MOST_CODES and code not in found:
            raise BadInput(f"A code set has at most {MOST_CODES:,} codes.", "Split it into several.")
        found.setdefault(code, meaning[:LONGEST_MEANING])
    if not found:
        raise BadInput("The file holds no code.", "Write one code a line, its meaning beside it.")
    return tuple(found.items()), repeated


def _check(number: int, code: str, meaning: str) -> None:
    if code.startswith(_FORMULA) or meaning.startswith(("=", "@")):
        raise BadInput(f"Entry {number} is a formula, not a code.", "Save the file with values only.")
    if not code:
        raise BadInput(f"Entry {number} has no code.", "Name the column `code`, or put the code first.")
    if len(code) > LONGEST_CODE or visible(code) != code:
        raise BadInput(f"Entry {number} is no code: it is too long, or holds what can't be seen.")
    if visible(meaning) != meaning:
        raise BadInput(f"The meaning of entry {number} holds a character that can't be seen, such as a line break.")


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if 0 <= place < len(row) else ""


def _with_first(first: list[str], rest: Iterator[list[str]]) -> Iterator[list[str]]:
    yield first
    yield from rest
