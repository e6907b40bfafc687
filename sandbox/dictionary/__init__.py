"""What an agent may know of a source, and what a signed program may be given of it.

    proposal = introspect(source, "ehr", minimum=11)      # on the running side; a person decides and signs
    schema = schema_of(dictionary)                        # what the query check allows
    agent_text(dictionary)                                # the exact text that the agent starts from
    describe(dictionary, ["ehr.encounters"])              # the exact text per table
    Search(dictionary).find("heart failure readmission")  # tables, columns, codes
    synthetic(dictionary, seed=1)                         # made-up rows, from the dictionary alone

Everything after `introspect` needs the signed dictionary only. The names are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.dictionary.classify import Verdict, classify_table
    from sandbox.dictionary.columns_file import classify_file
    from sandbox.dictionary.introspection import introspect
    from sandbox.dictionary.model import Column, Dictionary, Join, Proposal, ReferenceRows, Table
    from sandbox.dictionary.propose import propose_table
    from sandbox.dictionary.schema import schema_of, usable
    from sandbox.dictionary.search import Found, Hit, Search, hits_text
    from sandbox.dictionary.synthetic_rows import synthetic
    from sandbox.dictionary.text import agent_text, describe, find_table
    from sandbox.dictionary.types import arrow_schema
    from sandbox.dictionary.words import words_of

_HOMES = {
    "classify": ("Verdict", "classify_table"),
    "columns_file": ("classify_file",),
    "introspection": ("introspect",),
    "model": ("Column", "Dictionary", "Join", "Proposal", "ReferenceRows", "Table"),
    "propose": ("propose_table",),
    "schema": ("schema_of", "usable"),
    "search": ("Found", "Hit", "Search", "hits_text"),
    "synthetic_rows": ("synthetic",),
    "text": ("agent_text", "describe", "find_table"),
    "types": ("arrow_schema",),
    "words": ("words_of",),
}

__all__ = [
    "Column",
    "Dictionary",
    "Found",
    "Hit",
    "Join",
    "Proposal",
    "ReferenceRows",
    "Search",
    "Table",
    "Verdict",
    "agent_text",
    "arrow_schema",
    "classify_file",
    "classify_table",
    "describe",
    "find_table",
    "hits_text",
    "introspect",
    "propose_table",
    "schema_of",
    "synthetic",
    "usable",
    "words_of",
]


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(name)
