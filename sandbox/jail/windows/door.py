"""A door on Windows: a process of its own, inside an AppContainer from its first instruction.

    child = start(rules, "sandbox.running.behind", inherit)     # outer part; the door has reported its walls
    layers = confirm(windows, rules)                            # inner part, where others confine themselves

No process can enter an AppContainer, so a door has two parts here. The *outer* part is what every door is before it
confines itself: it may open the keyring and start jails, and meets nobody who could turn it. It starts the *inner*
part, hands it over a pipe what it fetched and what it verified, closes its own ends, and from then on only waits and
ends the jailed program when it is told to. The inner part is the door: database, rows and a hostile program are
met there and nowhere else. It is a jailed process with the walls of all jails (`starting`), and beside those the
files of its rules, opened to its container alone for as long as it lives (`grants`).

Why the inner part does not do more: a process in an AppContainer can start none in another one, it can't ask the
keyring, and each file that it would have to read for verifying an approval would need an entry in its list. Pipes
and memory of the jailed program are handles that both were given; they need no access check.

What ends one part ends the other: the job of the inner part and that of the program are closed with the outer part,
and the outer part sees the end of its pipe.

The gate has no such part: it would need the capability `internetClient`, which is every address and not one, and it
starts jails while it is open.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.errors import JailRefused
from sandbox.jail.backend import Order, Started
from sandbox.jail.layers import Layers
from sandbox.jail.profile import Limits, site_packages
from sandbox.jail.windows import grants, handles, starting
from sandbox.jail.windows.api import Library, library
from sandbox.jail.windows.backend import walls
from sandbox.jail.windows.container import Container

if TYPE_CHECKING:
    from sandbox.jail.child import Child
    from sandbox.jail.doors import DoorRules

# No limit on memory or time: the program that it serves has them, and the database engine keeps its own.
LIMITS = Limits()


def start(rules: DoorRules, entry: str, inherit: tuple[int, ...]) -> Child:
    """The process whose `entry` calls `confine_door`; every wall of it stands, or `JailRefused`."""
    from sandbox.jail.child import LAUNCHER, introduced

    child = introduced(started(library(), rules, entry, inherit, LAUNCHER))
    try:
        child.report.check_mandatory()
    except JailRefused:
        child.close()
        raise
    return child


def started(windows: Library, rules: DoorRules, entry: str, inherit: tuple[int, ...], launcher: Path) -> Started:
    """The same with the functions given, and before the process has said a word.

    1. Nothing is asked for that a container without capabilities does not have.
    2. What was opened to doors that were killed is closed.
    3. The process, in its walls; its files are opened to it before it exists, and closed when its end is seen.
    """
    _check(rules)  # (1)
    with _refusing():
        grants.forget_left(windows)  # (2)
    order = Order(role="door", entry=entry, limits=LIMITS, site=site_packages())
    return starting.start(windows, order, launcher, inherit, partial(_open_files, windows, rules))  # (3)


def confirm(windows: Library, rules: DoorRules) -> Layers:
    """The walls as the kernel tells them, and "files"; `JailRefused` where one of these is out of the door's reach."""
    _check(rules)
    for path, use in (*((path, _read) for path in rules.read), *((path, _write) for path in rules.write)):
        _use(path, use)
    return walls(windows, LIMITS) | {"files": f"on: {len(rules.read)} to read, {len(rules.write)} to write"}


def to_inherit(stack: ExitStack, descriptor: int) -> int:
    """A handle for `start`'s `inherit`, of what this descriptor stands for."""
    windows = library()
    handle = handles.inheritable(windows, windows.handle(descriptor))
    stack.callback(windows.call, "CloseHandle", handle)
    return handle


def _check(rules: DoorRules) -> None:
    if rules.inet or rules.unix_sockets or rules.connect_ports or rules.start_processes:
        raise JailRefused(
            "On Windows no door with a network or with processes of its own can be confined.",
            "Use Linux, or a Mac on which `preceptor doctor` passes.",
        )


def _open_files(windows: Library, rules: DoorRules, stack: ExitStack, container: Container) -> None:
    there = tuple(path for path in rules.read if path.exists())
    with _refusing():
        grants.grant(windows, stack, container, read=there, write=rules.write)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise JailRefused(
            f"What the confined part of Preceptor needs can't be opened to it ({problem.strerror}).",
            "Nothing was run, and no run is used up. Try again, or see `preceptor doctor`.",
        ) from problem


def _use(path: Path, use: Callable[[Path], None]) -> None:
    """An entry in a list is a promise; this is the proof, before anything rests on it."""
    try:
        use(path)
    except FileNotFoundError:
        if use is _write:
            raise
    except OSError as problem:
        how = "written" if use is _write else "read"
        raise JailRefused(
            f"{path.name} was opened to the confined part of Preceptor, but can't be {how} there ({problem.strerror}).",
            "A virus scanner, or a rule of this computer, may keep it from AppContainers. "
            "Nothing was run, and no run is used up.",
        ) from problem


def _read(path: Path) -> None:
    if path.is_dir():
        os.listdir(path)
        return
    with path.open("rb"):
        pass


def _write(path: Path) -> None:
    if not path.is_dir():
        with path.open("r+b"):
            pass
        return
    trial = path / f".{secrets.token_hex(4)}.part"
    with trial.open("xb"):
        pass
    trial.unlink()
