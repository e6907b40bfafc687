"""The engine's facts that answers on drafts and on dictionaries are made of, for whoever shows them.

The desk imports them from here, so that its imports name one door. They are data; nothing in here computes.
"""

from sandbox.checks.facts import Derivation, Flag, Given, Severity
from sandbox.dictionary.model import Column, ColumnClass, Table, Told
from sandbox.review.code_lists import CodeSetFound
from sandbox.review.codes import CodeFound
from sandbox.review.diff import DiffRow
from sandbox.review.evidence import Evidence
from sandbox.review.found import FoundTable
from sandbox.review.made_up import Expectation, MadeUpPatient
from sandbox.review.seen import QuerySeen, StepSeen, TableSeen, Trial
from sandbox.review.since_signed import ColumnChange, SinceSigned

__all__ = [
    "CodeFound",
    "CodeSetFound",
    "Column",
    "ColumnChange",
    "ColumnClass",
    "Derivation",
    "DiffRow",
    "Evidence",
    "Expectation",
    "Flag",
    "FoundTable",
    "Given",
    "MadeUpPatient",
    "QuerySeen",
    "Severity",
    "SinceSigned",
    "StepSeen",
    "Table",
    "TableSeen",
    "Told",
    "Trial",
]
