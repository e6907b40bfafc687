"""A running session in two parts on a system where it needs one: the real parts, the real protocol, a door of Linux.

    python two_parts_here.py session ROOT                   # a running session whose door is a process of its own
    python two_parts_here.py session ROOT no-door           # ...that can't be had
    python two_parts_here.py session ROOT telling FILE      # ...that tells what its outer part holds
    python two_parts_here.py door ENTRY READ WRITE INHERITED…

What Windows does by starting a process inside of its walls, Landlock and seccomp do when the entry confines itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the code beside these tests, as `sandbox.start` does

from sandbox.errors import JailRefused
from sandbox.jail import Child, DoorRules
from sandbox.jail.backend import Started
from sandbox.jail.child import introduced
from sandbox.jail.report import JailReport
from sandbox.messages.frames import Channel, ChannelClosed
from sandbox.running import broker, counting, look, outside, session
from sandbox.running.two_parts import Given

OWN = __file__
NO_THREADS = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}  # they would stay outside


def start_door(rules: DoorRules, entry: str, inherit: tuple[int, ...]) -> Child:
    """A process of ours with these descriptors."""
    to_door, ours_to_write = os.pipe()
    ours_to_read, from_door = os.pipe()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-I", OWN, "door", entry, *map(str, (to_door, from_door, *inherit))],
            env=NO_THREADS,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=(to_door, from_door, *inherit),
        )
        os.close(to_door)
        os.close(from_door)
        return introduced(Started(process, Channel(ours_to_read, ours_to_write), os.dup(errors.fileno())))


def door(entry: str, read: int, write: int, *inherited: int) -> None:
    """What the launcher does on Windows when the walls stand."""
    channel = Channel(read, write)
    channel.send(JailReport(role="door", layers={}))
    try:
        import_module(entry).main(channel, inherited)
    except ChannelClosed:
        return


def main(arguments: list[str]) -> int:
    if arguments[0] == "door":
        door(arguments[1], *map(int, arguments[2:]))
        return 0
    broker.door_is_a_child = counting.door_is_a_child = look.door_is_a_child = lambda: True
    outside.start_door = start_door
    root, *how = arguments[1:]
    if how == ["no-door"]:
        outside.start_door = no_door
    elif how:
        outside._wait = Telling(Path(how[1])).wait
        outside._send = partial(Telling.send, outside._send)
    return session.main([root])


def no_door(rules: DoorRules, entry: str, inherit: tuple[int, ...]) -> Child:
    """As `grants` refuses."""
    raise JailRefused("Windows does not let you change who may read the database.", "Ask its owner.")


class Telling:
    """Tells in a file what the outer part holds when it has handed everything over and begins to wait."""

    before: ClassVar[dict[str, Any]] = {}

    def __init__(self, file: Path) -> None:
        self._file, self._wait = file, outside._wait

    @classmethod
    def send(cls, send: Callable[[Child, Given], None], door: Child, given: Given) -> None:
        frame = outside_frame()
        cls.before = {
            "handed": list(frame["fetched"].secrets),
            "secrets_before": dict(frame["fetched"].secrets),
            "program_before": frame["warmed"].program.channel.read_fd >= 0,
        }
        send(door, given)

    def wait(self, door: Child, program: Child) -> None:
        frame = outside_frame()
        now = {
            "secrets": frame["fetched"].secrets,
            "program": program.channel.read_fd >= 0 or program.channel.write_fd >= 0,
            "memory": list(frame["warmed"].files.lend()),
            "given": "given" in frame,
        }
        self._file.write_text(json.dumps(self.before | now))
        self._wait(door, program)


def outside_frame() -> dict[str, Any]:
    """The variables of `hand_over`, two calls up."""
    return sys._getframe(2).f_locals


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
