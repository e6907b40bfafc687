"""The layers of jails and doors in the only order that works.

layers = apply(jail_steps(readable_paths, limits))
layers = apply(door_steps(reach, processes=False, inet=False, unix=False, children=()))
"""

from __future__ import annotations

import os
from functools import partial

from sandbox.jail.layers import Step
from sandbox.jail.linux import landlock, limits, namespaces, process, seccomp
from sandbox.jail.linux.landlock import Reach
from sandbox.jail.profile import Limits


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
