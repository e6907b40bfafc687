"""The layers in the only order that works; each either holds or its cause is reported.

layers = confine_jail(readable_paths, limits)
layers = confine_door(reach, rules)
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from sandbox.jail.linux import landlock, limits, namespaces, process, seccomp
from sandbox.jail.linux.landlock import Reach
from sandbox.jail.profile import Limits

Layers = dict[str, str]
Step = tuple[str, Callable[[], str]]


def jail_steps(
    readable: tuple[str, ...], wanted: Limits, *, abi: int | None = None, will_tighten: bool = False
) -> list[Step]:
    """The layers of a jailed process. seccomp is last: it forbids what the others need.

    Namespaces are first: Landlock forbids mounting, and a process that can't be dumped can't say who it is in them.
    They are not mandatory; what they hide can be seen elsewhere, but not read. Neither is the limit on threads, which
    needs them; who watches a program counts its threads too.
    """
    return [
        ("namespaces", partial(namespaces.enter, readable, os.environ.get("MPLCONFIGDIR", "/tmp"))),
        ("limits", partial(limits.set_limits, wanted)),
        ("threads", partial(limits.limit_threads, wanted.threads)),
        ("no_new_privs", process.set_no_new_privileges),
        ("not_dumpable", process.set_not_dumpable),
        ("landlock", partial(landlock.restrict, Reach(read=readable), abi=abi)),
        ("capabilities", process.drop_capabilities),
        ("seccomp", lambda: seccomp.install(seccomp.jail_rules(will_tighten=will_tighten))),
    ]


def door_steps(
    reach: Reach, *, processes: bool, inet: bool, unix: bool, children: tuple[int, ...], abi: int | None = None
) -> list[Step]:
    """The layers of a door, for the process that calls. A smaller `abi` behaves as an older kernel (for tests)."""
    rules = partial(seccomp.door_rules, processes=processes, inet=inet, unix=unix, children=children)
    return [
        ("limits", limits.set_no_core),
        ("no_new_privs", process.set_no_new_privileges),
        ("not_dumpable", process.set_not_dumpable),
        ("landlock", partial(landlock.restrict, reach, abi=abi)),
        ("capabilities", process.drop_capabilities),
        ("seccomp", lambda: seccomp.install(rules())),
    ]


def tighten() -> str:
    """Take from this jailed process what only imports needed; `OSError` when the kernel does not do it."""
    return seccomp.install(seccomp.quiet_rules())


def apply(steps: list[Step]) -> Layers:
    """Apply every step. After one that fails the rest is still applied, and the report says which failed and why."""
    layers: Layers = {}
    for name, step in steps:
        try:
            layers[name] = step()
        except (OSError, ValueError) as problem:
            layers[name] = str(problem)
    return layers
