"""`preceptor sign`: sign a draft so that it may run, or revoke an approval."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandbox.cli.options import Desk, common
from sandbox.cli.screen import plural
from sandbox.errors import BadInput
from sandbox.workspace import Workspace

if TYPE_CHECKING:
    from sandbox.records import Approval
    from sandbox.review.scoping import WantedRows


@click.command(short_help="Sign a draft so that it may run, or revoke an approval.")
@click.argument("question", required=False)
@click.option("--draft", type=int, help="Which draft (default: the newest).")
@click.option("--purpose", default="", help="What the result is for; stands in the record.")
@click.option("--kind", type=click.Choice(["first_look", "full"]), default="full", show_default=True)
@click.option("--hours", default=24 * 30, show_default=True, help="How long the approval lasts.")
@click.option("--runs", default=1, show_default=True, help="How often it may run.")
@click.option("--rows", multiple=True, metavar='"TABLE: WORDS: CONDITION"', help="Only these rows of a table it reads.")
@click.option(
    "--cohort",
    multiple=True,
    metavar='"TABLE: WORDS: KEY: FILE"',
    help="Only rows whose key is in the file, one a line.",
)
@click.option("--revoke", metavar="APPROVAL", help="Void an approval from now on.")
@click.option("--reason", default="", help="Why it is revoked.")
@click.option("--list", "list_all", is_flag=True, help="List the approvals.")
@common
def command(
    desk: Desk,
    question: str | None,
    draft: int | None,
    purpose: str,
    kind: str,
    hours: int,
    runs: int,
    rows: tuple[str, ...],
    cohort: tuple[str, ...],
    revoke: str | None,
    reason: str,
    list_all: bool,
) -> None:
    """Sign the newest draft of QUESTION, after you have read it with `preceptor review`."""
    from sandbox.checks.grant import grant_text
    from sandbox.records import ReviewerKey
    from sandbox.review.excluding import left_out
    from sandbox.review.questions import latest_draft
    from sandbox.review.signing import Terms, revoke_approval, sign_draft

    workspace = desk.workspace()
    if list_all:
        return _list(desk, workspace)
    if revoke is None and question is None:
        raise BadInput("Which question?", "Name it, as `preceptor ask --list` shows it.")
    keystore = desk.keystore(workspace)
    if revoke is not None:
        revoke_approval(workspace, keystore, ReviewerKey.unlock(workspace, keystore, desk.passphrase()), revoke, reason)
        return desk.result({"revoked": revoke}, f"Approval {revoke} is void from now on.")
    assert question is not None
    wanted = wanted_rows(rows, cohort)
    terms = Terms(purpose=purpose, kind=kind, hours=hours, runs=runs, rows=wanted)  # type: ignore[arg-type]
    number = draft or latest_draft(workspace, question)
    key = ReviewerKey.unlock(workspace, keystore, desk.passphrase())
    approval = sign_draft(workspace, keystore, key, question=question, number=number, terms=terms)
    words = [f"Draft {number} may run {plural(approval.runs, 'time')} until {approval.expires_at}. It may read:"]
    words += [f"  {line}" for line in grant_text(approval.grant)]
    words += [f"  {line}" for line in left_out(workspace, keystore, approval.grant.tables)]
    return desk.result(approval, "\n".join([*words, f"Next: `preceptor run {approval.id}`."]))


def wanted_rows(rows: tuple[str, ...], cohort: tuple[str, ...]) -> tuple[WantedRows, ...]:
    """The row scopes that were asked for, as they were typed."""
    from sandbox.review.scoping import WantedRows

    found = []
    for text in rows:
        table, words, condition = _parts(text, 3, "TABLE: WORDS: CONDITION")
        found.append(WantedRows(table=table.lower(), words=words, condition=condition))
    for text in cohort:
        table, words, key, file = _parts(text, 4, "TABLE: WORDS: KEY: FILE")
        found.append(WantedRows(table=table.lower(), words=words, key=key.lower(), file=Path(file)))
    return tuple(found)


def _parts(text: str, count: int, form: str) -> list[str]:
    parts = [part.strip() for part in text.split(":", count - 1)]
    if len(parts) != count or not all(parts):
        raise BadInput(f"Which rows is not written as {form}.", f'Write "{form}", for example "ehr.encounters: …".')
    return parts


def _list(desk: Desk, workspace: Workspace) -> None:
    """The approvals with what is left of them."""
    from sandbox.records import AuditLog, Trust, read_approval, runs_used
    from sandbox.review.approvals import approval_names

    trust, log = Trust.open(workspace, desk.keystore(workspace)), AuditLog(workspace.audit_log)
    approvals = [read_approval(workspace.approval(name).read_bytes(), trust) for name in approval_names(workspace)]
    revoked = {entry.details.get("approval") for entry in log.entries() if entry.event == "approval.revoked"}
    text = "\n".join(
        f"{one.id}  {one.question}  draft {one.draft}  "
        f"{'revoked' if one.id in revoked else _left(runs_used(log, one.id), one)}"
        for one in approvals
    )
    desk.result(approvals, text or "Nothing is signed yet.", wrap=False)


def _left(used: int, approval: Approval) -> str:
    return f"{used} of {plural(approval.runs, 'run')}, until {approval.expires_at}"
