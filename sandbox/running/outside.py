"""The outer part of a broker whose door is a process of its own: it hands everything over, and then only waits.

    hand_over_run(workspace, warmed, desk, errand, keystore)
    hand_over(workspace, desk, errand, keystore)              # a look, an index or a count

It verified the approval and fetches the secrets, as every broker does before it confines itself. It meets no row, no
database and nothing that a program says.
"""

from __future__ import annotations

import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path

import msgspec

from sandbox.errors import Fault, JailRefused, ProcessDied, Refusal
from sandbox.jail import Child, DoorRules, start_door
from sandbox.jail.doors import to_inherit
from sandbox.keystore import Keystore
from sandbox.matching.key_lists import LISTS_KEY
from sandbox.messages.frames import BadFrame, ChannelClosed
from sandbox.review.setting_up import machine_key
from sandbox.workspace import MARK, Workspace

from .broker import door_rules, fetch_secrets, login_of, own_files
from .desk_line import DeskLine
from .errand import KNOWN_KEY, CountOf, Errand, Fetched, IndexOf, LookAt
from .two_parts import ENTRY, AskProgram, Failed, FromBehind, Given, Meet, Program
from .warm import Warmed

_ENDING_SECONDS = 2.0


def hand_over_run(workspace: Workspace, warmed: Warmed, desk: DeskLine, errand: Errand, keystore: Keystore) -> None:
    """Have the run met behind the door; returns when it is over, raises what refused it there.

    1. The secrets of this run, and no others. The files that the door writes are there.
    2. The door's process is started with these files and nothing else, and has reported every wall.
    3. It is handed the run. From here on this process has no secret and no way to the program's words or its memory.
    4. The program is its child, so it ends it when told to.
    """
    fetched = Fetched(keystore)
    secrets = fetch_secrets(workspace, fetched, errand.approved.sources, errand.approved.lists)  # (1)
    rules = door_rules(workspace, errand.approved.sources, own_files(workspace, errand.run, secrets.tokens))
    lists = tuple(workspace.key_list(signed.name) for signed in errand.approved.lists)
    rules = _with_mark(workspace, rules, *lists)
    del secrets
    given = _given(workspace, desk, errand, rules, fetched)
    given = msgspec.structs.replace(given, program=warmed.program.pid, way=warmed.files.way)
    lines = (*desk.descriptors, warmed.program.channel.read_fd, warmed.program.channel.write_fd)
    try:
        door = _started(rules, lines, warmed.files.lend())  # (2)
    except JailRefused:
        with suppress(OSError):  # what the door left in it shows that there was one
            workspace.run(errand.run).rmdir()
        raise
    with door:
        _send(door, given)  # (3)
        del given
        fetched.secrets.clear()
        warmed.program.channel.close()
        warmed.files.close()
        _wait(door, warmed.program)  # (4)


def hand_over(workspace: Workspace, desk: DeskLine, errand: LookAt | IndexOf | CountOf, keystore: Keystore) -> None:
    """The same for what needs no program: the login of this source, and its folder to write. To count, its list."""
    fetched = Fetched(keystore)
    login_of(fetched, errand.source)
    if isinstance(errand, IndexOf):
        machine_key(fetched, KNOWN_KEY)
    write: tuple[Path, ...] = (workspace.source_folder(errand.source.name),)
    lists: tuple[Path, ...] = ()
    if isinstance(errand, CountOf):
        write, lists = (), _list_of(workspace, fetched, errand)
    rules = _with_mark(workspace, door_rules(workspace, (errand.source,), write), *lists)
    given = _given(workspace, desk, errand, rules, fetched)
    with _started(rules, desk.descriptors, ()) as door:
        _send(door, given)
        del given
        fetched.secrets.clear()
        _wait(door, None)


def _list_of(workspace: Workspace, fetched: Fetched, errand: CountOf) -> tuple[Path, ...]:
    if errand.keys is None:
        return ()
    machine_key(fetched, LISTS_KEY)
    return (workspace.key_list(errand.keys.name),)


def _with_mark(workspace: Workspace, rules: DoorRules, *lists: Path) -> DoorRules:
    """The inner part opens the workspace itself, by its mark alone, and the encrypted lists that its run needs."""
    return DoorRules(read=(*rules.read, workspace.root / MARK, *lists), write=rules.write)


def _given(
    workspace: Workspace,
    desk: DeskLine,
    errand: Errand | LookAt | IndexOf | CountOf,
    rules: DoorRules,
    fetched: Fetched,
) -> Given:
    return Given(
        root=str(workspace.root),
        read=tuple(map(str, rules.read)),
        write=tuple(map(str, rules.write)),
        errand=errand,
        secrets=fetched.secrets,
        heard=desk.heard(),
    )


def _started(rules: DoorRules, lines: tuple[int, ...], memory: tuple[int, ...]) -> Child:
    with ExitStack() as stack:
        return start_door(rules, ENTRY, (*(to_inherit(stack, line) for line in lines), *memory))


def _send(door: Child, given: Given) -> None:
    """Send it and wipe our copy; those of the secrets that Python made on the way are freed, not wiped."""
    encoded = bytearray()
    msgspec.msgpack.Encoder().encode_into(given, encoded)
    try:
        door.channel.send(Meet(), memoryview(encoded))
    except ChannelClosed as problem:
        raise _died(door) from problem
    finally:
        encoded[:] = bytes(len(encoded))


def _wait(door: Child, program: Child | None) -> None:
    try:
        while isinstance(message := door.channel.receive(FromBehind)[0], AskProgram):
            if program is None:
                raise BadFrame("there is no program")
            if message.end:
                program.kill()
            door.channel.send(Program(status=_status(program)))
    except (ChannelClosed, BadFrame) as problem:
        if program is not None:
            program.kill()
        raise _died(door) from problem
    if isinstance(message, Failed):
        raise (Fault if message.kind == "fault" else Refusal)(message.sentence, message.advice)


def _status(program: Child) -> int | None:
    try:
        return program.wait(0)
    except subprocess.TimeoutExpired:
        return None


def _died(door: Child) -> ProcessDied:
    with suppress(subprocess.TimeoutExpired):
        door.wait(_ENDING_SECONDS)  # a pipe closes a moment before its process has ended
    advice = "What it had done before is in the audit log."
    return ProcessDied(f"The confined part of this session {door.how_it_ended()}.", advice)
