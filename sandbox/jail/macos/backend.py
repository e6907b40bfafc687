"""The macOS back end: Seatbelt from the first instruction, then limits; the parent watches memory and time.

    started = start(order, launcher, inherit)      # parent
    layers = confine(json.loads(sys.argv[1]))      # child, which is confined already and looks whether that is so
    layers = confine_door(rules, children)         # a door, which puts itself under Seatbelt

Unverified: written from documentation. Real runs are refused until the self-test has passed on the very machine.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.jail.backend import Order, Started, launcher_command
from sandbox.jail.descriptors import close_others
from sandbox.jail.layers import Layers
from sandbox.jail.macos import confined
from sandbox.jail.macos.probes import MORE_PROBES as MORE_PROBES
from sandbox.jail.macos.probes import PROBES as PROBES
from sandbox.jail.profile import Limits

if TYPE_CHECKING:
    from sandbox.jail.doors import DoorRules
    from sandbox.jail.macos.profile import Seatbelt

NAME = "macos"
VERIFIED = False
DOORS = True
FIXES = {
    "seatbelt": "Use a macOS that has /usr/bin/sandbox-exec, and start Preceptor outside of any other sandbox.",
    "limits": "Raise the hard limits of your account (`ulimit -H -a`), or ask whoever set them.",
}

_BEFORE = "Use Linux where jails are needed after a door has been confined, and start Preceptor outside of any sandbox."


def start(order: Order, launcher: Path, inherit: tuple[int, ...]) -> Started:
    """Start the launcher under Seatbelt, or raise `JailRefused`; there is no way to start it without.

    1. `sandbox-exec` is there and can be used from here, and the process can be watched.
    2. Something is found that we can read and the child must not.
    3. The process is started; its standard error goes to a file without a name.
    4. It is watched from its first moment.
    """
    from sandbox.jail import posix
    from sandbox.jail.macos import profile
    from sandbox.jail.macos.watch import watch

    _check_means()  # (1)
    more = {"outside": confined.readable_outside(), "system": confined.system_without_host()}  # (2)
    seatbelt = profile.profile(profile.code_places(order.site), profile.interpreters())
    command = partial(_command, seatbelt, launcher, more)
    started = posix.start(order, inherit, stderr=_unnamed_file(), command=command)  # (3)
    watch(started.process, order.limits)  # (4)
    return started


def confine(order: dict[str, Any]) -> Layers:
    """Close what was not ordered, see whether Seatbelt holds, set the limits; what fails is reported with its cause."""
    close_others({0, 1, 2, order["read"], order["write"], *order["inherited"]})
    confined.tell_instead_of_the_host(order["system"])
    _have_a_folder_for_matplotlib()
    layers: Layers = {}
    for name, step in (
        ("seatbelt", partial(confined.check_confined, order["outside"])),
        ("limits", partial(_set_limits, Limits(**order["limits"]))),
    ):
        try:
            layers[name] = step()
        except (OSError, ValueError) as problem:
            layers[name] = str(problem)
    if order["parent"]:
        confined.end_with(order["parent"])
    return layers


def tighten() -> str:
    """Seatbelt takes one profile per process; what it leaves tells of code and the processor, not of the host."""
    return "one profile for the whole life"


def prepare_door(children: tuple[int, ...]) -> None:
    """Nothing of this system's has to be done early."""


def check_door() -> None:
    """Nothing would stay outside: Seatbelt holds for the whole process, threads included."""


def confine_door(rules: DoorRules, children: tuple[int, ...]) -> Layers:
    """Seatbelt around this very process, and no core file."""
    from sandbox.jail.macos import door

    return door.confine(rules, children)


def boot_id() -> str:
    """The kernel's own random word for this start of the machine."""
    from sandbox.jail.macos import system

    return system.text_of("kern.bootsessionuuid")


def _check_means() -> None:
    from sandbox.errors import JailRefused
    from sandbox.jail.macos import profile, system

    if system.sandboxed(os.getpid()):
        cause = "this process is confined itself, and macOS gives what it starts no walls of its own"
        raise JailRefused(f"The jail's layer 'seatbelt' can't be established: {cause}.", _BEFORE)
    if not os.access(profile.SANDBOX_EXEC, os.X_OK):
        cause = f"{profile.SANDBOX_EXEC} is not there or can't be executed"
        raise JailRefused(f"The jail's layer 'seatbelt' can't be established: {cause}.", FIXES["seatbelt"])
    try:
        system.usage(os.getpid())
    except (OSError, AttributeError) as problem:
        sentence = f"The jail's layer 'limits' can't be established: memory can't be watched ({problem})."
        raise JailRefused(sentence, "Use macOS 10.9 or newer.") from problem


def _command(seatbelt: Seatbelt, launcher: Path, more: dict[str, list[str]], order: str) -> list[str]:
    return seatbelt.command(launcher_command(launcher, json.dumps({**json.loads(order), **more})))


def _unnamed_file() -> int:
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _set_limits(limits: Limits) -> str:
    from sandbox.jail.macos.limits import set_limits

    return set_limits(limits)


def _have_a_folder_for_matplotlib() -> None:
    """It insists on a folder that exists and looks writable. This one is neither written nor writable."""
    code = sys.executable if getattr(sys, "frozen", False) else os.__file__
    folder, honest = os.path.dirname(os.path.realpath(code)), os.access

    def access(path: Any, mode: int, **options: Any) -> bool:
        return os.fspath(path) == folder or honest(path, mode, **options)

    os.environ["MPLCONFIGDIR"] = folder
    os.access = access
