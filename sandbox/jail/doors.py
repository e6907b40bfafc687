"""Doors confine themselves: they keep the one thing they are for, and give up the rest of the machine.

    confine_door(DoorRules(read=(database,), write=(run_folder,)))                          # broker, local files
    confine_door(DoorRules(write=(question,), inet=True, connect_ports=(443,), start_processes=True))   # gate

Call it when the secrets have been fetched and before the first thread: on Linux it holds for the calling thread and
what it starts later. There is no way back.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from sandbox.errors import JailRefused
from sandbox.jail.backend import backend
from sandbox.jail.child import living_children
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
    """Do early what `confine_door` would need 6 ms for: what is imported later is found while it can be listed."""
    import_module("resources")
    backend().prepare_door()


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
