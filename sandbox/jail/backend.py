"""The three ways to build a jail, one per operating system, behind one interface; there is no fourth.

    started = backend().start(order, launcher, inherit)     # parent: a process that will confine itself
    layers = backend().confine(order)                       # child: every layer, applied; what holds and what does not
    layers = backend().confine_door(rules, children)        # a door: the same of itself
    backend().FIXES                                         # the layers without which nothing runs, and what to do

Only the standard library is imported here: the launcher reads this before it is confined. What only the parent
needs (`subprocess`, the channel) is imported where it is used, so that no child pays for it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from sandbox.jail.layers import Layers
from sandbox.jail.profile import Limits, interpreter

if TYPE_CHECKING:
    from sandbox.jail.doors import DoorRules
    from sandbox.jail.linux import backend as _linux
    from sandbox.jail.macos import backend as _macos
    from sandbox.jail.probes import Targets
    from sandbox.jail.windows import backend as _windows
    from sandbox.messages.frames import Channel

_MODULES = {
    "linux": "sandbox.jail.linux.backend",
    "darwin": "sandbox.jail.macos.backend",
    "win32": "sandbox.jail.windows.backend",
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the parent wants started: a `Role`, or on Windows a "door".

    `parent` is the process whose end ends the child, 0 for "not at once".
    """

    role: str
    entry: str
    limits: Limits
    site: tuple[str, ...]
    parent: int = 0

    def text(self, read: int, write: int, inherited: tuple[int, ...]) -> str:
        """The order as the launcher reads it; the descriptors are numbers in the child."""
        return json.dumps({**asdict(self), "read": read, "write": write, "inherited": inherited})


class Process(Protocol):
    """A started process, as `subprocess.Popen` has it."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def kill(self) -> None: ...


@dataclass(frozen=True)
class Started:
    """A process that is about to confine itself. `stderr` is a descriptor of a file that nobody else reads."""

    process: Process
    channel: Channel
    stderr: int


class Backend(Protocol):
    """What a module `sandbox.jail.*.backend` offers.

    `FIXES` names the mandatory layers. `VERIFIED` is False where no machine of ours has shown that the walls hold:
    there only the self-test of the very machine can. `DOORS` says whether there are doors (on Windows: one kind).
    `PROBES` are those of `sandbox.jail.probes` that mean something
    on this system (None: all), `MORE_PROBES` its own.
    """

    NAME: str
    VERIFIED: bool
    DOORS: bool
    FIXES: dict[str, str]
    PROBES: tuple[str, ...] | None
    MORE_PROBES: dict[str, Callable[[Targets], object]]

    def start(self, order: Order, launcher: Path, inherit: tuple[int, ...]) -> Started:
        """Parent: start the launcher with nothing but `inherit` and its pipes; OSError or `JailRefused`."""
        ...

    def confine(self, order: dict[str, Any]) -> Layers:
        """Child: close what was not ordered and apply every layer.

        It may replace `read`, `write` and `inherited` of the order by what they are called in this process.
        """
        ...

    def tighten(self) -> str:
        """Child: take away what only imports needed."""
        ...

    def prepare_door(self, children: tuple[int, ...]) -> None:
        """Door: do early what confining it will need; `children` are those that it will go on signalling."""
        ...

    def check_door(self) -> None:
        """Door: `JailRefused` where it can't confine itself, or where something would stay outside."""
        ...

    def confine_door(self, rules: DoorRules, children: tuple[int, ...]) -> Layers:
        """Door: apply every layer to this process, for ever; it may go on signalling `children`."""
        ...

    def boot_id(self) -> str:
        """A word that is another one after each start of the machine."""
        ...


if TYPE_CHECKING:
    _: tuple[Backend, ...] = (_linux, _macos, _windows)  # each offers all of it


def backend() -> Backend:
    """The back end of the running system; `JailRefused` where there is none."""
    name = _MODULES.get(sys.platform)
    if name is None:
        raise _refused(
            f"There is no isolation for {sys.platform!r}, so nothing is run.", "Use Linux, macOS or Windows."
        )
    try:
        return cast(Backend, import_module(name))
    except ModuleNotFoundError as problem:
        sentence = f"The isolation for {sys.platform!r} is not part of this installation ({problem.name} is missing)."
        raise _refused(sentence, "Reinstall Preceptor; a part of it is missing.") from problem


def _refused(sentence: str, advice: str) -> Exception:
    from sandbox.errors import JailRefused

    return JailRefused(sentence, advice)


def launcher_command(launcher: Path, order: str) -> list[str]:
    """Frozen builds have no `python script`: they start themselves with a hidden word."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "_jail", order]
    return [interpreter(), "-I", "-S", "-B", "-X", "utf8", str(launcher), order]
