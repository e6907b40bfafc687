"""Rows for a trial out of reference tables that are too large for the dictionary: a vocabulary of millions of codes.

    tried = with_rows_for(dictionary, files, sought=("I50.21", "I50%", 316139))

Reference tables hold no patient, so their own rows stand in the made-up data: those that the program or a made-up
patient names, and the first few for everything else. Without them a program that looks its codes up finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from sandbox.dictionary.model import Dictionary, ReferenceRows
from sandbox.dictionary.reference_index import ReferenceIndex, Row

FIRST = 200
MOST_OF_A_PATTERN = 50
_SHORTEST_STEM = 2
_WILDCARDS = ("%", "_")


def with_rows_for(
    dictionary: Dictionary, files: Mapping[str, ReferenceIndex], sought: Iterable[str | int | float]
) -> Dictionary:
    """The dictionary with rows of every table in `files`; `sought` are codes, and beginnings such as `I50%`."""
    texts = list(dict.fromkeys(map(str, sought)))
    rows = tuple(
        ReferenceRows(table=table, columns=index.file.columns, rows=tuple(_rows(index, texts)))
        for table, index in files.items()
    )
    return msgspec.structs.replace(dictionary, references=(*dictionary.references, *rows))


def _rows(index: ReferenceIndex, texts: list[str]) -> Iterable[Row]:
    """Each once, in an order that depends on the program alone."""
    patterns = [text.rstrip("%") for text in texts if text.endswith("%")]
    found = dict.fromkeys(index.rows_of(texts).values())
    for stem in patterns:
        if len(stem) >= _SHORTEST_STEM and not any(one in stem for one in _WILDCARDS):
            found |= dict.fromkeys(index.beginning_with(stem, MOST_OF_A_PATTERN)[1])
    return found | dict.fromkeys(index.first(FIRST))
