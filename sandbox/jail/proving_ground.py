"""Where probes are tried: real targets for them to reach, and processes in, behind and outside of walls.

with proving_ground() as targets:
    layers, outcomes = try_in_jail(Role.PROGRAM, Limits(), ("read_home", "tcp"), targets)
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from sandbox.errors import JailRefused
from sandbox.jail.child import start
from sandbox.jail.doors import DoorRules, start_door
from sandbox.jail.probes import NAMES_ONLY, Targets, Tried, Try, attempt
from sandbox.jail.profile import Limits, Role
from sandbox.jail.report import JailReport
from sandbox.jail.tried_door import TRIED_DOOR, Rules
from sandbox.messages.frames import Channel, ChannelClosed
from sandbox.start import probe_command, waiting_command

_SECONDS = 60.0


@dataclass(frozen=True)
class ProvedDoor:
    """A kind of door, and the probes that it is meant to allow.

    On Linux `may`, on kernels that can't limit ports `may_before_ports` too. Seatbelt takes more away: `may_on_macos`.
    An AppContainer leaves none of them.
    """

    name: str
    rules: dict[str, Any]
    may: frozenset[str]
    may_before_ports: frozenset[str] = frozenset()
    may_on_macos: frozenset[str] = frozenset()

    def is_there(self) -> bool:
        """On Windows there is the door without network alone."""
        return sys.platform != "win32" or not self.rules

    def allows(self, abi: int) -> frozenset[str]:
        """What the door lets through here, on Linux with this Landlock."""
        if sys.platform == "darwin":
            return self.may_on_macos
        if sys.platform == "win32":
            return frozenset()
        from sandbox.jail.linux.landlock import FIRST_ABI_WITH_PORTS  # can't be loaded elsewhere

        return self.may | (self.may_before_ports if abi < FIRST_ABI_WITH_PORTS else frozenset())


# Doors work with files of any size, some of them shared and locked, and look for them by name. What jails could tell
# each other by, or hear of the machine, is left to doors: their libraries use it, and no code of a stranger runs there.
_FOR_FILES = """
raise_limit open_path_only enter_folder write_to_device memory_file lock_file lock_range send_file copy_range
load_by_call new_pipe new_pipe_newer wake_shared wait_shared wait_shared_for_many whether_page_in_memory merge_pages
whether_file_in_memory push_file_out_of_memory
"""
# They start jails: what these need for confining themselves is left to them.
_FOR_PROCESSES = """
fork clone_process own_program signal_process signal_group join_group new_session become_dumpable outlive_parent
read_capabilities set_capabilities segment_registers landlock_ask landlock_rules landlock_again
"""
if getattr(sys, "frozen", False):  # the kernel is not asked: every file is said to have none (`seccomp`)
    _FOR_PROCESSES += " read_attribute"
_FOR_INTERNET = "udp tcp6 read_host_names"

PROVED_DOORS = (
    ProvedDoor("door without network", {}, NAMES_ONLY.union(_FOR_FILES.split())),
    ProvedDoor(
        "door with network",
        {"inet": True, "connect_ports": [443], "start_processes": True},
        NAMES_ONLY.union(_FOR_FILES.split(), _FOR_PROCESSES.split(), _FOR_INTERNET.split()),
        frozenset({"tcp"}),
        frozenset({"fork"}),
    ),
)
# The one from behind which jails are started.
DOOR_OF_JAILS = PROVED_DOORS[1]


@contextlib.contextmanager
def proving_ground() -> Iterator[Targets]:
    """A folder with a file, a process with an environment, and listeners; gone afterwards."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="preceptor-self-test-")))
        (folder / "file").write_text("a row")
        leaked = stack.enter_context((folder / "file").open("rb"))
        if hasattr(os, "symlink"):
            with contextlib.suppress(OSError):  # Windows keeps links for administrators
                os.symlink(folder / "file", folder / "link")
        home = os.path.expanduser("~")
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        name = f"preceptor-{secrets.token_hex(6)}"
        _listen(stack, str(folder / "bus"), f"\0{name}")
        if sys.platform == "win32":
            from sandbox.jail.windows.bystanders import user_things

            stack.enter_context(user_things(name))
        yield Targets(
            home=home if os.access(home, os.R_OK) else str(folder),
            file=str(folder / "file"),
            folder=str(folder),
            pid=stack.enter_context(_bystander()),
            port=tcp.getsockname()[1],
            unix=str(folder / "bus"),
            abstract=name,
            link=str(folder / "link"),
            leaked=leaked.fileno(),
            leaked_file=os.fstat(leaked.fileno()).st_ino,
            session_bus=_session_bus(),
            host=platform.node(),
        )


def _session_bus() -> str:
    """Where the session's D-Bus listens, as a socket's address; empty when there is none."""
    for part in os.environ.get("DBUS_SESSION_BUS_ADDRESS", "").partition(";")[0].removeprefix("unix:").split(","):
        kind, _, place = part.partition("=")
        if kind in ("path", "abstract"):
            return place if kind == "path" else f"\0{place}"
    return ""


def _listen(stack: contextlib.ExitStack, file: str, abstract: str) -> None:
    """Local sockets where this system has them; only Linux has those without a file."""
    for address in (file, abstract) if sys.platform == "linux" else (file,):
        if hasattr(socket, "AF_UNIX"):
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(address)
            listener.listen(64)


def try_in_jail(
    role: Role, limits: Limits, names: tuple[str, ...], targets: Targets
) -> tuple[dict[str, str], dict[str, str]]:
    """The layers of the role's jail, and what became of each probe in it.

    Where there are no namespaces the names of files can be seen; `NAMES_ONLY` are not asked then.
    """
    with with_pipes(targets) as aim, start(role, limits, aim.pipes, entry="sandbox.jail.probes") as child:
        child.report.check_mandatory()
        return child.report.layers, _ask(child.channel, _not_known(names, child.report), aim)


def try_outside_or_behind(
    door: dict[str, Any] | None,
    names: tuple[str, ...],
    targets: Targets,
    *,
    command: Callable[[str], list[str]] = probe_command,
) -> tuple[dict[str, str], dict[str, str]]:
    """The same in a process without any wall (None) or behind a door with these rules.

    Only the jail's own tests start it by another `command`.
    """
    if sys.platform == "win32" and door is None:  # which hands no descriptors over; this process has no walls
        return {}, {name: attempt(name, targets) for name in names}
    if sys.platform == "win32":
        return _behind_a_child(names, targets)
    with with_pipes(targets) as aim, _host({"door": door}, aim, command) as channel:
        layers = {} if door is None else channel.receive(JailReport, timeout=_SECONDS)[0].layers
        return layers, _ask(channel, names, aim)


def _behind_a_child(names: tuple[str, ...], targets: Targets) -> tuple[dict[str, str], dict[str, str]]:
    """The same behind a door that is a child, as real runs have it: with a file to read and a folder to write.

    They lie beside the file that probes reach for. The door reports only when it can use both.
    """
    kept, own = Path(targets.folder, "kept"), Path(targets.folder, "own")
    kept.write_text("a row")
    own.mkdir(exist_ok=True)
    with start_door(DoorRules(read=(kept,), write=(own,)), TRIED_DOOR, ()) as child:
        child.channel.send(Rules(read=(str(kept),), write=(str(own),)))
        report = child.channel.receive(JailReport, timeout=_SECONDS)[0]
        return report.layers, _ask(child.channel, names, targets)


def try_in_jail_behind(
    door: ProvedDoor, role: Role, names: tuple[str, ...], targets: Targets
) -> tuple[dict[str, str], dict[str, str]]:
    """The same in the role's jail, started from behind a door as sessions start it: without namespaces."""
    with with_pipes(targets) as aim, _host({"door": door.rules, "role": role}, aim, probe_command) as channel:
        channel.receive(JailReport, timeout=_SECONDS)
        report: JailReport = channel.receive(JailReport, timeout=_SECONDS)[0]
        report.check_mandatory()
        return report.layers, _ask(channel, _not_known(names, report), aim)


@contextlib.contextmanager
def with_pipes(targets: Targets) -> Iterator[Targets]:
    """The targets with two pipes for one process to be given; jails can make none."""
    if sys.platform != "linux":
        yield targets
        return
    ends = (*os.pipe(), *os.pipe())
    try:
        yield msgspec.structs.replace(targets, pipes=ends)
    finally:
        for end in ends:
            os.close(end)


@contextlib.contextmanager
def _host(order: dict[str, Any], targets: Targets, command: Callable[[str], list[str]]) -> Iterator[Channel]:
    """A process that tries probes, or starts a jail that does, and what it says."""
    to_host, ours_to_write = os.pipe()
    ours_to_read, from_host = os.pipe()
    text = json.dumps({**order, "read": to_host, "write": from_host, "pipes": targets.pipes})
    forgotten = (targets.leaked,) if order["door"] is None else ()
    host = subprocess.Popen(command(text), pass_fds=(to_host, from_host, *targets.pipes, *forgotten), cwd="/")
    os.close(to_host)
    os.close(from_host)
    channel = Channel(ours_to_read, ours_to_write)
    try:
        yield channel
    except ChannelClosed as problem:
        raise JailRefused("The process that tries the probes ended too early.") from problem
    finally:
        channel.close()
        host.wait()


def _not_known(names: tuple[str, ...], report: JailReport) -> tuple[str, ...]:
    namespaces = report.layers.get("namespaces", "").startswith("on")
    return names if namespaces else tuple(name for name in names if name not in NAMES_ONLY)


def _ask(channel: Channel, names: tuple[str, ...], targets: Targets) -> dict[str, str]:
    channel.send(Try(names=names, targets=targets))
    outcomes: dict[str, str] = channel.receive(Tried, timeout=_SECONDS)[0].outcomes
    return outcomes


@contextlib.contextmanager
def _bystander() -> Iterator[int]:
    """A process of the same user that has something to hide and waits to be left alone."""
    with subprocess.Popen(
        waiting_command(),
        stdin=subprocess.PIPE,
        env={"LOGIN": "hidden"},
        cwd="/",
    ) as process:
        try:
            yield process.pid
        finally:
            process.kill()
