"""What an event key identifies: only keys of one domain may meet, and they share their tokens.

event_domain("labs", "HADM_ID")        -> "encounter"
event_domain("lab_results", "id")      -> "laboratory_result"
"""

from __future__ import annotations

from .rules import load_rules
from .words import words_of

_KEY_WORDS = frozenset(
    ("identifier", "number", "key", "uuid", "uid", "sequence", "row", "record", "surrogate", "index", "source", "value")
)
_REFERRING = frozenset(
    ("previous", "prior", "preceding", "parent", "next", "linked", "original", "merged", "first", "last")
)


def event_domain(table: str, column: str) -> str:
    """The domain of an event key: from the column's name, else from the table that it is a row key of."""
    words = [word for word in dict.fromkeys(words_of(column)) if word not in _REFERRING]
    while words and words[-1] in _KEY_WORDS:
        words.pop()
    stem = "_".join(words) or "_".join(word for word in words_of(table) if word not in _KEY_WORDS) or table.lower()
    return load_rules().domains.get(stem, stem)
