"""The inner part of a broker whose door is a process of its own: confined from its start, it meets the source.

Started by `outside` through `start_door`, which names this module as the entry. What it was given by the one that
started it is trusted as far as that one is; what comes from the program is not, here as in every broker.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path

import msgspec

from sandbox.errors import Fault, PreceptorError
from sandbox.jail import Child, DoorRules, JailReport, confine_door
from sandbox.jail.doors import inherited_descriptor
from sandbox.matching.key_lists import LISTS_KEY, open_list
from sandbox.messages.frames import Channel
from sandbox.records import AuditLog
from sandbox.review.setting_up import machine_key
from sandbox.sources import engine_for
from sandbox.workspace import Workspace

from .broker import fetch_secrets, login_of, meet
from .counting import count_behind
from .desk_line import DeskGone, DeskLine
from .errand import KNOWN_KEY, CountOf, Equipment, Errand, Handed, IndexOf, LookAt
from .look import index_behind, look_behind
from .memory import MemoryFiles
from .memory_used import MemoryUsed
from .room import Room
from .serving import where
from .two_parts import AskProgram, Failed, FromBehind, Given, Meet, Over, Program
from .warm import import_needed

_LOOK_SECONDS = 0.02


def main(channel: Channel, inherited: tuple[int, ...]) -> None:
    """Do one errand, and tell the outer part how it went. What a library prints about rows goes nowhere."""
    os.dup2(1, 2)
    import_needed()
    _, payload = channel.receive(Meet)
    outer = Outer(channel)
    outer.tell(_told(outer, msgspec.msgpack.decode(payload, type=Given), inherited))


def _told(outer: Outer, given: Given, inherited: tuple[int, ...]) -> Over | Failed:
    try:
        _do(outer, given, inherited)
    except DeskGone:
        return Over()
    except PreceptorError as problem:
        fault = isinstance(problem, Fault)
        return Failed(kind="fault" if fault else "refusal", sentence=problem.sentence, advice=problem.advice)
    except Exception as problem:  # noqa: BLE001  the process's outermost edge: class and place, never the text
        return Failed(
            kind="fault", sentence=f"Preceptor itself failed: {where(problem)}.", advice="Please report this line."
        )
    return Over()


def _do(outer: Outer, given: Given, inherited: tuple[int, ...]) -> None:
    workspace, keystore = Workspace.open(Path(given.root)), Handed(given.secrets)
    read, write, *lent = inherited
    desk = DeskLine(_reads(read), _writes(write), given.heard)
    match given.errand:
        case Errand():
            _meet(workspace, desk, outer, given, given.errand, lent)
        case LookAt():
            login = login_of(keystore, given.errand.source)
            _confine(given)
            look_behind(workspace, desk, given.errand, login)
        case IndexOf():
            login, key = login_of(keystore, given.errand.source), machine_key(keystore, KNOWN_KEY)
            _confine(given)
            index_behind(workspace, desk, given.errand, login, key)
        case CountOf(keys=keys):
            login = login_of(keystore, given.errand.source)
            listed = open_list(workspace, machine_key(keystore, LISTS_KEY), keys) if keys is not None else ()
            _confine(given)
            count_behind(workspace, desk, given.errand, login, listed)


def _meet(workspace: Workspace, desk: DeskLine, outer: Outer, given: Given, errand: Errand, lent: list[int]) -> None:
    """The second half of `broker.run_approval`, in its order.

    (4) The secrets of this run were handed over.
    (5) This process is confined. Where it was so from its start, every wall is looked at, and each file tried.
    (6) and everything after it is `meet`, the same as elsewhere.
    """
    to_read, to_write, *memory = lent
    program = Child(LentProgram(outer, given.program), Channel(_reads(to_read), _writes(to_write)), -1)
    equipment = Equipment(
        program=program,
        memory_used=MemoryUsed.of(given.program),
        files=MemoryFiles.taken_over(given.way, tuple(memory)),
        engines={source.name: engine_for(source) for source in errand.approved.sources},
        desk=desk,
    )
    secrets = fetch_secrets(workspace, Handed(given.secrets), errand.approved.sources, errand.approved.lists)  # (4)
    door = _confine(given)  # (5)
    with Room(workspace.runs) as room:
        meet(workspace, errand, equipment, secrets, door, AuditLog(workspace.audit_log), room)  # (6)


def _confine(given: Given) -> JailReport:
    return confine_door(DoorRules(read=_paths(given.read), write=_paths(given.write)))


class Outer:
    """The outer part. The thread that serves the program and the one that watches it both ask, one at a time."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._one = threading.Lock()

    def ask_program(self, *, end: bool = False) -> int | None:
        with self._one:
            self._channel.send(AskProgram(end=end))
            answer, _ = self._channel.receive(Program)
        status: int | None = answer.status
        return status

    def tell(self, message: FromBehind) -> None:
        with self._one:
            self._channel.send(message)


class LentProgram:
    """The jailed program, as `Child` wants a process: it is the outer part's child."""

    def __init__(self, outer: Outer, pid: int) -> None:
        self.pid = pid
        self._outer = outer

    def poll(self) -> int | None:
        return self._outer.ask_program()

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, or `subprocess.TimeoutExpired`. Nobody else waits for the outer part meanwhile."""
        deadline = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while (status := self.poll()) is None:
            if time.monotonic() >= deadline:
                raise subprocess.TimeoutExpired("the program", timeout or 0.0)
            time.sleep(_LOOK_SECONDS)
        return status

    def kill(self) -> None:
        self._outer.ask_program(end=True)


def _reads(number: int) -> int:
    return inherited_descriptor(number, os.O_RDONLY)


def _writes(number: int) -> int:
    return inherited_descriptor(number, os.O_WRONLY)


def _paths(texts: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(map(Path, texts))
