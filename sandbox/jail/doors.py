"""Doors confine themselves: they keep the one thing they are for, and give up the rest of the machine.

    confine_door(DoorRules(read=(database,), write=(run_folder,)))                          # broker, local files
    confine_door(DoorRules(write=(question,), inet=True, connect_ports=(443,), start_processes=True))   # gate

Call it when the secrets have been fetched and before the first thread: on Linux it holds for the calling thread and
what it starts later. There is no way back.

A Windows process can't confine itself. There a door is started confined, by a process that fetched the secrets for it:

    if door_is_a_child():
        child = start_door(rules, "sandbox.running.behind", inherit)     # whose entry calls `confine_door(rules)`
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from sandbox.errors import JailRefused
from sandbox.jail.backend import backend
from sandbox.jail.child import Child, living_children
from sandbox.jail.report import JailReport


@dataclass(frozen=True, kw_only=True)
class DoorRules:
    """What a door keeps, beside its own code.

    `read`: files and folders (those that are not there are skipped). `write`: existing files, or folders in which
    files may be made, replaced and removed. `inet`: TCP to `connect_ports`, the way by which this system resolves
    names, and its resolver and certificate files. `start_processes`:
    Python only, under this same confinement. `children`: further processes it may go on signalling; the
    jailed ones that it has started are known.
    """

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    connect_ports: tuple[int, ...] = ()
    inet: bool = False
    unix_sockets: bool = False
    start_processes: bool = False
    children: tuple[int, ...] = ()


def prepare_door() -> None:
    """Do early what `confine_door` would need 6 ms for: what is imported later is found while it can be listed.

    It may be called again when the jailed processes are there: its filter names them.
    """
    import_module("resources")
    backend().prepare_door(living_children())


def confine_door(rules: DoorRules) -> JailReport:
    """Confine this process for ever and report the layers; `JailRefused` when one can't be had.

    1. Nothing runs beside us that would stay outside, and this system lets a process confine itself.
    2. What may be written is there.
    3. What is imported later is found now, while its folder can still be listed.
    4. The layers; all of them, or the door must not open.
    """
    walls = backend()
    walls.check_door()  # (1)
    for path in rules.write:  # (2)
        if not path.exists():
            raise JailRefused(f"{path.name} does not exist, so no door can be allowed to write it.", "Create it first.")
    import_module("resources")  # (3)
    layers = walls.confine_door(rules, (*living_children(), *rules.children))  # (4)
    report = JailReport(role="door", layers=layers)
    report.check_mandatory()
    return report


def door_is_a_child() -> bool:
    """Whether a door of this system is a process that another one starts confined; `sandbox.jail.windows.door`."""
    return sys.platform == "win32"


def start_door(rules: DoorRules, entry: str, inherit: tuple[int, ...]) -> Child:
    """Such a process, every wall of it standing, or `JailRefused`. Its `entry` gets what `to_inherit` told."""
    from sandbox.jail.windows import door

    return door.start(rules, entry, inherit)


def to_inherit(stack: ExitStack, descriptor: int) -> int:
    """What a child is given for this descriptor: a handle on Windows, which the stack closes, else itself."""
    if not door_is_a_child():
        return descriptor
    from sandbox.jail.windows import door

    return door.to_inherit(stack, descriptor)


def inherited_descriptor(number: int, flags: int) -> int:
    """The descriptor for what `to_inherit` told the parent; in the child, once."""
    if not door_is_a_child():
        return number
    from sandbox.jail.windows.api import library

    return library().descriptor(number, flags)
