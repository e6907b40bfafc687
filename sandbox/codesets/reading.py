"""Reading a list of codes out of a file that somebody sent: CSV, Excel, or a concept set as ATLAS exports it.

    read = read_file(path)
    read.codes          # (("I50.21", "Acute systolic heart failure"), …)
    read.wanted         # only of ATLAS: which concepts take their descendants along, and which are left out

Whatever is in the file, this ends in codes or in one sentence that says what is wrong and where.
"""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
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
# Headers in lower case, without spaces and signs, best first.
_SYSTEMS = (
    "icd icd9 icd9cm icd10 icd10cm icd10pcs icd10gm icd11 snomed snomedct sct loinc rxnorm ndc cpt cpt4 hcpcs atc ops "
    "opcs4 read drg msdrg dx px"
)
_THINGS = f"{_SYSTEMS} concept diag diagnosis procedure drug med prod"
_CODE_WORDS = [
    "code",
    "codes",
    *(f"{thing}{end}" for end in ("code", "codes", "id") for thing in ("concept", *_THINGS.split())),
    *("rxcui", "sctid", "id", "kode", "kod", "schluessel", "schlüssel"),
    *_SYSTEMS.split(),
]
_MEANINGS = (
    "meaning description desc longdescription longdesc shortdescription shortdesc name label term display conceptname "
    "title text bezeichnung bedeutung titel"
)
_MEANING_WORDS = _MEANINGS.split()
_SEPARATORS = ",;\t"
_LOOKED_AT = 50  # lines, to tell what separates their cells
_NO_PERSON = "A code set holds codes and what they mean. Correct that entry, or leave it out."
_KINDS = "A code set is a CSV file, an Excel workbook (.xlsx), or a concept set of ATLAS (.json)."


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """Codes with their meanings in the order of the file, each once; `wanted` where flags are still to be settled.

    `headed`: its first line, or its format, says which are the codes; else the first line was taken for a code.
    """

    codes: tuple[tuple[str, str], ...] = ()
    wanted: tuple[Concept, ...] = ()
    repeated: int = 0
    headed: bool = True


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
    text = _text(data)
    return _from_rows(_lines(text, "\t" if kind == ".tsv" else _separator(text)), recognise)


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
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    except csv.Error as problem:
        raise BadInput("The file can't be read as CSV.", "Save it again as CSV in UTF-8.") from problem


def _separator(text: str) -> str:
    """What cuts most of the first lines into as many cells as the first of them; a comma where nothing does.

    Spreadsheets write semicolons where the comma is in numbers, and meanings have commas of their own.
    """
    start = "".join(line for line in islice(io.StringIO(text, newline=""), _LOOKED_AT) if line.strip())

    def cut_alike(separator: str) -> int:
        with contextlib.suppress(csv.Error):  # said when the file is read
            cells = [len(row) for row in csv.reader(io.StringIO(start, newline=""), delimiter=separator) if row]
            return cells.count(cells[0]) if cells and cells[0] > 1 else 0
        return 0

    return max(_SEPARATORS, key=cut_alike)


def _from_rows(rows: Iterable[Sequence[str]], recognise: Recognise) -> Read:
    filled = ([cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row))
    first = next(filled, None)
    if first is None:
        raise BadInput("The file is empty.", "Write one code a line, its meaning beside it.")
    code, meaning, headed = _places(first)
    rest = filled if headed else _with_first(first, filled)
    codes, repeated = _checked(((_cell(row, code), _cell(row, meaning)) for row in rest), recognise)
    return Read(codes=codes, repeated=repeated, headed=headed)


def _places(first: list[str]) -> tuple[int, int, bool]:
    """Where the code and its meaning are, and whether the first row says so."""
    names = ["".join(c for c in cell.lower() if c.isalnum()) for cell in first]
    code = next((names.index(word) for word in _CODE_WORDS if word in names), -1)
    meaning = next((names.index(word) for word in _MEANING_WORDS if word in names), -1)
    if code < 0 and meaning < 0:
        return 0, 1 if len(first) > 1 else -1, False
    others = [place for place in range(len(first)) if place not in (code, meaning)]
    if code < 0:
        code = others[0] if others else -1  # `kood;description`: the codes are beside what they mean
    elif meaning < 0 and len(others) == 1:
        meaning = others[0]
    return (code, meaning, True) if code >= 0 else (meaning, -1, False)


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
