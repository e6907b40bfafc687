"""Putting a draft in front of the reviewer: read it, check it again in a jail, compare it, try it.

evidence = look_at(workspace, keystore, "q-1", 2)
looked = look(workspace, keystore, "q-1", 2, tell=lambda sentence, done, of: ...)
looked.evidence, looked.draft, looked.dictionary, looked.approvals
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec

from sandbox.checks.facts import Grant
from sandbox.codesets import with_code_sets
from sandbox.dictionary.model import Dictionary
from sandbox.dictionary.reference_index import ReferenceIndex
from sandbox.errors import BadInput, WorkspaceRefused
from sandbox.keystore import Keystore
from sandbox.records import Trust, load_dictionary
from sandbox.review.approvals import Approvals
from sandbox.review.draft import Draft, draft_numbers, read_draft
from sandbox.review.evidence import Checks, Compared, Evidence, gather, keep_checks, read_checks
from sandbox.review.excluding import left_out, read_in_force
from sandbox.review.reference_marks import opened_references
from sandbox.review.scoping import WantedRows, scoped
from sandbox.review.seen import Trial
from sandbox.review.signing import cover_of
from sandbox.review.trial import TrialWorker, check_draft, try_everywhere
from sandbox.run_lock import RunLock
from sandbox.workspace import Workspace

Tell = Callable[[str, int, int], None]
_STEPS = 4


class Looked(NamedTuple):
    """The evidence on a draft, and what it was made from. `cover`: of all that a signature on it covers."""

    evidence: Evidence
    draft: Draft
    dictionary: Dictionary
    approvals: Approvals
    last_signed: int
    cover: str


def look_at(
    workspace: Workspace,
    keystore: Keystore,
    question: str,
    number: int,
    *,
    against: int | None = None,
    again: bool = False,
    rows: tuple[WantedRows, ...] = (),
) -> Evidence:
    """The evidence on one draft, compared with `against`, the last signed version, or the draft before it.

    What the drafting session kept is shown; with `again`, or when nothing is kept, the draft is checked and
    tried afresh, in jails of the review's own. With `rows` it is tried as it would run with these row scopes, and
    nothing of that is kept.
    """
    return look(workspace, keystore, question, number, against=against, again=again, rows=rows).evidence


def look(
    workspace: Workspace,
    keystore: Keystore,
    question: str,
    number: int,
    *,
    against: int | None = None,
    again: bool = False,
    rows: tuple[WantedRows, ...] = (),
    tell: Tell = lambda sentence, done, of: None,
) -> Looked:
    """The same with what it was made from; `tell` hears what is being done, and how many of how many steps are."""
    tell("Reading the signed tables", 0, _STEPS)
    draft = read_draft(workspace, question, number)
    trust = Trust.open(workspace, keystore)
    dictionary = load_dictionary(workspace, trust)
    approvals = Approvals.read(workspace, trust)
    signed = _last_signed(workspace, approvals, question, draft.number)
    compared = _compared(workspace, signed, draft, question, against)
    kept = None if again or rows else _kept(workspace, draft, question)
    files = opened_references(workspace, dictionary)
    checks = kept or _checked(workspace, keystore, draft, dictionary, tell, rows, files)
    if kept is None and not rows:
        keep_checks(workspace, question, number, checks)
    tell("Putting it together", _STEPS - 1, _STEPS)
    known = with_code_sets(workspace, dictionary)
    evidence = gather(draft, known, checks, against=compared, files=files)
    evidence = msgspec.structs.replace(evidence, left_out=left_out(workspace, keystore, evidence.grant.tables))
    cover = cover_of(draft, checks.check.flags, checks.grant, dictionary)
    return Looked(evidence, draft, dictionary, approvals, signed.number if signed else 0, cover)


def _last_signed(workspace: Workspace, approvals: Approvals, question: str, before: int) -> Draft | None:
    """The newest draft before that one which was signed; only while its program is the one that was signed."""
    signed = {(one.draft, one.program_sha256) for one in approvals.of_question(question) if one.draft < before}
    for number, sha256 in sorted(signed, reverse=True):
        with contextlib.suppress(BadInput, WorkspaceRefused):  # it is gone or was edited: nobody signed what lies there
            if (draft := read_draft(workspace, question, number)).sha256 == sha256:
                return draft
    return None


def _checked(
    workspace: Workspace,
    keystore: Keystore,
    draft: Draft,
    dictionary: Dictionary,
    tell: Tell,
    wanted: tuple[WantedRows, ...],
    files: Mapping[str, ReferenceIndex],
) -> Checks:
    tell("Checking the program", 1, _STEPS)
    verdict = check_draft(draft.program, dictionary)
    rows = scoped(workspace, keystore, dictionary, verdict.grant, wanted)
    trials: tuple[Trial, ...] = ()
    if verdict.check.may_run:
        tell("Trying it on synthetic data and made-up patients", 2, _STEPS)
        with contextlib.closing(RunLock.open(workspace.run_lock)) as lock:
            worker = TrialWorker(lock)
            trials = try_everywhere(
                draft.program,
                dictionary,
                patients=draft.made_up_patients,
                rows=rows,
                exclusions=read_in_force(workspace, keystore).all if wanted else (),
                files=files,
                worker=worker,
            )
    grant = msgspec.structs.replace(verdict.grant, rows=rows)
    return Checks(sha256=draft.sha256, check=verdict.check, grant=grant, trials=trials)


def _kept(workspace: Workspace, draft: Draft, question: str) -> Checks | None:
    """The checks that were kept, when they are of these bytes and hold a trial, or say that there may be none."""
    try:
        checks = read_checks(workspace, question, draft.number)
    except BadInput:
        return None
    complete = bool(checks.trials) or not checks.check.may_run
    return checks if checks.sha256 == draft.sha256 and complete else None


def _compared(
    workspace: Workspace, signed: Draft | None, draft: Draft, question: str, against: int | None
) -> Compared | None:
    if against is None:
        earlier = [number for number in draft_numbers(workspace, question) if number < draft.number]
        against = signed.number if signed else max(earlier, default=None)
    if against is None:
        return None
    other = signed if signed and signed.number == against else read_draft(workspace, question, against)
    try:
        checks = read_checks(workspace, question, against)
    except BadInput:
        return Compared(name=f"draft {against}", program=other.program, grant=Grant(tables={}))
    trials = checks.trials if checks.sha256 == other.sha256 else ()
    return Compared(name=f"draft {against}", program=other.program, grant=checks.grant, trials=trials)
