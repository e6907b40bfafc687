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
from sandbox.jail.doors import DoorRules, confine_door
from sandbox.messages.frames import Channel, ChannelClosed


def main(argument: str) -> None:
    """Confine this process if a door is ordered, then serve `probes.Try` until the other side ends."""
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
        probes.main(channel, ())
    except ChannelClosed:
        return


if __name__ == "__main__":
    main(sys.argv[1])
