"""Where probes are tried: real targets for them to reach, and processes in, behind and outside of walls.

with proving_ground() as targets:
    layers, outcomes = try_in_jail(Role.PROGRAM, Limits(), ("read_home", "tcp"), targets)
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.errors import JailRefused
from sandbox.jail.child import start
from sandbox.jail.linux.landlock import FIRST_ABI_WITH_PORTS
from sandbox.jail.probes import Targets, Tried, Try
from sandbox.jail.profile import Limits, Role
from sandbox.jail.report import JailReport
from sandbox.messages.frames import Channel, ChannelClosed

_HOST = Path(__file__).with_name("probe_host.py")
_SECONDS = 60.0


@dataclass(frozen=True)
class ProvedDoor:
    """A kind of door, and the probes that it is meant to allow (on kernels that can't limit ports, also those)."""

    name: str
    rules: dict[str, Any]
    may: frozenset[str]
    may_before_ports: frozenset[str] = frozenset()

    def allows(self, abi: int) -> frozenset[str]:
        """What the door lets through on a kernel with this Landlock."""
        return self.may | (self.may_before_ports if abi < FIRST_ABI_WITH_PORTS else frozenset())


PROVED_DOORS = (
    ProvedDoor("door without network", {}, frozenset({"memory_file"})),
    ProvedDoor(
        "door with network",
        {"inet": True, "connect_ports": [443], "start_processes": True},
        frozenset({"memory_file", "fork", "udp", "tcp6", "signal_process", "become_dumpable"}),
        frozenset({"tcp"}),
    ),
)


@contextlib.contextmanager
def proving_ground() -> Iterator[Targets]:
    """A folder with a file, a process with an environment, and listeners; gone afterwards."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="preceptor-self-test-")))
        (folder / "file").write_text("a row")
        home = os.path.expanduser("~")
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind(str(folder / "bus"))
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        name = f"preceptor-{secrets.token_hex(6)}"
        abstract.bind(f"\0{name}")
        for listener in (unix, abstract):
            listener.listen(64)
        yield Targets(
            home=home if os.access(home, os.R_OK) else str(folder),
            file=str(folder / "file"),
            folder=str(folder),
            pid=stack.enter_context(_bystander()),
            port=tcp.getsockname()[1],
            unix=str(folder / "bus"),
            abstract=name,
        )


def try_in_jail(
    role: Role, limits: Limits, names: tuple[str, ...], targets: Targets
) -> tuple[dict[str, str], dict[str, str]]:
    """The layers of the role's jail, and what became of each probe in it."""
    with start(role, limits, entry="sandbox.jail.probes") as child:
        child.report.check_mandatory()
        return child.report.layers, _ask(child.channel, names, targets)


def try_outside_or_behind(
    door: dict[str, Any] | None, names: tuple[str, ...], targets: Targets
) -> tuple[dict[str, str], dict[str, str]]:
    """The same in a process without any wall (None) or behind a door with these rules."""
    to_host, ours_to_write = os.pipe()
    ours_to_read, from_host = os.pipe()
    order = json.dumps({"read": to_host, "write": from_host, "door": door})
    host = subprocess.Popen([sys.executable, "-I", str(_HOST), order], pass_fds=(to_host, from_host), cwd="/")
    os.close(to_host)
    os.close(from_host)
    channel = Channel(ours_to_read, ours_to_write)
    try:
        layers = {} if door is None else channel.receive(JailReport, timeout=_SECONDS)[0].layers
        return layers, _ask(channel, names, targets)
    except ChannelClosed as problem:
        raise JailRefused("The process that tries the probes ended too early.") from problem
    finally:
        channel.close()
        host.wait()


def _ask(channel: Channel, names: tuple[str, ...], targets: Targets) -> dict[str, str]:
    channel.send(Try(names=names, targets=targets))
    outcomes: dict[str, str] = channel.receive(Tried, timeout=_SECONDS)[0].outcomes
    return outcomes


@contextlib.contextmanager
def _bystander() -> Iterator[int]:
    """A process of the same user that has something to hide and waits to be left alone."""
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"],
        stdin=subprocess.PIPE,
        env={"LOGIN": "hidden"},
        cwd="/",
    ) as process:
        try:
            yield process.pid
        finally:
            process.kill()
