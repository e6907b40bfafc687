"""What a reviewer needs to decide: drafts, their checks and trials, the evidence, and signing itself.

    draft = new_draft(workspace, "q-1", author="agent", program=text)
    verdict = check_draft(draft.program, dictionary)
    trial = try_draft(draft.program, dictionary, patients=draft.made_up_patients)
    for line in evidence_lines(gather(draft, dictionary, checks)): ...

The names are loaded when first used: the desk shows evidence and needs nothing of what gathers it.
Programs that nobody signed are parsed and run only in jailed children (`trial`); this process reads text.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.review.codes import CodeFound, codes_in
    from sandbox.review.diff import DiffRow, compare_lines, hunks
    from sandbox.review.draft import Draft, add_notes, draft_numbers, new_draft, read_draft
    from sandbox.review.evidence import Checks, Compared, Evidence, gather, keep_checks, read_checks
    from sandbox.review.made_up import Expectation, MadeUpPatient, checked_patients
    from sandbox.review.seen import Trial
    from sandbox.review.text import diff_lines, evidence_lines, trial_lines
    from sandbox.review.trial import TrialWorker, check_draft, try_draft, try_everywhere

_HOMES = {
    "codes": ("CodeFound", "codes_in"),
    "diff": ("DiffRow", "compare_lines", "hunks"),
    "draft": ("Draft", "add_notes", "draft_numbers", "new_draft", "read_draft"),
    "evidence": ("Checks", "Compared", "Evidence", "gather", "keep_checks", "read_checks"),
    "made_up": ("Expectation", "MadeUpPatient", "checked_patients"),
    "seen": ("Trial",),
    "text": ("diff_lines", "evidence_lines", "trial_lines"),
    "trial": ("TrialWorker", "check_draft", "try_draft", "try_everywhere"),
}

__all__ = [
    "Checks",
    "CodeFound",
    "Compared",
    "DiffRow",
    "Draft",
    "Evidence",
    "Expectation",
    "MadeUpPatient",
    "Trial",
    "TrialWorker",
    "add_notes",
    "check_draft",
    "checked_patients",
    "codes_in",
    "compare_lines",
    "diff_lines",
    "draft_numbers",
    "evidence_lines",
    "gather",
    "hunks",
    "keep_checks",
    "new_draft",
    "read_checks",
    "read_draft",
    "trial_lines",
    "try_draft",
    "try_everywhere",
]


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(name)
