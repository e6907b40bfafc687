"""A door on macOS: this process puts itself under Seatbelt, and looks whether that holds.

    layers = confine(rules, children)

Unverified, like the jails: real runs are refused until the self-test has passed on the very machine. Seatbelt holds
for a process with all its threads, so those that watch over jails may run already.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from sandbox.jail.layers import Layers, apply
from sandbox.jail.macos import confined, limits, system
from sandbox.jail.macos.door_profile import door_profile
from sandbox.jail.macos.profile import code_places, interpreters
from sandbox.jail.profile import site_packages

if TYPE_CHECKING:
    from sandbox.jail.doors import DoorRules


def confine(rules: DoorRules, children: tuple[int, ...]) -> Layers:
    """Apply every layer to this process, for ever; what fails is reported with its cause."""
    return apply([("limits", limits.set_no_core), ("seatbelt", partial(_enter, rules, children))])


def _enter(rules: DoorRules, children: tuple[int, ...]) -> str:
    """Confine this process and see that it is so.

    1. Something is found that can be read now, and that the rules don't speak of.
    2. Seatbelt takes the profile; there is no second try with a weaker one.
    3. It holds: what was found is refused, and so is what no door does, says the system.
    4. The jails that run already can still be measured; their watch would kill them.
    """
    seatbelt = door_profile(rules, code_places(site_packages()), interpreters())
    outside = [path for path in confined.readable_outside() if not _within(path, rules)]  # (1)
    if not outside:
        raise OSError("there was nothing outside to try")
    confined.tell_instead_of_the_host(confined.system_without_host())
    system.confine_self(seatbelt.text, seatbelt.parameters)  # (2)
    held = confined.check_confined(outside, _refused_always(rules))  # (3)
    for child in children:  # (4)
        system.usage(child)
    return held


def _refused_always(rules: DoorRules) -> tuple[str, ...]:
    """The operations that this door has no part of at all. The system can't be asked about a part."""
    partly = {
        "network-outbound": rules.inet or rules.unix_sockets,
        "process-fork": rules.start_processes,
        "file-write-create": bool(rules.write),
    }
    return tuple(operation for operation in confined.OPERATIONS if not partly.get(operation))


def _within(path: str, rules: DoorRules) -> bool:
    real = os.path.realpath(path)
    return any(f"{real}/".startswith(os.path.realpath(kept) + "/") for kept in (*rules.read, *rules.write))
