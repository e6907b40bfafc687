"""A process that tries probes outside of any jail, or behind a door. Only the self-test and tests start it.

python -I probe_host.py '{"read": 5, "write": 6, "door": null}'
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

if not getattr(sys, "frozen", False):
    sys.path.append(str(Path(__file__).resolve().parents[2]))

from sandbox.jail import probes
from sandbox.jail.child import start
from sandbox.jail.doors import DoorRules, confine_door
from sandbox.jail.profile import Limits, Role
from sandbox.messages.frames import Channel, ChannelClosed


def main(argument: str) -> None:
    """Confine this process if a door is ordered, then serve `probes.Try` until the other side ends.

    With a role, a jail of this role serves it, started as a session starts one: from behind its door.
    """
    order = json.loads(argument)
    channel = Channel(order["read"], order["write"])
    if order["door"] is not None:
        door = order["door"]
        for name in ("read", "write"):
            door[name] = tuple(map(Path, door.get(name, ())))
        for name in ("connect_ports", "children"):
            door[name] = tuple(door.get(name, ()))
        channel.send(confine_door(DoorRules(**door)))
    try:
        if "role" in order:
            _serve_from_jail(Role(order["role"]), tuple(order["pipes"]), channel)
        else:
            probes.main(channel, ())
    except ChannelClosed:
        return


def _serve_from_jail(role: Role, pipes: tuple[int, ...], channel: Channel) -> None:
    with start(role, Limits(memory_mb=4096), pipes, entry="sandbox.jail.probes") as child:
        channel.send(child.report)
        while True:
            child.channel.send(channel.receive(probes.Try)[0])
            channel.send(child.channel.receive(probes.Tried)[0])


if __name__ == "__main__":
    main(sys.argv[1])
