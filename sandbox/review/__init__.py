"""What a reviewer needs to decide: drafts, their checks and trials, the evidence, and signing itself.

    draft = new_draft(workspace, "q-1", author="agent", program=text)
    verdict = check_draft(draft.program, dictionary)
    trial = try_draft(draft.program, dictionary, patients=draft.made_up_patients)
    for line in evidence_lines(gather(draft, dictionary, checks)): ...

Programs that nobody signed are parsed and run only in jailed children (`trial`); this process reads text.
"""

from .codes import CodeFound, codes_in
from .diff import DiffRow, compare_lines, hunks
from .draft import Draft, add_notes, draft_numbers, new_draft, read_draft
from .evidence import Checks, Compared, Evidence, gather, keep_checks, read_checks
from .made_up import Expectation, MadeUpPatient, checked_patients
from .seen import Trial
from .text import diff_lines, evidence_lines, trial_lines
from .trial import TrialWorker, check_draft, try_draft, try_everywhere

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
