"""The Linux back end: a plain child that applies Landlock, seccomp and limits to itself before any import.

started = start(order, launcher, inherit)      # parent
layers = confine(json.loads(sys.argv[1]))      # child
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.jail.backend import Order, Started, launcher_command
from sandbox.jail.descriptors import close_others
from sandbox.jail.layers import Layers, Step, apply
from sandbox.jail.linux import confine as walls
from sandbox.jail.linux import duckdb_import, process
from sandbox.jail.profile import STDERR_LIMIT, Limits, Role, readable

if TYPE_CHECKING:
    from sandbox.jail.doors import DoorRules
    from sandbox.jail.probes import Targets

NAME = "linux"
VERIFIED = True
DOORS = True
FIXES = {
    "no_new_privs": "The kernel must be Linux 3.5 or newer.",
    "not_dumpable": "Start Preceptor without a debugger or tracer attached.",
    "limits": "Raise the hard limits of your account (`ulimit -H -a`), or ask whoever set them.",
    "landlock": "Use Linux 5.13 or newer with `landlock` in /sys/kernel/security/lsm (boot option lsm=).",
    "seccomp": "Use a kernel with seccomp filters on a 64-bit Intel, AMD or ARM processor.",
    "capabilities": "Start Preceptor as an ordinary user.",
}
PROBES: tuple[str, ...] | None = None
MORE_PROBES: dict[str, Callable[[Targets], object]] = {}

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def start(order: Order, launcher: Path, inherit: tuple[int, ...]) -> Started:
    """Standard error goes to a file in memory: what a program prints there may hold values."""
    from sandbox.jail import posix

    stderr = os.memfd_create("stderr")
    return posix.start(order, inherit, stderr=stderr, command=partial(launcher_command, launcher))


def confine(order: dict[str, Any]) -> Layers:
    """Close what was not ordered, end with the parent, apply the layers."""
    close_others({0, 1, 2, order["read"], order["write"], *order["inherited"]})
    if order["parent"]:
        process.die_with_parent(order["parent"])
    layers = apply(steps(order))
    duckdb_import.install()
    return layers


def steps(order: dict[str, Any]) -> list[Step]:
    """The layers of this order. Standard error is a file in memory, so a little may be written to files."""
    wanted = Limits(**order["limits"])
    wanted = replace(wanted, file_size=max(wanted.file_size, STDERR_LIMIT))
    return walls.jail_steps(readable(tuple(order["site"])), wanted, will_tighten=order["role"] == Role.AGENT)


def tighten() -> str:
    """One more seccomp filter: no call takes a path or tells of the host any more."""
    return walls.tighten()


def prepare_door(children: tuple[int, ...]) -> None:
    """DuckDB's workaround while its library can be found, and what confining needs first: modules, patterns, paths."""
    from sandbox.jail.linux import door

    duckdb_import.install()
    door.rehearse(children)


def check_door() -> None:
    """The layers hold for the calling thread and what it starts later."""
    from sandbox.jail.linux import door

    door.check_threads()


def confine_door(rules: DoorRules, children: tuple[int, ...]) -> Layers:
    """Landlock, seccomp and the rest, for this process."""
    from sandbox.jail.linux import door

    return door.confine(rules, children)


def boot_id() -> str:
    """The kernel's own random word for this start of the machine."""
    return _BOOT_ID.read_text().strip()
