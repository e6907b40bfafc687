"""`preceptor log`: the audit log, its check, and what was sent."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from sandbox.cli.options import Desk, common
from sandbox.cli.screen import plural
from sandbox.errors import BadInput, RecordRefused

if TYPE_CHECKING:
    from sandbox.records import Entry


@click.group(short_help="Read and check the audit log and what was sent.")
def command() -> None:
    """What happened here, in order; nothing in it can be changed without being found."""


@command.command("show")
@click.option("--last", type=click.IntRange(min=1), default=50, show_default=True, help="So many newest entries.")
@common
def show(desk: Desk, last: int) -> None:
    """The newest entries."""
    from sandbox.records import AuditLog, pinned_head

    workspace = desk.workspace()
    log = AuditLog(workspace.audit_log)
    try:
        log.check(pinned_head(desk.keystore(workspace)))
    except RecordRefused as problem:
        desk.say(f"This log can't be relied on: {problem.sentence}", fg="red")
        with contextlib.suppress(RecordRefused):  # where it can't even be read, its damage is all there is to tell
            desk.say(_entries_text(log.entries()[-last:]), wrap=False)
        raise
    entries = log.entries()[-last:]
    desk.result(entries, _entries_text(entries), wrap=False)


@command.command("check")
@common
def check(desk: Desk) -> None:
    """Check every entry, and that the log continues the head pinned in the keyring."""
    from sandbox.records import AuditLog, pinned_head

    workspace = desk.workspace()
    head = AuditLog(workspace.audit_log).check(pinned_head(desk.keystore(workspace)))
    words = f"The log is whole: {plural(head.size, 'entry', 'entries')}, root {head.root}."
    desk.result(head, words, wrap=False)


@command.command("sent")
@click.argument("question")
@click.option("--request", type=int, metavar="N", help="The exact bytes of request N.")
@common
def sent(desk: Desk, question: str, request: int | None) -> None:
    """What was sent to the model for QUESTION, request by request."""
    from sandbox.drafting.wire_log import entries as sent_entries
    from sandbox.review.questions import read_question

    workspace = desk.workspace()
    read_question(workspace, question)
    path = workspace.question(question) / "sent.log"
    entries = list(sent_entries(path)) if path.exists() else []
    if request is None:
        text = "\n".join(f"{one.n:4} {one.time} {one.method} {one.url} {len(one.body):,} bytes" for one in entries)
        return desk.result(entries, text or "Nothing was sent.", wrap=False)
    chosen = [one for one in entries if one.n == request]
    if not chosen:
        raise BadInput(f"There is no request {request}.", f"See `preceptor log sent {question}`.")
    return desk.result(chosen[0], chosen[0].body, wrap=False)


def _entries_text(entries: list[Entry]) -> str:
    return "\n".join(f"{one.n:6} {one.time} {one.event:20} {_details(one.details)}" for one in entries)


def _details(details: dict[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in details.items())
