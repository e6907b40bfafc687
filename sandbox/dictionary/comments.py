"""Comments out of a catalog, without people, addresses and numbers that could be theirs."""

from __future__ import annotations

import re

from .text import one_line

LONGEST = 300

_SUSPECT = re.compile(
    r"@|https?:|www\.|\\\\|\d[\d .()/-]{6,}\d|\b(jdbc|odbc):|\b(server|host|hostname)\s*[=:]", re.IGNORECASE
)
_END = r"(?<=[.;!?])(?<!\b[DM]r\.)(?<!\bM[rs]s\.)(?<!\bMs\.)(?<!\bProf\.)\s+"  # a title is not the end of a sentence
_PERSON = re.compile(r"\b(Dr|Mr|Mrs|Ms|Prof|Frau|Herr|Mme)\.?\s+[A-Z]|\b([Aa]sk|[Cc]all|[Cc]ontact|by)\s+[A-Z][a-z]+")


def clean_comment(comment: str) -> str:
    """The comment on one line, sentence by sentence, without those that may name a person or a place to write to.

    The reviewer reads what is left and signs it, or empties it.
    """
    sentences = re.split(_END, one_line(comment)[:LONGEST])
    return " ".join(sentence for sentence in sentences if not suspect(sentence))


def suspect(text: str) -> bool:
    """Whether a text may hold a person's name, an address or a number of theirs."""
    return bool(_SUSPECT.search(text) or _PERSON.search(text))
