"""The Windows back end: walls built by the parent before the child runs, and confirmed by the child.

    started = start(order, launcher, inherit)      # parent
    layers = confine(json.loads(sys.argv[1]))      # child

What is inherited are handles, not descriptors: those of `section.Section`. The same numbers hold in the child.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.jail.backend import Order, Started
from sandbox.jail.layers import Layers
from sandbox.jail.profile import Limits
from sandbox.jail.windows import desktop, job, probes, token
from sandbox.jail.windows.api import Library, library
from sandbox.jail.windows.fixes import FIXES

if TYPE_CHECKING:
    from sandbox.jail.doors import DoorRules
    from sandbox.jail.probes import Targets

__all__ = [
    "DOORS",
    "FIXES",
    "MORE_PROBES",
    "NAME",
    "PROBES",
    "VERIFIED",
    "boot_id",
    "check_door",
    "confine",
    "confine_door",
    "prepare_door",
    "start",
    "tighten",
]

NAME = "windows"
VERIFIED = False
DOORS = True
PROBES: tuple[str, ...] | None = (
    *("read_home", "read_file", "write_file", "truncate_file", "truncate_by_reading", "make_file", "make_folder"),
    *("rename_file", "change_mode", "change_times", "tcp", "udp"),
)
MORE_PROBES: dict[str, Callable[[Targets], object]] = dict(probes.PROBES)

_SECONDS = 60


def start(order: Order, launcher: Path, inherit: tuple[int, ...]) -> Started:
    """A process in a container, a job and on a desktop of its own; `JailRefused` names the part that can't be had."""
    from sandbox.jail.windows import starting

    return starting.start(library(), order, launcher, inherit)


def confine(order: dict[str, Any]) -> Layers:
    """Ask the kernel for each wall. The pipes of the order become descriptors; nothing else was inherited."""
    return confirm(library(), order)


def confirm(windows: Library, order: dict[str, Any]) -> Layers:
    """The same with the functions given."""
    order["read"] = windows.descriptor(order["read"], os.O_RDONLY)
    order["write"] = windows.descriptor(order["write"], os.O_WRONLY)
    return walls(windows, Limits(**order["limits"]))


def walls(windows: Library, limits: Limits) -> Layers:
    """What the kernel says of each wall around this process."""
    layers: Layers = {}
    questions: dict[str, Callable[[Library], str]] = {
        "appcontainer": token.appcontainer,
        "capabilities": token.capabilities,
        "job": partial(job.held, limits=limits),
        "screen": job.screen_held,
        "desktop": desktop.own,
        "mitigations": token.mitigations,
    }
    for name, question in questions.items():
        try:
            layers[name] = question(windows)
        except (OSError, ValueError) as problem:
            layers[name] = str(problem)
    return layers


def tighten() -> str:
    """No memory becomes code any more and no library but Windows' own can be loaded; OSError when that fails."""
    return token.no_new_code(library())


def prepare_door(children: tuple[int, ...]) -> None:
    """There is no door to prepare."""


def check_door() -> None:
    """`JailRefused` unless this process was started inside of a container (`door.start`): none can enter one later."""
    from sandbox.errors import JailRefused

    try:
        token.appcontainer(library())
    except OSError as problem:
        raise JailRefused(
            "A Windows process can't enter an AppContainer after it has started, so the process that holds the "
            "model's key can't confine itself: no model is asked on Windows yet.",
            "Use Linux, or a Mac on which `preceptor doctor` passes.",
        ) from problem


def confine_door(rules: DoorRules, children: tuple[int, ...]) -> Layers:
    """Nothing is applied here: the walls are looked at, and whether the door got the files that it is for."""
    from sandbox.jail.windows import door

    check_door()
    return door.confirm(library(), rules)


def boot_id() -> str:
    """The minute in which the machine started; after a correction of the clock another one, and a new self-test."""
    since_start = library().call("GetTickCount64") / 1000
    return f"started in minute {round((time.time() - since_start) / _SECONDS)}"
