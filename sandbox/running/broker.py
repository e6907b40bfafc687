"""Running an approval: the one place where a signed program meets real rows.

The order of `run_approval` is the security of it; each step rests on those before.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from sandbox.checks.facts import KeyList
from sandbox.jail import DoorRules, JailReport, confine_door, door_is_a_child
from sandbox.jail.descriptors import close_sockets
from sandbox.keystore import Keystore, open_keystore
from sandbox.matching import Tokens
from sandbox.matching.key_lists import LISTS_KEY, open_list
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
from .errand import Equipment, Errand, Secrets
from .made_up import check_made_up
from .preparing import Ready, prepare, read_allowed
from .queries import Queries
from .recording import Kept, keep
from .results import RESULTS_KEY
from .room import Room
from .serving import Serving
from .still_there import check_still_there
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
    5. This process confines itself: its database's file, its own files, no socket, no process. Where no process can
       (Windows), one that was started confined does what follows, and this one fetches for it, then waits (`outside`).
    6. What it reads is in the source as it was signed (`still_there`). Room for its record is set aside. Then the run
       is reserved, durably; what was counted in (3) is counted again under the log's lock.
    7. Those very bytes are handed to the program's process.
    8. It is served until it ends, reaches a limit, or is cancelled.
    9. Results (encrypted), record (signed) and log entry are on the disk before the desk hears of the end.
    """
    with alone(workspace, desk), Room(workspace.runs) as room:
        ready = ready or prepare(workspace, warmed, desk, order.approval)  # (1)
        _run_alone(workspace, warmed, desk, order, ready, room)


def _run_alone(workspace: Workspace, warmed: Warmed, desk: DeskLine, order: Run, ready: Ready, room: Room) -> None:
    began_at, keystore = time.monotonic(), open_keystore(workspace)
    approved, _ = read_allowed(workspace, keystore, ready.log, order.approval)  # (2) (3)
    ready.check_same(approved)
    parameters = check_parameters(approved.approval, order.parameters)
    errand = Errand(
        run=new_name("r"),
        began_at=began_at,
        approved=approved,
        known=ready.known,
        parameters=parameters,
        libraries=warmed.wait_until_warm(desk),
        limits=warmed.limits,
        jail=warmed.jails | {"self test": warmed.self_test_facts, "limits": warmed.facts},
    )
    if door_is_a_child():
        from .outside import hand_over_run

        return hand_over_run(workspace, warmed, desk, errand, keystore)
    secrets = fetch_secrets(workspace, keystore, approved.sources, approved.lists)  # (4)
    del keystore
    door = confine(workspace, errand.run, approved.sources, secrets.tokens, desk.descriptors)  # (5)
    equipment = Equipment(warmed.program, warmed.memory_used, warmed.files, ready.engines, desk)
    return meet(workspace, errand, equipment, secrets, door, ready.log, room)


def meet(
    workspace: Workspace,
    errand: Errand,
    equipment: Equipment,
    secrets: Secrets,
    door: JailReport,
    log: AuditLog,
    room: Room,
) -> None:
    """Behind the door: the program meets the rows. Steps 6 to 9 of `run_approval`."""
    run, approved, desk = errand.run, errand.approved, equipment.desk
    with opened(approved.sources, secrets.logins, equipment.engines) as sources:
        for name, source in sources.items():
            check_made_up(workspace, name, source)
        check_still_there(approved, sources)
        queries = Queries(
            errand.known, approved, sources, secrets.tokens, equipment.files, errand.limits, secrets.lists
        )
        collected = Collected(run, errand.limits)
        serving = Serving(equipment.program, queries, collected, approved.program.decode(), equipment.memory_used)
        room.set_aside(workspace.run(run))
        entry = reserve_run(approved.approval, log, run, approved.in_force)  # (6)
        ending = serving.run(  # (7) (8)
            Start(parameters=errand.parameters, patient_keys=approved.patient_keys),
            seconds=errand.limits.seconds,
            desk=desk,
            began=lambda: desk.tell(RunBegan(run=run, seconds=round(time.monotonic() - errand.began_at, 4))),
        )
    kept = Kept(
        run=run,
        folder=workspace.run(run),
        reserved=entry,
        parameters=errand.parameters,
        jail=errand.jail | {"door": dict(door.layers)},
        libraries=errand.libraries,
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


def fetch_secrets(
    workspace: Workspace, keystore: Keystore, sources: tuple[SourceSettings, ...], lists: tuple[KeyList, ...] = ()
) -> Secrets:
    """The logins of these sources, the keys that a run writes with, and who is on these lists; or `CredentialMissing`,
    or `RecordRefused` for a list that is not what was signed."""
    key = machine_key(keystore, LISTS_KEY) if lists else b""
    return Secrets(
        lists={signed.name: open_list(workspace, key, signed) for signed in lists},
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
    return confine_to(workspace, sources, own_files(workspace, run, tokens), desk)


def own_files(workspace: Workspace, run: str, tokens: Tokens) -> tuple[Path, ...]:
    """The run's folder, made here, and the project's tokens."""
    folder = workspace.run(run)
    folder.mkdir(mode=0o700)
    return (folder, *tokens.files)


def confine_to(
    workspace: Workspace, sources: tuple[SourceSettings, ...], write: tuple[Path, ...], desk: tuple[int, ...]
) -> JailReport:
    """The same for any work of this side: these sources, these files, the audit log."""
    rules = door_rules(workspace, sources, write)
    close_sockets({0, 1, 2, *desk})
    return confine_door(rules)


def door_rules(workspace: Workspace, sources: tuple[SourceSettings, ...], write: tuple[Path, ...]) -> DoorRules:
    """What the door keeps; the files of the log are made where they are missing."""
    log = AuditLog(workspace.audit_log)
    log.prepare()
    read = tuple(path for source in sources for path in readable_paths(source))
    return DoorRules(read=read, write=(*write, *log.files))


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
