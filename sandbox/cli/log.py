"""`preceptor log`: the audit log, its check, and what was sent."""

from __future__ import annotations

import click

from sandbox.cli.options import Desk, common


@click.group(short_help="Read and check the audit log and what was sent.")
def command() -> None:
    """What happened here, in order; nothing in it can be changed without being found."""


@command.command("show")
@click.option("--last", type=click.IntRange(min=1), default=50, show_default=True, help="So many newest entries.")
@common
def show(desk: Desk, last: int) -> None:
    """The newest entries."""
    from sandbox.records import AuditLog

    entries = list(AuditLog(desk.workspace().audit_log).entries())[-last:]
    text = "\n".join(f"{one.n:6} {one.time} {one.event:20} {_details(one.details)}" for one in entries)
    desk.result(entries, text)


@command.command("check")
@common
def check(desk: Desk) -> None:
    """Check every entry, and that the log continues the head pinned in the keyring."""
    from sandbox.records import AuditLog, pinned_head

    workspace = desk.workspace()
    head = AuditLog(workspace.audit_log).check(pinned_head(desk.keystore(workspace)))
    desk.result(head, f"The log is whole: {head.size} entries, root {head.root}.")


@command.command("sent")
@click.argument("question")
@click.option("--request", type=int, metavar="N", help="The exact bytes of request N.")
@common
def sent(desk: Desk, question: str, request: int | None) -> None:
    """What was sent to the model for QUESTION, request by request."""
    from sandbox.drafting.wire_log import entries as sent_entries
    from sandbox.errors import BadInput

    path = desk.workspace().question(question) / "sent.log"
    entries = list(sent_entries(path)) if path.exists() else []
    if request is None:
        text = "\n".join(f"{one.n:4} {one.time} {one.method} {one.url} {len(one.body):,} bytes" for one in entries)
        return desk.result(entries, text or "Nothing was sent.")
    chosen = [one for one in entries if one.n == request]
    if not chosen:
        raise BadInput(f"There is no request {request}.")
    return desk.result(chosen[0], chosen[0].body)


def _details(details: dict[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in details.items())
