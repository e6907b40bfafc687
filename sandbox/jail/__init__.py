"""The jails: processes that can compute and talk over one pipe, and nothing else; and doors that confine themselves.

    with spawn(Role.PROGRAM, limits=Limits(memory_mb=4096, cpu_seconds=600)) as child:
        child.report.layers            # {"landlock": "on: ABI 7", "seccomp": "on: ...", ...}
        child.channel.send(...)

    confine_door(DoorRules(read=(database,), write=(run_folder,)))   # this process, for ever, before any thread
    ensure_self_test(workspace.self_test)                            # every wall was tried on this kernel

The names are loaded when first used: the launcher, which runs before its process is confined, imports this
package and must not pull in anything that is not from the standard library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.jail.child import Child, spawn
    from sandbox.jail.doors import DoorRules, confine_door, door_is_a_child, prepare_door, start_door
    from sandbox.jail.profile import ENTRY, Limits, Role
    from sandbox.jail.report import JailReport
    from sandbox.jail.selftest import SelfTest, ensure_self_test, self_test

_HOMES = {
    "doors": ("DoorRules", "confine_door", "door_is_a_child", "prepare_door", "start_door"),
    "profile": ("ENTRY", "Limits", "Role"),
    "report": ("JailReport",),
    "selftest": ("SelfTest", "ensure_self_test", "self_test"),
    "child": ("Child", "spawn"),
}

__all__ = [
    "ENTRY",
    "Child",
    "DoorRules",
    "JailReport",
    "Limits",
    "Role",
    "SelfTest",
    "confine_door",
    "door_is_a_child",
    "ensure_self_test",
    "prepare_door",
    "self_test",
    "spawn",
    "start_door",
]


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(name)
