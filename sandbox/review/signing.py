"""Signing a draft: the reviewer's statement that these exact bytes may run.

envelope = sign_draft(workspace, keystore, key, question="q-1", number=2, terms=Terms(purpose="…"))
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from sandbox.checks.facts import Fact, Flag, Grant
from sandbox.checks.grant import columns_read
from sandbox.checks.verdict import ProgramVerdict
from sandbox.dictionary.model import Dictionary
from sandbox.errors import ApprovalRefused, BadInput
from sandbox.files import replace_file
from sandbox.keystore import Keystore
from sandbox.records import (
    Approval,
    ApprovalKind,
    AuditLog,
    ReviewerKey,
    Revocation,
    Trust,
    approve,
    columns_hash,
    load_dictionary,
    patients_hash,
    read_approval,
    revoke,
    table_envelopes,
)
from sandbox.review.approvals import Approvals
from sandbox.review.deciding import expiry
from sandbox.review.draft import Draft, read_draft
from sandbox.review.offering import MEANINGS, SIGNABLE, why_not
from sandbox.review.scoping import WantedRows, scoped
from sandbox.review.trial import check_draft
from sandbox.workspace import Workspace, check_line, new_name, now


class Terms(Fact, frozen=True, kw_only=True):
    """Under what terms a draft is signed."""

    purpose: str
    kind: ApprovalKind = "full"
    hours: int = 24 * 30
    runs: int = 1
    rows: tuple[WantedRows, ...] = ()


def sign_draft(
    workspace: Workspace,
    keystore: Keystore,
    key: ReviewerKey,
    *,
    question: str,
    number: int,
    terms: Terms,
    seen: str = "",
    seen_cover: str = "",
) -> Approval:
    """Sign draft `number` of `question`; the approval, which is on disk and in the log when this returns.

    1. The terms are complete.
    2. The draft's bytes are read once: they are those whose SHA-256 the reviewer has `seen`, when it is given. They are
       checked again in a jail, by the dictionary as it is signed now; what comes out is what was on the screen as well
       (`seen_cover`, when it is given): kept evidence was written beside an agent.
    3. What was refused is not signable, and a first look opens nothing (`offering.why_not`).
    4. The approval binds program, made-up patients, grant with its row scopes (which only take rows away from what was
       on the screen), columns, dictionary and what was sent.
    """
    check_terms(terms)  # (1)
    trust = Trust.open(workspace, keystore)
    dictionary = load_dictionary(workspace, trust)
    draft, verdict = _checked(workspace, dictionary, question, number, seen, seen_cover)  # (2)
    read_before = Approvals.read(workspace, trust).tables_read()
    if refused := why_not(terms.kind, verdict.flags, verdict.grant, read_before):  # (3)
        raise refused
    grant = verdict.grant
    if terms.rows:
        rows = scoped(workspace, keystore, dictionary, grant, terms.rows)
        grant = msgspec.structs.replace(grant, rows=rows)
    approval = Approval(  # (4)
        id=new_name("a"),
        question=question,
        draft=number,
        author=draft.author,
        kind=terms.kind,
        reviewer=key.name,
        fingerprint=key.fingerprint,
        meaning=MEANINGS[terms.kind],
        signed_at=now(),
        expires_at=expiry(hours=terms.hours),
        purpose=terms.purpose.strip(),
        program_sha256=draft.sha256,
        patients_sha256=patients_hash(draft.made_up_patients),
        grant=grant,
        columns=_columns(dictionary, grant),
        parameters=verdict.check.parameters,
        runs=terms.runs,
        self_reviewed=True,
        flags=verdict.flags,
        libraries=library_versions(),
        sent_head=sent_head(workspace, question),
        dictionary=table_envelopes(workspace, trust, grant.tables),
    )
    return _keep(workspace, key, approval)


def revoke_approval(workspace: Workspace, keystore: Keystore, key: ReviewerKey, name: str, reason: str) -> None:
    """Void an approval from now on."""
    envelope = _read(workspace.approval(name), name)
    approval = read_approval(envelope, Trust.open(workspace, keystore))
    if not reason.strip():
        raise BadInput("A revocation needs a reason.")
    revocation = Revocation(approval=approval.id, reason=reason.strip(), revoked_at=now())
    record = revoke(revocation, hashlib.sha256(envelope).hexdigest(), key)
    replace_file(workspace.approvals / f"{approval.id}-revoked.json", record)
    AuditLog(workspace.audit_log).append("approval.revoked", approval=approval.id)


def cover_of(draft: Draft, flags: tuple[Flag, ...], grant: Grant, dictionary: Dictionary) -> str:
    """SHA-256 over all that a signature on the draft covers: its bytes and patients, flags, grant, and the granted
    columns as they are signed now."""
    columns = [
        [table.full_name, *(column for column in table.columns if column.name in grant.tables[table.full_name])]
        for table in dictionary.tables
        if table.full_name in grant.tables
    ]
    covered = [draft.sha256, draft.made_up_patients, flags, grant, columns]
    return hashlib.sha256(msgspec.json.encode(covered, order="sorted")).hexdigest()


def library_versions() -> dict[str, str]:
    """Versions of what programs import and what the checks were read against."""
    from importlib.metadata import version

    names = (
        "RestrictedPython",
        "sqlglot",
        "duckdb",
        "pandas",
        "numpy",
        "scipy",
        "statsmodels",
        "matplotlib",
        "pyarrow",
    )
    return {name: version(name) for name in names}


def sent_head(workspace: Workspace, question: str) -> str:
    """SHA-256 of what was sent for this question up to now; empty when nothing was."""
    path = workspace.question(question) / "sent.log"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _checked(
    workspace: Workspace, dictionary: Dictionary, question: str, number: int, seen: str, seen_cover: str
) -> tuple[Draft, ProgramVerdict]:
    """The draft and what the checks say of it now; `ApprovalRefused` when either is not what was on the screen."""
    draft = read_draft(workspace, question, number)
    if seen and draft.sha256 != seen:
        raise ApprovalRefused(
            f"Draft {number} is another program than the one that was on the screen.", "Look at it again, then sign."
        )
    verdict = check_draft(draft.program, dictionary)
    if seen_cover and seen_cover != cover_of(draft, verdict.flags, verdict.grant, dictionary):
        raise ApprovalRefused(
            f"What draft {number} may read, its flags or its made-up patients are not those that were on the screen.",
            "Check it again, read what has changed, then sign.",
        )
    return draft, verdict


def _columns(dictionary: Dictionary, grant: Grant) -> dict[str, str]:
    """The hash over the granted columns of each granted table, as they are signed now."""
    tables = {table.full_name: table for table in dictionary.tables}
    return {name: columns_hash(tables[name], columns_read(grant, name)) for name in grant.tables}


def _keep(workspace: Workspace, key: ReviewerKey, approval: Approval) -> Approval:
    envelope = approve(approval, key)
    replace_file(workspace.approval(approval.id), envelope)
    AuditLog(workspace.audit_log).append(
        "approval.signed",
        approval=approval.id,
        question=approval.question,
        draft=approval.draft,
        kind=approval.kind,
        envelope=hashlib.sha256(envelope).hexdigest(),
    )
    return approval


def check_terms(terms: Terms) -> None:
    """Return when a draft may be signed under these terms, or `BadInput` with what is wrong with them."""
    if terms.kind not in SIGNABLE:
        raise BadInput(f"This version signs {' and '.join(SIGNABLE)} approvals only.", "Choose one of these kinds.")
    if not terms.purpose.strip():
        raise BadInput("An approval needs a purpose.", 'Give one: --purpose "…".')
    check_line("The purpose", terms.purpose)
    if not (1 <= terms.hours <= 24 * 366 and 1 <= terms.runs <= 1000):
        raise BadInput("An approval lasts an hour to a year and allows 1 to 1,000 runs.")
    if terms.kind == "first_look" and terms.runs != 1:
        raise BadInput("A first look is one run.")


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as problem:
        raise BadInput(f"There is no approval {name!r}.", "See `preceptor sign --list`.") from problem
