"""A door on Linux: the same layers as a jail's, with what the door keeps.

check_threads()                     # Landlock and seccomp hold for the thread that asks for them
layers = confine(rules, children)
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

from sandbox.errors import JailRefused
from sandbox.jail.layers import Layers, apply
from sandbox.jail.linux import confine as walls
from sandbox.jail.linux import duckdb_import, seccomp
from sandbox.jail.linux.landlock import Reach
from sandbox.jail.profile import INTERNET, interpreter, readable, site_packages, venv_settings

if TYPE_CHECKING:
    from sandbox.jail.doors import DoorRules

LOADERS = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")


def check_threads() -> None:
    """A thread that runs already would stay outside."""
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise JailRefused(
            f"{threads - 1} threads were running before the door was confined, and would stay outside.",
            "This is an error in Preceptor: a library that starts threads was imported too early.",
        )


def confine(rules: DoorRules, children: tuple[int, ...]) -> Layers:
    """Apply every layer to this process, for ever."""
    steps = walls.door_steps(
        _reach(rules),
        processes=rules.start_processes,
        inet=rules.inet,
        unix=rules.unix_sockets,
        children=children,
    )
    layers = apply(steps)
    duckdb_import.install()
    return layers


def rehearse(children: tuple[int, ...]) -> None:
    """All of a door but its layers: what runs for the first time takes three times as long."""
    _own_code()
    seccomp.compiled(tuple(seccomp.door_rules(processes=False, inet=False, unix=False, children=children)))


@functools.cache
def _own_code() -> tuple[str, ...]:
    return (*readable(site_packages()), venv_settings())


def _reach(rules: DoorRules) -> Reach:
    return Reach(
        read=(*_own_code(), *map(str, rules.read), *(INTERNET if rules.inet else ())),
        write=("/dev/null", *map(str, rules.write)),
        execute=(interpreter(), *LOADERS) if rules.start_processes else (),
        connect_ports=rules.connect_ports if rules.inet else (),
        scope_unix=not rules.unix_sockets,
        # A door must be able to kill the jails that it started before it was confined; the kernel would take
        # those for strangers. The seccomp filter limits signals instead.
        scope_signals=False,
    )
