"""The program's last check before a run, in a jail: hostile text is parsed there, not beside a login.

    start_warming(worker)                                        # when the session starts
    queries = checked_queries(worker, approved)                  # every query that the program may ask, narrowed

Queries are literals, so all of them are known before the run. What is not in this table does not run, and
nothing that a program sends while it runs is ever parsed as SQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sandbox.checks.facts import CheckedQuery, Flag, Schema
from sandbox.checks.worker import Checks, FromChecks, Prepare, Prepared
from sandbox.errors import ApprovalRefused, PolicyRefused, ProcessDied, QueryRefused
from sandbox.jail import Child
from sandbox.messages.frames import BadFrame, ChannelClosed, ChannelTimeout

from .limits import CHECK_SECONDS, WARM_SECONDS

if TYPE_CHECKING:
    from .approved import Approved

CheckedQueries = dict[tuple[str, tuple[str, ...]], CheckedQuery]


def start_warming(worker: Child) -> None:
    """Have the worker load its parsers now; its answer is picked up when it is needed."""
    worker.channel.send(Prepare(), msgspec.json.encode(Schema(tables={}, dialects={})))


def checked_queries(worker: Child, approved: Approved) -> CheckedQueries:
    """Every query of the program, by text and cohort keys, narrowed to the grant. The worker is ended.

    Raises `PolicyRefused` or `ApprovalRefused` naming the line, `ProcessDied` when the worker hangs or dies.
    """
    try:
        answer, _ = worker.channel.receive(FromChecks, timeout=WARM_SECONDS)
        if not isinstance(answer, Prepared):
            raise BadFrame("the checks worker spoke before it was asked")
        return _checked(Checks(worker.channel, seconds=CHECK_SECONDS), approved)
    except (ChannelTimeout, ChannelClosed, BadFrame) as problem:
        raise ProcessDied(
            "The check of the program did not answer as it should.", "Review the draft again."
        ) from problem
    finally:
        worker.kill()


def _checked(checks: Checks, approved: Approved) -> CheckedQueries:
    checks.prepare(approved.schema, approved.approval.grant, approved.exclusions)
    verdict = checks.program(approved.program.decode())
    for flag in verdict.check.flags:
        if flag.severity == "refuse":
            raise PolicyRefused(_refusal(flag), flag.instead)
    found: CheckedQueries = {}
    for query in verdict.check.queries:
        try:
            found[query.sql, query.cohort] = checks.query(query.sql, query.cohort)
        except QueryRefused as refusal:
            raise ApprovalRefused(f"The query at line {query.line} is refused: {refusal.sentence}") from refusal
    return found


def _refusal(flag: Flag) -> str:
    return f"Line {flag.line} of the signed program is refused: {flag.reason}" if flag.line else flag.reason
