"""What an agent may know of a source, and what a signed program may be given of it.

    proposal = introspect(source, "ehr", minimum=11)      # on the running side; a person decides and signs
    schema = schema_of(dictionary)                        # what the query check allows
    agent_text(dictionary)                                # the exact text that the agent starts from
    describe(dictionary, ["ehr.encounters"])              # the exact text per table
    Search(dictionary).find("heart failure readmission")  # tables, columns, codes
    synthetic(dictionary, seed=1)                         # made-up rows, from the dictionary alone

Everything after `introspect` needs the signed dictionary only.
"""

from .classify import Verdict, classify_table
from .columns_file import classify_file
from .introspect import introspect
from .model import Column, Dictionary, Join, Proposal, ReferenceRows, Table
from .propose import propose_table
from .schema import schema_of, usable
from .search import Found, Hit, Search, hits_text
from .synthetic import synthetic
from .text import agent_text, describe, find_table
from .types import arrow_schema
from .words import words_of

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
