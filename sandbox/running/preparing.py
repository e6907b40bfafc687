"""All of a run that needs neither a secret nor the source, done while the reviewer still reads.

    ready = prepare(workspace, warmed, desk, approval)       # 50 ms that nobody waits for
    run_approval(workspace, warmed, desk, order, ready)      # verifies again what was verified here

What is prepared is a promise about nothing: the run reads and verifies everything once more, and refuses when what
it finds is not, to the last field, what was prepared.
"""

from __future__ import annotations

import gc
from typing import Any, NamedTuple

from sandbox.errors import Refusal
from sandbox.jail import prepare_door
from sandbox.keystore import Keystore, open_keystore
from sandbox.messages.data_door import Load
from sandbox.records import AuditLog, Head, Trust, check_may_run, pin_head, pinned_head
from sandbox.sources import engine_for
from sandbox.workspace import Workspace, now

from .approved import Approved, read_approved
from .desk_line import DeskLine
from .query_check import CheckedQueries, checked_queries
from .warm import Warmed


class ChangedMeanwhile(Refusal):
    """What was approved changed between the preparation of its run and the word to run it."""

    advice = "Nothing was run, and no run is used up. Run it again: it starts afresh."


class Ready(NamedTuple):
    """What waits for the word: the log and the approval as they were verified, the approval's checked queries, and an
    engine for each source."""

    log: AuditLog
    approved: Approved
    known: CheckedQueries
    engines: dict[str, Any]

    def check_same(self, approved: Approved) -> None:
        """Return when this is what was prepared, or raise `ChangedMeanwhile`."""
        if approved != self.approved:
            raise ChangedMeanwhile(
                "The approval, its dictionary, its source or the exclusions changed while its run was waiting."
            )


def prepare(workspace: Workspace, warmed: Warmed, desk: DeskLine, approval: str) -> Ready:
    """Verify the approval, check its queries and compile its program in their jails, make the engines."""
    keystore = open_keystore(workspace)
    log = AuditLog(workspace.audit_log)
    approved, head = read_allowed(workspace, keystore, log, approval)
    pin_head(keystore, head)
    known = checked_queries(warmed.checks, approved)
    warmed.wait_until_warm(desk)
    warmed.program.channel.send(Load(), approved.program)
    ready = Ready(log, approved, known, {source.name: engine_for(source) for source in approved.sources})
    prepare_door()
    gc.collect()
    gc.freeze()  # what a search for garbage would look through in the middle of the run: 3 to 10 ms
    return ready


def read_allowed(workspace: Workspace, keystore: Keystore, log: AuditLog, approval: str) -> tuple[Approved, Head]:
    """What was approved, verified, on a log that agrees with its pinned head; each reason for no has its sentence."""
    trust = Trust.open(workspace, keystore)
    head = log.check(pinned_head(keystore))
    approved = read_approved(workspace, trust, approval, log)
    check_may_run(approved.approval, program=approved.program, dictionary=approved.dictionary, log=log, now=now())
    return approved, head
