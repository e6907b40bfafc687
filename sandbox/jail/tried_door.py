"""What runs in a door of the self-test where doors are children: it looks at its walls, and then tries the probes.

The entry of `start_door`, as `sandbox.running.behind` is for a real run.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from sandbox.jail import probes
from sandbox.jail.doors import DoorRules, confine_door
from sandbox.messages.frames import Channel

TRIED_DOOR = "sandbox.jail.tried_door"


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The files that this door has."""

    read: tuple[str, ...]
    write: tuple[str, ...]


def main(channel: Channel, inherited: tuple[int, ...]) -> None:
    """Report as doors do, then serve `probes.Try` until the other side ends."""
    rules, _ = channel.receive(Rules)
    channel.send(confine_door(DoorRules(read=tuple(map(Path, rules.read)), write=tuple(map(Path, rules.write)))))
    probes.main(channel, inherited)
