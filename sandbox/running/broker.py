"""Running an approval: the one place where a signed program meets real rows.

The order of `run_approval` is the security of it; each step rests on those before.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from sandbox.jail import DoorRules, JailReport, confine_door
from sandbox.jail.descriptors import close_sockets
from sandbox.keystore import Keystore, open_keystore
from sandbox.matching import Tokens
from sandbox.messages.data_door import Start
from sandbox.messages.desk import Run, RunBegan
from sandbox.records import AuditLog, WorkstationKey, reserve_run
from sandbox.review.setting_up import machine_key
from sandbox.run_lock import RunLock, TrialUnderWay
from sandbox.sources import Source, connect, readable_paths
from sandbox.workspace import SourceSettings, Workspace, new_name

from .approved import check_parameters
from .collected import Collected
from .desk_line import DeskGone, DeskLine
from .made_up import check_made_up
from .preparing import Ready, prepare, read_allowed
from .queries import Queries
from .recording import Kept, keep
from .results import RESULTS_KEY
from .room import Room
from .serving import Serving
from .warm import Warmed, cancelled

TOKENS_KEY = "key/tokens"


def run_approval(workspace: Workspace, warmed: Warmed, desk: DeskLine, order: Run, ready: Ready | None = None) -> None:
    """Run an approval once and tell the desk how it ended. Raises what refuses it; then nothing was run.

    From the first step to the last no drafting worker is alive (`RunLock`).

    1. The jailed processes are up and the jails' walls were tried on this kernel (`warmed`). The approval's bytes
       have passed the language policy and its queries their check once more, in a jail (`ready`).
    2. The envelope is read and its signature verified; the log agrees with its pinned head.
    3. The approval allows these bytes to run now, and they are the ones of (1).
    4. Only then are the secrets of this run fetched, and no others.
    5. This process confines itself: its database's file, its own files, no socket, no process.
    6. Room for its record is set aside. Then the run is reserved, durably; what was counted in (3) is counted again
       under the log's lock.
    7. Those very bytes are handed to the program's process.
    8. It is served until it ends, reaches a limit, or is cancelled.
    9. Results (encrypted), record (signed) and log entry are on the disk before the desk hears of the end.
    """
    with alone(workspace, desk), Room(workspace.runs) as room:
        ready = ready or prepare(workspace, warmed, desk, order.approval)  # (1)
        _run_alone(workspace, warmed, desk, order, ready, room)


def _run_alone(workspace: Workspace, warmed: Warmed, desk: DeskLine, order: Run, ready: Ready, room: Room) -> None:
    began_at, run, log = time.monotonic(), new_name("r"), ready.log
    keystore = open_keystore(workspace)
    approved, _ = read_allowed(workspace, keystore, ready.log, order.approval)  # (2) (3)
    ready.check_same(approved)
    parameters = check_parameters(approved.approval, order.parameters)
    libraries = warmed.wait_until_warm(desk)
    secrets = fetch_secrets(workspace, keystore, approved.sources)  # (4)
    del keystore
    door = confine(workspace, run, approved.sources, secrets.tokens, desk.descriptors)  # (5)
    with opened(approved.sources, secrets.logins, ready.engines) as sources:
        for name, source in sources.items():
            check_made_up(workspace, name, source)
        queries = Queries(ready.known, approved, sources, secrets.tokens, warmed.files, warmed.limits)
        collected = Collected(run, warmed.limits)
        serving = Serving(warmed.program, queries, collected, approved.program.decode(), warmed.memory_used)
        room.set_aside(workspace.run(run))
        entry = reserve_run(approved.approval, log, run)  # (6)
        ending = serving.run(  # (7) (8)
            Start(parameters=parameters, patient_keys=approved.patient_keys),
            seconds=warmed.limits.seconds,
            desk=desk,
            began=lambda: desk.tell(RunBegan(run=run, seconds=round(time.monotonic() - began_at, 4))),
        )
    kept = Kept(
        run=run,
        folder=workspace.run(run),
        reserved=entry,
        parameters=parameters,
        jail=warmed.jails | {"door": dict(door.layers), "self test": warmed.self_test_facts, "limits": warmed.facts},
        libraries=libraries,
    )
    ended = keep(kept, approved, ending, queries, collected, log, secrets.workstation, secrets.results, room)  # (9)
    with suppress(DeskGone):
        desk.tell(ended)


@contextmanager
def alone(workspace: Workspace, desk: DeskLine) -> Iterator[None]:
    """Keep drafting workers away, or raise `TrialUnderWay`; `Cancelled` when the reviewer stops the wait for them."""
    lock, stops = RunLock.open(workspace.run_lock, alone=True), [False]

    def stopped() -> bool:
        stops[0] = stops[0] or desk.wait(0.0)
        return stops[0]

    try:
        lock.take_for_run(stopped)
        yield
    except TrialUnderWay:
        if stops[0]:
            raise cancelled() from None
        raise
    finally:
        lock.close()


class Secrets(NamedTuple):
    """What a run needs from the keyring, fetched once; afterwards the keyring is out of reach."""

    logins: dict[str, str | None]
    workstation: WorkstationKey
    results: bytes
    tokens: Tokens


def fetch_secrets(workspace: Workspace, keystore: Keystore, sources: tuple[SourceSettings, ...]) -> Secrets:
    """The logins of these sources and the keys that a run writes with, or `CredentialMissing`."""
    return Secrets(
        logins={source.name: login_of(keystore, source) for source in sources},
        workstation=WorkstationKey.open(workspace, keystore),
        results=machine_key(keystore, RESULTS_KEY),
        tokens=Tokens.open(workspace.tokens, machine_key(keystore, TOKENS_KEY), workspace.id),
    )


def login_of(keystore: Keystore, source: SourceSettings) -> str | None:
    """The login of a source, None when it has none."""
    return keystore.get(f"login/{source.name}") if source.login else None


def confine(
    workspace: Workspace, run: str, sources: tuple[SourceSettings, ...], tokens: Tokens, desk: tuple[int, ...] = ()
) -> JailReport:
    """Leave this process its sources to read, its own files to write, the line to the desk, and nothing else."""
    folder = workspace.run(run)
    folder.mkdir(mode=0o700)
    return confine_to(workspace, sources, (folder, *tokens.files), desk)


def confine_to(
    workspace: Workspace, sources: tuple[SourceSettings, ...], write: tuple[Path, ...], desk: tuple[int, ...]
) -> JailReport:
    """The same for any work of this side: these sources, these files, the audit log."""
    log = AuditLog(workspace.audit_log)
    log.prepare()
    close_sockets({0, 1, 2, *desk})
    read = tuple(path for source in sources for path in readable_paths(source))
    return confine_door(DoorRules(read=read, write=(*write, *log.files)))


@contextmanager
def opened(
    sources: tuple[SourceSettings, ...], logins: dict[str, str | None], engines: dict[str, Any]
) -> Iterator[dict[str, Source]]:
    """The sources by name, read-only, closed at the end."""
    with ExitStack() as stack:
        yield {
            source.name: stack.enter_context(connect(source, logins[source.name], engine=engines[source.name]))
            for source in sources
        }
