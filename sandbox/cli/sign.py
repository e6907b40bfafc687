"""`preceptor sign`: sign a draft so that it may run, or revoke an approval."""

from __future__ import annotations

import click

from sandbox.cli.options import Desk, common
from sandbox.errors import BadInput


@click.command(short_help="Sign a draft so that it may run, or revoke an approval.")
@click.argument("question", required=False)
@click.option("--draft", type=int, help="Which draft (default: the newest).")
@click.option("--purpose", default="", help="What the result is for; stands in the record.")
@click.option("--kind", type=click.Choice(["first_look", "full"]), default="full", show_default=True)
@click.option("--hours", default=24 * 30, show_default=True, help="How long the approval lasts.")
@click.option("--runs", default=1, show_default=True, help="How often it may run.")
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
    revoke: str | None,
    reason: str,
    list_all: bool,
) -> None:
    """Sign the newest draft of QUESTION, after you have read it with `preceptor review`."""
    from sandbox.records import ReviewerKey
    from sandbox.review.questions import latest_draft
    from sandbox.review.signing import Terms, approval_names, revoke_approval, sign_draft

    workspace = desk.workspace()
    if list_all:
        names = approval_names(workspace)
        return desk.result(names, "\n".join(names) or "Nothing is signed yet.")
    if revoke is None and question is None:
        raise BadInput("Which question?", "Name it, as `preceptor ask --list` shows it.")
    keystore = desk.keystore(workspace)
    if revoke is not None:
        revoke_approval(workspace, keystore, ReviewerKey.unlock(workspace, keystore, desk.passphrase()), revoke, reason)
        return desk.result({"revoked": revoke}, f"Approval {revoke} is void from now on.")
    assert question is not None
    terms = Terms(purpose=purpose, kind=kind, hours=hours, runs=runs)  # type: ignore[arg-type]
    number = draft or latest_draft(workspace, question)
    key = ReviewerKey.unlock(workspace, keystore, desk.passphrase())
    approval = sign_draft(workspace, keystore, key, question=question, number=number, terms=terms)
    words = f"Draft {number} may run {approval.runs} time(s) until {approval.expires_at}."
    return desk.result(approval, f"{words}\nNext: `preceptor run {approval.id}`.")
