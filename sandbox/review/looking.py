"""Putting a draft in front of the reviewer: read it, check it again in a jail, compare it, try it.

evidence = look_at(workspace, keystore, "q-1", 2)
"""

from __future__ import annotations

from sandbox.checks.facts import Grant
from sandbox.errors import BadInput
from sandbox.keystore import Keystore
from sandbox.records import Trust, load_dictionary, read_approval
from sandbox.review.draft import Draft, draft_numbers, read_draft
from sandbox.review.evidence import Checks, Compared, Evidence, gather, keep_checks, read_checks
from sandbox.review.trial import check_draft, try_draft
from sandbox.workspace import Workspace


def look_at(
    workspace: Workspace,
    keystore: Keystore,
    question: str,
    number: int,
    *,
    against: int | None = None,
    again: bool = False,
) -> Evidence:
    """The evidence on one draft, compared with `against`, the last signed version, or the draft before it.

    What the drafting session kept is shown; with `again`, or when nothing is kept, the draft is checked and
    tried afresh, in jails of the review's own.
    """
    draft = read_draft(workspace, question, number)
    dictionary = load_dictionary(workspace, Trust.open(workspace, keystore))
    checks = None if again else _kept(workspace, draft, question)
    if checks is None:
        verdict = check_draft(draft.program, dictionary)
        may_run = not any(flag.severity == "refuse" for flag in verdict.flags)
        trials = (try_draft(draft.program, dictionary, patients=draft.made_up_patients),) if may_run else ()
        checks = Checks(sha256=draft.sha256, check=verdict.check, grant=verdict.grant, trials=trials)
        keep_checks(workspace, question, number, checks)
    return gather(draft, dictionary, checks, against=_compared(workspace, keystore, draft, question, against))


def _kept(workspace: Workspace, draft: Draft, question: str) -> Checks | None:
    """The drafting session's checks, when they are of these bytes and hold a trial."""
    try:
        checks = read_checks(workspace, question, draft.number)
    except BadInput:
        return None
    return checks if checks.sha256 == draft.sha256 and checks.trials else None


def _compared(
    workspace: Workspace, keystore: Keystore, draft: Draft, question: str, against: int | None
) -> Compared | None:
    if against is None:
        signed = _last_signed(workspace, keystore, question, draft.number)
        earlier = [number for number in draft_numbers(workspace, question) if number < draft.number]
        against = signed or max(earlier, default=None)
    if against is None:
        return None
    other = read_draft(workspace, question, against)
    try:
        grant = read_checks(workspace, question, against).grant
    except BadInput:
        grant = Grant(tables={})
    return Compared(name=f"draft {against}", program=other.program, grant=grant)


def _last_signed(workspace: Workspace, keystore: Keystore, question: str, before: int) -> int | None:
    trust = Trust.open(workspace, keystore)
    paths = [path for path in workspace.approvals.glob("a-*.json") if not path.stem.endswith("-revoked")]
    approvals = [read_approval(path.read_bytes(), trust) for path in paths]
    drafts = [one.draft for one in approvals if one.question == question and one.draft < before]
    return max(drafts, default=None)
