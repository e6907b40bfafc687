"""The evidence as rows for the screen: what it reads, flags, codes, parameters, claims.

Everything a model, a program or a file said comes out as text in which nothing is hidden.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from desktop.review.wording import GIVEN, SEVERITY, TONES, place, unique
from sandbox.reviewing.orders.facts import CodeFound, CodeSetFound, Flag
from sandbox.reviewing.orders.review import TableRead
from sandbox.visible import visible, visible_lines


class ReadBlock(NamedTuple):
    """What may be read of one table: `news` in words, then (how it is given, columns), new columns by themselves."""

    table: str
    news: str
    lines: tuple[tuple[str, str], ...]


class FlagRow(NamedTuple):
    """One flag; `rule` and `why`, the page on it, are there where there is such a page."""

    id: int
    severity: str
    tone: str
    line: int
    place: str
    reason: str
    instead: str
    rule: str = ""
    why: str = ""


class CodeRow(NamedTuple):
    """One code, with every line it stands in."""

    id: str
    lines: tuple[int, ...]
    meaning: str
    where: str
    known: bool


class PairRow(NamedTuple):
    """A name and a text: a parameter, or what the author claims."""

    id: str
    text: str


def read_blocks(reads: Sequence[TableRead]) -> tuple[ReadBlock, ...]:
    """Every column of every table; what is new comes first."""
    return tuple(ReadBlock(visible(read.table), _news(read), tuple(_lines(read))) for read in reads)


def flag_rows(flags: Iterable[Flag], pages: Mapping[str, str]) -> tuple[FlagRow, ...]:
    return tuple(
        FlagRow(
            n,
            SEVERITY[flag.severity],
            TONES[flag.severity],
            flag.line,
            place(flag.line),
            visible(flag.reason),
            visible(flag.instead),
            flag.rule if flag.rule in pages else "",
            _paragraphs(pages.get(flag.rule, "")),
        )
        for n, flag in enumerate(unique(flags))
    )


def code_rows(codes: Iterable[CodeFound], lists: Iterable[CodeSetFound] = ()) -> tuple[CodeRow, ...]:
    """Each code once; those in no list first, since a wrong code is the quietest error there is. Then the code sets
    that lists in the program equal."""
    lines: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for code in codes:
        lines[code.text, code.meaning, code.where].append(code.line)
    rows = [
        CodeRow(
            visible(text),
            tuple(dict.fromkeys(at)),
            visible(meaning) if where else "not in your data dictionary",
            visible(where),
            bool(where),
        )
        for (text, meaning, where), at in lines.items()
    ]
    equal = [CodeRow(visible(one.name), (one.line,), visible(one.words), "your code sets", True) for one in lists]
    return (*sorted(rows, key=lambda row: row.known), *equal)


def parameter_rows(parameters: Mapping[str, object]) -> tuple[PairRow, ...]:
    """Every parameter with its whole value: it is signed with the program."""
    return tuple(PairRow(visible(name), value_text(value)) for name, value in parameters.items())


CLAIMS = {
    "understood": "How it understood the question",
    "definitions": "Definitions",
    "assumptions": "Assumptions",
    "would change": "What would change the answer",
    "notes": "What changed in this draft, and why",
}


def claim_rows(claims: Mapping[str, str]) -> tuple[PairRow, ...]:
    """What the author says under each heading, in the order in which it is read."""
    order = list(CLAIMS)
    topics = sorted(claims, key=lambda topic: order.index(topic) if topic in CLAIMS else len(order))
    return tuple(PairRow(CLAIMS.get(topic, visible(topic)), visible_lines(claims[topic])) for topic in topics)


def value_text(value: object) -> str:
    """A value of a parameter or a report on one line: words as they are, lists with commas."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list | tuple):
        return ", ".join(value_text(one) for one in value) or "(empty)"
    return visible(json.dumps(value, ensure_ascii=False, default=str))


def _paragraphs(page: str) -> str:
    """A text whose lines were broken for an editor, with one line for each paragraph."""
    return "\n\n".join(" ".join(part.split()) for part in page.split("\n\n"))


def _news(read: TableRead) -> str:
    if read.first_use:
        return "first use of this table"
    return f"{len(read.new)} new" if read.new else ""


def _lines(read: TableRead) -> Iterator[tuple[str, str]]:
    new = [] if read.first_use else [column for column in read.columns if column in read.new]
    old = [column for column in read.columns if column not in new]
    for columns, words in ((new, "New, "), (old, "")):
        for given, name in GIVEN.items():
            found = [visible(column) for column in columns if read.given.get(column, "full") == given]
            if found:
                yield f"{words}{name}".capitalize(), ", ".join(found)
